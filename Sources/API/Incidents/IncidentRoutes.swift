internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import StateStore
internal import Vocabulary
internal import WebGate

/// Incidents, at the short path and at the ARM path.
struct IncidentRoutes {
    let casebook: Casebook
    let playbooks: any PlaybookStarter
    let resources: IncidentResources
    let address: RequestAddress

    var endpoints: [Endpoint] {
        let incident = IncidentSchemas.incident
        return [
            Endpoint(
                .get, "incidents", id: "Incidents_List", tag: .incidents,
                "Lists incidents, open ones first, then by priority", needs: .readIncidents,
                parameters: .odata + [
                    EndpointParameter("status", "open leaves closed incidents out", .word(["open", "all"]))
                ], answers: [.ok(.page(of: incident))], list),
            Endpoint(
                .get, "incidents/{incident}", id: "Incidents_Get", tag: .incidents,
                "Reads an incident by its id or number", needs: .readIncidents, answers: [.ok(incident)], get),
            Endpoint(
                .put, "incidents/{incident}", id: "Incidents_CreateOrUpdate", tag: .incidents,
                "Creates or replaces an incident", needs: .changeIncidents, body: .json(incident),
                answers: [.ok(incident), .created(incident), .conflict], put),
            Endpoint(
                .delete, "incidents/{incident}", id: "Incidents_Delete", tag: .incidents, "Deletes an incident",
                needs: .changeIncidents, answers: [.done, .noContent], delete),
            Endpoint(
                .post, "incidents/{incident}/alerts", id: "Incidents_ListAlerts", tag: .incidents,
                "Lists an incident's alerts", needs: .readIncidents,
                answers: [.ok(.page(of: IncidentSchemas.entity))], alerts),
            Endpoint(
                .post, "incidents/{incident}/bookmarks", id: "Incidents_ListBookmarks", tag: .incidents,
                "Lists an incident's bookmarks", needs: .readIncidents,
                answers: [.ok(.page(of: IncidentSchemas.entity))], bookmarks),
            Endpoint(
                .post, "incidents/{incident}/entities", id: "Incidents_ListEntities", tag: .incidents,
                "Lists an incident's entities", needs: .readIncidents, answers: [.ok(IncidentSchemas.entities)],
                entities),
            Endpoint(
                .post, "incidents/{incident}/runPlaybook", id: "Incidents_RunPlaybook", tag: .incidents,
                "Starts a playbook on an incident", needs: .runPlaybooks, body: .json(IncidentSchemas.manualTrigger),
                answers: [.noContent], runPlaybook),
            Endpoint(
                .post, "incidents/{incident}/createTeam", id: "Incidents_CreateTeam", tag: .incidents,
                "Gives an incident a team", needs: .changeIncidents, body: .json(IncidentSchemas.newTeam),
                answers: [.ok(IncidentSchemas.team), .conflict], createTeam),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let page = try ListRequest(call, address: address)
        var filter = try IncidentOData.filter(call.query("$filter"))
        if call.query("status")?.lowercased() == "open" { filter = .and([.status([.new, .active]), filter]) }
        let order = try IncidentOData.order(call.query("$orderby"))
        let found = try await casebook.incidents(
            IncidentQuery(filter, order: order, limit: page.limit, offset: page.offset, detail: .summary))
        let teams = try await casebook.teams(of: found.incidents.map(\.id))
        return page.answer(found.incidents.map { resources.json($0, team: teams[$0.id]) }, total: found.total)
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        return Response(json: resources.json(incident, team: try await casebook.team(of: incident.id)))
    }

    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let body = try IncidentBody(call.body)
        let name = call.name("incident")
        if let known = try await casebook.find(name) {
            let changed = try await casebook.update(
                known.id, body.change(of: known), expecting: body.version, by: try call.actor)
            return Response(json: resources.json(changed, team: try await casebook.team(of: changed.id)))
        }
        let created = try await casebook.create(body.incident(IncidentID(name)), by: try call.actor)
        return Response(status: .created, json: resources.json(created))
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        guard let known = try await casebook.find(call.name("incident")) else { return Response(status: .noContent) }
        let wasThere = try await casebook.delete(known.id, by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    @Sendable func alerts(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.alerts(of: try await casebook.incident(named: call).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func bookmarks(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.bookmarks(of: try await casebook.incident(named: call).id)
        return Response(json: ["value": .array(found.map(resources.entity))])
    }

    @Sendable func entities(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.incident(named: call).entities
        let kinds = Dictionary(grouping: found, by: \.kind.restKind).sorted { $0.key < $1.key }
        return Response(json: [
            "entities": .array(found.map(resources.json)),
            "metaData": .array(
                kinds.map { ["entityKind": .string($0.key), "count": .int(Int64($0.value.count))] }),
        ])
    }

    @Sendable func runPlaybook(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        try await playbooks.start(PlaybookReference(call.body), on: incident.id, by: try call.actor)
        return Response(status: .noContent)
    }

    /// A team that the body gives no name (clients whose model of the body is that of the answer send none) has the
    /// incident's.
    @Sendable func createTeam(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        func texts(_ name: String) -> [String] { (call.body[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        var team = NewIncidentTeam(name: call.body["teamName"]?.stringValue ?? "Incident \(incident.number)")
        team.description = call.body["teamDescription"]?.stringValue ?? ""
        team.channelURL = call.body["primaryChannelUrl"]?.stringValue ?? ""
        team.memberIDs = texts("memberIds")
        team.groupIDs = texts("groupIds")
        return Response(
            json: resources.json(try await casebook.createTeam(team, for: incident.id, by: try call.actor)))
    }
}

extension Casebook {
    /// The incident that `{incident}` in the path names.
    ///
    /// - Throws: `APIError` 404 when there is none.
    func incident(named call: EndpointCall) async throws -> Incident {
        try await incident(named: call.name("incident"))
    }

    /// The incident of an id or number.
    ///
    /// - Throws: `APIError` 404 when there is none.
    func incident(named name: String) async throws -> Incident {
        guard let found = try await find(name) else { throw APIError(.notFound, "there is no incident '\(name)'") }
        return found
    }

    /// By id, or by number for people at a terminal.
    func find(_ name: String) async throws(CasebookError) -> Incident? {
        if let found = try await incident(IncidentID(name)) { return found }
        guard let number = Int(name) else { return nil }
        return try await incident(number: number)
    }
}
