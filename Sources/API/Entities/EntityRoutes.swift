internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import StateStore

/// Entities; an alert and a bookmark are one too, each under its own id.
struct EntityRoutes {
    let casebook: Casebook
    let playbooks: any PlaybookStarter
    let resources: IncidentResources
    let address: RequestAddress

    var endpoints: [Endpoint] {
        let entity = IncidentSchemas.entity
        return [
            Endpoint(
                .get, "entities", id: "Entities_List", tag: .entities, "Lists entities, those seen last first",
                needs: .readIncidents, parameters: .paging, answers: [.ok(.page(of: entity))], list),
            Endpoint(
                .get, "entities/{entity}", id: "Entities_Get", tag: .entities,
                "Reads an entity, an alert or a bookmark", needs: .readIncidents, answers: [.ok(entity)], get),
            Endpoint(
                .post, "entities/{entity}/runPlaybook", id: "Entities_RunPlaybook", tag: .entities,
                "Starts a playbook on an entity", needs: .runPlaybooks, body: .json(IncidentSchemas.entityTrigger),
                answers: [.noContent], runPlaybook),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let page = try ListRequest(call, address: address, size: 100)
        // One more than the page tells whether there is a next one.
        let size = min(page.limit, CasebookLimits.pageSize - 1)
        let found = try await casebook.entities(limit: size + 1, offset: page.offset)
        return page.answer(found.prefix(size).map(resources.json), total: page.offset + found.count)
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        switch try await casebook.graphNode(named: call) {
        case .entity(let known): Response(json: resources.json(known))
        case .alert(let alert): Response(json: resources.json(alert))
        case .bookmark(let bookmark): Response(json: resources.entity(bookmark))
        }
    }

    @Sendable func runPlaybook(_ call: EndpointCall) async throws -> Response {
        let entity = try await casebook.entity(named: call)
        let incident = call.body["incidentArmId"]?.stringValue.flatMap {
            $0.split(separator: "/").last.map(String.init)
        }
        try await playbooks.start(
            PlaybookReference(call.body), on: entity.id, of: incident.map { IncidentID($0) }, by: try call.actor)
        return Response(status: .noContent)
    }
}

/// What an entity's id may name.
enum GraphNode: Sendable {
    case entity(KnownEntity)
    case alert(Alert)
    case bookmark(Bookmark)
}

extension Casebook {
    /// The entity, alert or bookmark that `{entity}` in the path names.
    ///
    /// - Throws: `APIError` 404 when there is none.
    func graphNode(named call: EndpointCall) async throws -> GraphNode {
        let name = call.name("entity")
        if let known = try await entity(EntityID(name)) { return .entity(known) }
        if let alert = try await alert(AlertID(name)) { return .alert(alert) }
        if let bookmark = try await bookmark(BookmarkID(name)) { return .bookmark(bookmark) }
        throw APIError(.notFound, "there is no entity, alert or bookmark '\(name)'")
    }

    /// The entity, no alert and no bookmark, that `{entity}` in the path names.
    ///
    /// - Throws: `APIError` 404 when there is none.
    func entity(named call: EndpointCall) async throws -> KnownEntity {
        let name = call.name("entity")
        guard let known = try await entity(EntityID(name)) else {
            throw APIError(.notFound, "there is no entity '\(name)'")
        }
        return known
    }
}
