internal import Access
internal import Casebook
internal import Chronology
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WorkspaceResources

/// The operations of every kept collection, and the empty lists of those that are not kept.
struct WorkspaceResourceRoutes {
    let store: WorkspaceResourceStore
    let names: WorkspaceNames
    let address: RequestAddress

    var endpoints: [Endpoint] { ResourceCollection.all.flatMap(endpoints) + emptyEndpoints }

    private func endpoints(of collection: ResourceCollection) -> [Endpoint] {
        let (id, noun, tag) = (collection.id, collection.noun, collection.tag)
        let path = collection.parent.map { "\($0)/{parent}/\(collection.name)" } ?? collection.name
        let kind = collection.kinds.isEmpty ? nil : Schema.word(collection.kinds)
        let schema = Schema.resource(id, kind: kind, collection.properties)
        let shown = Schema.resource("\(id)Resource", kind: kind.map { _ in .string }, .map(.any))
        var endpoints = [
            Endpoint(
                .get, path, id: "\(id)_List", tag: tag, "Lists the \(collection.name)", needs: collection.reading,
                parameters: .odata, answers: [.ok(.page(of: shown))]
            ) { try await list($0, collection) },
            Endpoint(
                .get, "\(path)/{name}", id: "\(id)_Get", tag: tag, "Reads \(noun)", needs: collection.reading,
                answers: [.ok(shown)]
            ) { try await get($0, collection) },
            Endpoint(
                .put, "\(path)/{name}", id: "\(id)_CreateOrUpdate", tag: tag, "Creates or replaces \(noun)",
                needs: collection.changing, body: .json(schema), answers: [.ok(shown), .created(shown), .conflict]
            ) { try await put($0, collection) },
            Endpoint(
                .delete, "\(path)/{name}", id: "\(id)_Delete", tag: tag, "Deletes \(noun)",
                needs: collection.changing, answers: [.done, .noContent]
            ) { try await delete($0, collection) },
        ]
        if collection.isPatchable {
            endpoints.append(
                Endpoint(
                    .patch, "\(path)/{name}", id: "\(id)_Update", tag: tag, "Changes some members of \(noun)",
                    needs: collection.changing, body: .json(.object(.optional("properties", .map(.any)))),
                    answers: [.ok(shown), .conflict]
                ) { try await patch($0, collection) })
        }
        return endpoints
    }

    private var emptyEndpoints: [Endpoint] {
        ResourceCollection.empty.flatMap { name, id in
            [
                Endpoint(
                    .get, name, id: "\(id)_List", tag: .workspace, "Lists nothing: there are none here",
                    needs: .readContent, answers: [.ok(.page(of: .any))]
                ) { _ in Response(json: ["value": []]) },
                Endpoint(
                    .get, "\(name)/{name}", id: "\(id)_Get", tag: .workspace, "Finds nothing: there are none here",
                    needs: .readContent, answers: [.notFound]
                ) { call in throw APIError(.notFound, "there is no '\(call.name("name"))' in \(name)") },
            ]
        }
    }

    // MARK: Operations

    private func list(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> Response {
        let (page, items) = (try ListRequest(call, address: address, size: 100), try ODataItems(call))
        let found = try await store.all(try await place(call, collection))
        return page.answer(all: items.apply(to: found.map { json($0, collection) }))
    }

    private func get(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> Response {
        Response(json: json(try await known(call, collection), collection))
    }

    private func put(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> Response {
        let name = call.name("name")
        if !collection.names.isEmpty, !collection.names.contains(where: { $0.lowercased() == name.lowercased() }) {
            throw APIError.badRequest(
                "\(collection.noun) is called \(collection.names.joined(separator: ", ")), not '\(name)'",
                target: "name")
        }
        let (saved, wasThere) = try await store.save(
            name, in: try await place(call, collection), kind: call.body["kind"]?.stringValue ?? "",
            call.body["properties"] ?? [:], most: collection.most,
            expecting: ResourceVersion.expected(in: call.body), by: try call.actor)
        return Response(status: wasThere ? .ok : .created, json: json(saved, collection))
    }

    private func patch(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> Response {
        let known = try await known(call, collection)
        let changes = call.body["properties"]?.objectValue ?? [:]
        let merged = (known.properties.objectValue ?? [:]).merging(changes) { $1 }
        if let misfit = collection.properties.misfit(in: .object(merged)) {
            throw APIError.badRequest("'\(misfit.path)' \(misfit.reason)", target: "properties.\(misfit.path)")
        }
        let (saved, _) = try await store.save(
            known.name, in: known.place, kind: known.kind, .object(merged), most: collection.most,
            expecting: ResourceVersion.expected(in: call.body) ?? known.version, by: try call.actor)
        return Response(json: json(saved, collection))
    }

    private func delete(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> Response {
        let place = ResourcePlace(collection.place, of: call.name("parent"))
        let wasThere = try await store.delete(call.name("name"), in: place, by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    private func known(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> WorkspaceResource {
        let name = call.name("name")
        guard let found = try await store.find(name, in: try await place(call, collection)) else {
            throw APIError(.notFound, "there is no '\(name)' in \(collection.name)")
        }
        return found
    }

    /// Where the call's documents lie; what they belong to must be there.
    private func place(_ call: EndpointCall, _ collection: ResourceCollection) async throws -> ResourcePlace {
        guard let parent = collection.parent else { return ResourcePlace(collection.place) }
        let name = call.name("parent")
        guard let owner = try await store.find(name, in: ResourcePlace(parent)) else {
            throw APIError(.notFound, "there is no '\(name)' in \(parent)")
        }
        return ResourcePlace(collection.place, of: owner.name)
    }

    // MARK: Shape

    private func json(_ resource: WorkspaceResource, _ collection: ResourceCollection) -> JSON {
        let owner = collection.parent.map { "\($0)/\(resource.place.parent)/" } ?? ""
        var members =
            Resource(
                id: "\(names.securityInsights)/\(owner)\(collection.name)/\(resource.name)", name: resource.name,
                type: "Microsoft.SecurityInsights/\(collection.place)", etag: Incident.etag(version: resource.version),
                kind: resource.kind.isEmpty ? nil : resource.kind, properties: resource.properties
            ).json.objectValue ?? [:]
        members["systemData"] = [
            "createdBy": .string(resource.createdBy.name), "createdByType": .string(resource.createdBy.systemKind),
            "createdAt": .string(resource.createdTime.description),
            "lastModifiedBy": .string(resource.modifiedBy.name),
            "lastModifiedByType": .string(resource.modifiedBy.systemKind),
            "lastModifiedAt": .string(resource.modifiedTime.description),
        ]
        return .object(members)
    }
}

extension ResourceCollection {
    /// Where its documents lie in the room.
    fileprivate var place: String { parent.map { "\($0)/\(name)" } ?? name }
}

extension JournalActor {
    /// The kind of party as `systemData` names it.
    fileprivate var systemKind: String { kind == .user ? "User" : "Application" }
}

extension APIError {
    init(_ fault: WorkspaceResourceFault) {
        let code: Code =
            switch fault.code {
            case .notFound: .notFound
            case .conflict: .conflict
            case .invalidName, .limitReached: .badRequest
            case .storage: .internalError
            }
        self.init(code, fault.message, target: fault.code == .conflict ? "etag" : "name")
    }
}
