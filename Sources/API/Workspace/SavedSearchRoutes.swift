internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import WorkspaceResources

/// `Microsoft.OperationalInsights/workspaces/savedSearches`, as Log Analytics' clients and Sentinel's templates use it.
struct SavedSearchRoutes {
    let searches: SavedSearches
    let names: WorkspaceNames

    private static let tag = Schema.object(.required("name", .string), .required("value", .string))
    private static let schema = Schema.resource(
        "SavedSearch",
        .object(
            .required("category", .string), .required("displayName", .string), .required("query", .string),
            .optional("functionAlias", .string), .optional("functionParameters", .string),
            .optional("version", .integer), .optional("tags", .array(tag))))

    var endpoints: [Endpoint] {
        let one = "savedSearches/{search}"
        return [
            Endpoint(
                .get, "savedSearches", id: "SavedSearches_ListByWorkspace", tag: .workspace, "Lists saved searches",
                needs: .readContent, answers: [.ok(.page(of: Self.schema))], list),
            Endpoint(
                .get, one, id: "SavedSearches_Get", tag: .workspace, "Reads a saved search", needs: .readContent,
                answers: [.ok(Self.schema)], get),
            Endpoint(
                .put, one, id: "SavedSearches_CreateOrUpdate", tag: .workspace,
                "Creates or replaces a saved search; one with a functionAlias is a function from then on",
                needs: .changeContent, body: .json(Self.schema), answers: [.ok(Self.schema), .conflict], put),
            Endpoint(
                .delete, one, id: "SavedSearches_Delete", tag: .workspace, "Deletes a saved search",
                needs: .changeContent, answers: [.done, .noContent], delete),
        ]
    }

    /// Log Analytics lists all at once.
    @Sendable private func list(_ call: EndpointCall) async throws -> Response {
        Response(json: ["value": .array(try await searches.all().map(json))])
    }

    @Sendable private func get(_ call: EndpointCall) async throws -> Response {
        Response(json: json(try await searches.find(call.name("search"))))
    }

    @Sendable private func put(_ call: EndpointCall) async throws -> Response {
        let saved = try await searches.save(
            call.name("search"), call.body["properties"] ?? [:], expecting: ResourceVersion.expected(in: call.body),
            by: try call.actor)
        return Response(json: json(saved))
    }

    @Sendable private func delete(_ call: EndpointCall) async throws -> Response {
        let wasThere = try await searches.delete(call.name("search"), by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    private func json(_ search: WorkspaceResource) -> JSON {
        Resource(
            id: "\(names.workspacePath)/savedSearches/\(search.name)", name: search.name,
            type: "Microsoft.OperationalInsights/savedSearches", etag: Incident.etag(version: search.version),
            properties: search.properties
        ).json
    }
}
