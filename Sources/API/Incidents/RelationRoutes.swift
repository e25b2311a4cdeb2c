internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import StateStore

/// Relations of incidents to alerts, bookmarks and other incidents, also as bookmarks and entities see them.
struct RelationRoutes {
    let casebook: Casebook
    let resources: IncidentResources
    let address: RequestAddress

    var endpoints: [Endpoint] { incidentEndpoints + bookmarkEndpoints + entityEndpoints }

    private var incidentEndpoints: [Endpoint] {
        let relation = IncidentSchemas.relation
        let path = "incidents/{incident}/relations"
        return [
            Endpoint(
                .get, path, id: "IncidentRelations_List", tag: .incidents, "Lists what an incident is related to",
                needs: .readIncidents, parameters: .odata, answers: [.ok(.page(of: relation))], list),
            Endpoint(
                .get, "\(path)/{relation}", id: "IncidentRelations_Get", tag: .incidents, "Reads a relation",
                needs: .readIncidents, answers: [.ok(relation)], get),
            Endpoint(
                .put, "\(path)/{relation}", id: "IncidentRelations_CreateOrUpdate", tag: .incidents,
                "Adds an alert or bookmark to an incident, or links another incident", needs: .changeIncidents,
                body: .json(relation), answers: [.ok(relation), .created(relation), .conflict], put),
            Endpoint(
                .delete, "\(path)/{relation}", id: "IncidentRelations_Delete", tag: .incidents,
                "Takes a relation away", needs: .changeIncidents, answers: [.done, .noContent], delete),
        ]
    }

    private var bookmarkEndpoints: [Endpoint] {
        let relation = IncidentSchemas.relation
        let path = "bookmarks/{bookmark}/relations"
        return [
            Endpoint(
                .get, path, id: "BookmarkRelations_List", tag: .bookmarks, "Lists what a bookmark is related to",
                needs: .readIncidents, parameters: .odata, answers: [.ok(.page(of: relation))], listOfBookmark),
            Endpoint(
                .get, "\(path)/{relation}", id: "BookmarkRelations_Get", tag: .bookmarks,
                "Reads a bookmark's relation", needs: .readIncidents, answers: [.ok(relation)], getOfBookmark),
            Endpoint(
                .put, "\(path)/{relation}", id: "BookmarkRelations_CreateOrUpdate", tag: .bookmarks,
                "Adds a bookmark to an incident", needs: .changeIncidents, body: .json(relation),
                answers: [.ok(relation), .created(relation), .conflict], putOfBookmark),
            Endpoint(
                .delete, "\(path)/{relation}", id: "BookmarkRelations_Delete", tag: .bookmarks,
                "Takes a bookmark out of its incident", needs: .changeIncidents, answers: [.done, .noContent],
                deleteOfBookmark),
        ]
    }

    private var entityEndpoints: [Endpoint] {
        let relation = IncidentSchemas.relation
        return [
            Endpoint(
                .get, "entities/{entity}/relations", id: "EntitiesRelations_List", tag: .entities,
                "Lists the incidents of an entity", needs: .readIncidents, parameters: .odata,
                answers: [.ok(.page(of: relation))], listOfEntity),
            Endpoint(
                .get, "entities/{entity}/relations/{relation}", id: "EntityRelations_GetRelation", tag: .entities,
                "Reads an entity's relation to an incident", needs: .readIncidents, answers: [.ok(relation)],
                getOfEntity),
        ]
    }

    // MARK: Of incidents

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let (page, items) = (try ListRequest(call, address: address), try ODataItems(call))
        let found = try await casebook.relations(of: try await casebook.incident(named: call).id)
        return page.answer(all: items.apply(to: found.map(resources.json)))
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        guard let found = try await casebook.relation(RelationName(call.name("relation")), of: incident.id) else {
            throw APIError(.notFound, "the incident has no relation '\(call.name("relation"))'")
        }
        return Response(json: resources.json(found))
    }

    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        let related = try Self.related(call.body["properties"] ?? .null)
        let put = try await casebook.relate(
            incident.id, to: related, named: RelationName(call.name("relation")),
            expecting: ResourceVersion.expected(in: call.body), by: try call.actor)
        return Response(status: put.isNew ? .created : .ok, json: resources.json(put.value))
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        guard let incident = try await casebook.find(call.name("incident")) else { return Response(status: .noContent) }
        let wasThere = try await casebook.deleteRelation(
            RelationName(call.name("relation")), of: incident.id, by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    /// What `…/entities/{alert}`, `…/bookmarks/{id}` or `…/incidents/{id}` names.
    private static func related(_ properties: JSON) throws(APIError) -> IncidentRelation.Related {
        let text = properties["relatedResourceId"]?.stringValue ?? ""
        let parts = text.split(separator: "/").map(String.init)
        let name = parts.last ?? ""
        switch parts.dropLast().last?.lowercased() {
        case "entities": return .alert(AlertID(name))
        case "bookmarks": return .bookmark(BookmarkID(name))
        case "incidents":
            let link = properties["relatedResourceKind"]?.stringValue.flatMap { IncidentLink(lenient: $0) }
            return .incident(IncidentID(name), link ?? .related)
        default:
            throw APIError.badRequest(
                "'\(text)' is no id of an alert (…/entities/{id}), a bookmark (…/bookmarks/{id}) or an incident "
                    + "(…/incidents/{id})", target: "properties.relatedResourceId")
        }
    }

    // MARK: Of bookmarks

    @Sendable func listOfBookmark(_ call: EndpointCall) async throws -> Response {
        let (page, items) = (try ListRequest(call, address: address), try ODataItems(call))
        return page.answer(all: items.apply(to: try await ofBookmark(call)))
    }

    @Sendable func getOfBookmark(_ call: EndpointCall) async throws -> Response {
        Response(json: try Self.one(call, of: try await ofBookmark(call)))
    }

    @Sendable func putOfBookmark(_ call: EndpointCall) async throws -> Response {
        let bookmark = try await bookmark(call)
        let text = call.body["properties"]?["relatedResourceId"]?.stringValue ?? ""
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count > 1, parts[parts.count - 2].lowercased() == "incidents" else {
            throw APIError.badRequest(
                "'\(text)' is no id of an incident (…/incidents/{id})", target: "properties.relatedResourceId")
        }
        let put = try await casebook.relate(
            IncidentID(parts[parts.count - 1]), to: .bookmark(bookmark.id),
            named: RelationName(call.name("relation")), expecting: ResourceVersion.expected(in: call.body),
            by: try call.actor)
        return Response(
            status: put.isNew ? .created : .ok, json: resources.json(put.value, ofBookmark: bookmark.id))
    }

    @Sendable func deleteOfBookmark(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.relation(ofBookmark: BookmarkID(call.name("bookmark")))
        guard let found, found.name.rawValue.lowercased() == call.name("relation").lowercased() else {
            return Response(status: .noContent)
        }
        let wasThere = try await casebook.deleteRelation(found.name, of: found.incidentID, by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    private func bookmark(_ call: EndpointCall) async throws -> Bookmark {
        let name = call.name("bookmark")
        guard let found = try await casebook.bookmark(BookmarkID(name)) else {
            throw APIError(.notFound, "there is no bookmark '\(name)'")
        }
        return found
    }

    private func ofBookmark(_ call: EndpointCall) async throws -> [JSON] {
        let id = try await bookmark(call).id
        return try await casebook.relation(ofBookmark: id).map { [resources.json($0, ofBookmark: id)] } ?? []
    }

    // MARK: Of entities

    @Sendable func listOfEntity(_ call: EndpointCall) async throws -> Response {
        let (page, items) = (try ListRequest(call, address: address), try ODataItems(call))
        return page.answer(all: items.apply(to: try await ofEntity(call)))
    }

    @Sendable func getOfEntity(_ call: EndpointCall) async throws -> Response {
        Response(json: try Self.one(call, of: try await ofEntity(call)))
    }

    /// An entity's incidents, each under the incident's id.
    private func ofEntity(_ call: EndpointCall) async throws -> [JSON] {
        let id = EntityID(call.name("entity"))
        guard try await casebook.entity(id) != nil else { throw APIError(.notFound, "there is no entity '\(id)'") }
        return try await casebook.incidents(ofEntity: id).map { resources.relation(of: id, to: $0) }
    }

    private static func one(_ call: EndpointCall, of found: [JSON]) throws(APIError) -> JSON {
        let name = call.name("relation")
        guard let relation = found.first(where: { $0["name"]?.stringValue?.lowercased() == name.lowercased() }) else {
            throw APIError(.notFound, "there is no relation '\(name)'")
        }
        return relation
    }
}
