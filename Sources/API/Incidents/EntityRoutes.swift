internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import StateStore

/// Entities; an alert is one too, under its own id.
struct EntityRoutes {
    let casebook: Casebook
    let playbooks: any PlaybookStarter
    let resources: IncidentResources

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "entities/{entity}", id: "Entities_Get", tag: .entities, "Reads an entity or an alert",
                needs: .readIncidents, answers: [.ok(IncidentSchemas.entity)], get),
            Endpoint(
                .post, "entities/{entity}/runPlaybook", id: "Entities_RunPlaybook", tag: .entities,
                "Starts a playbook on an entity", needs: .runPlaybooks, body: .json(IncidentSchemas.entityTrigger),
                answers: [.noContent], runPlaybook),
        ]
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        let name = call.name("entity")
        if let known = try await casebook.entity(EntityID(name)) { return Response(json: resources.json(known)) }
        guard let alert = try await casebook.alert(AlertID(name)) else {
            throw APIError(.notFound, "there is no entity or alert '\(name)'")
        }
        return Response(json: resources.json(alert))
    }

    @Sendable func runPlaybook(_ call: EndpointCall) async throws -> Response {
        let name = call.name("entity")
        guard try await casebook.entity(EntityID(name)) != nil else {
            throw APIError(.notFound, "there is no entity '\(name)'")
        }
        let incident = call.body["incidentArmId"]?.stringValue.flatMap {
            $0.split(separator: "/").last.map(String.init)
        }
        try await playbooks.start(
            PlaybookReference(call.body), on: EntityID(name), of: incident.map { IncidentID($0) }, by: try call.actor)
        return Response(status: .noContent)
    }
}
