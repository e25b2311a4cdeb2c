internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import Vocabulary
internal import WebGate

/// Incidents and their sub-resources, mounted at the short path and at the ARM path.
struct IncidentRoutes {
    let casebook: Casebook
    let resources: IncidentResources

    /// The most incidents in one answer (sentinel-service-limits).
    static let maximumPage = 1000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "incidents", id: "Incidents_List", tag: .incidents, "Lists incidents", needs: .readIncidents,
                parameters: .paging, answers: [.ok(.page(of: .any))], list),
            Endpoint(
                .get, "incidents/{incident}", id: "Incidents_Get", tag: .incidents, "Reads an incident",
                needs: .readIncidents, answers: [.ok(.any)], get),
            Endpoint(
                .put, "incidents/{incident}", id: "Incidents_CreateOrUpdate", tag: .incidents,
                "Creates or replaces an incident", needs: .changeIncidents, body: .json(.any),
                answers: [.ok(.any), .created(.any), .conflict], put),
            Endpoint(
                .delete, "incidents/{incident}", id: "Incidents_Delete", tag: .incidents, "Deletes an incident",
                needs: .changeIncidents, answers: [.done, .noContent], delete),
            Endpoint(
                .post, "incidents/{incident}/alerts", id: "Incidents_ListAlerts", tag: .incidents,
                "Lists an incident's alerts", needs: .readIncidents, answers: [.ok(.page(of: .any))], alerts),
            Endpoint(
                .post, "incidents/{incident}/entities", id: "Incidents_ListEntities", tag: .incidents,
                "Lists an incident's entities", needs: .readIncidents, answers: [.ok(.any)], entities),
            Endpoint(
                .get, "incidents/{incident}/comments", id: "IncidentComments_List", tag: .incidents,
                "Lists an incident's comments", needs: .readIncidents, answers: [.ok(.page(of: .any))], comments),
            Endpoint(
                .post, "incidents/{incident}/comments", id: "IncidentComments_Create", tag: .incidents,
                "Adds a comment", needs: .changeIncidents, body: .json(.any), answers: [.created(.any), .conflict],
                addComment),
            Endpoint(
                .put, "incidents/{incident}/comments/{comment}", id: "IncidentComments_CreateOrUpdate",
                tag: .incidents, "Adds a comment under an id", needs: .changeIncidents, body: .json(.any),
                answers: [.created(.any), .conflict], addComment),
            Endpoint(
                .get, "incidents/{incident}/tasks", id: "IncidentTasks_List", tag: .incidents,
                "Lists an incident's tasks", needs: .readIncidents, answers: [.ok(.page(of: .any))], tasks),
            Endpoint(
                .put, "incidents/{incident}/tasks/{task}", id: "IncidentTasks_CreateOrUpdate", tag: .incidents,
                "Creates or changes a task", needs: .changeIncidents, body: .json(.any),
                answers: [.ok(.any), .created(.any), .conflict], putTask),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let limit = call.number("$top") ?? 50
        let offset = call.number("$skipToken") ?? 0
        let filter: IncidentFilter = call.query("status") == "all" ? .all : .status([.new, .active])
        let page = try await casebook.incidents(
            IncidentQuery(filter, order: .queue, limit: min(max(1, limit), Self.maximumPage), offset: max(0, offset)))
        return Response(json: ["value": .array(page.incidents.map(resources.json))])
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        Response(json: resources.json(try await incident(call)))
    }

    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let body = try IncidentBody(call.body)
        let name = call.name("incident")
        let actor = try call.caller.actor
        return try await answering {
            if let known = try await find(name) {
                let changed = try await casebook.update(known.id, body.change, expecting: body.version, by: actor)
                return Response(json: resources.json(changed))
            }
            var incident = NewIncident(title: body.title, severity: body.severity)
            incident.id = IncidentID(name)
            let created = try await casebook.create(incident, by: actor)
            let changed = try await casebook.update(created.id, body.change, by: actor)
            return Response(status: .created, json: resources.json(changed))
        }
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        let id = IncidentID(call.name("incident"))
        let actor = try call.caller.actor
        let wasThere = try await answering { try await casebook.delete(id, by: actor) }
        return Response(status: wasThere ? .ok : .noContent)
    }

    @Sendable func alerts(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.alerts(of: try await incident(call).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func entities(_ call: EndpointCall) async throws -> Response {
        let found = try await incident(call).entities
        let kinds = Dictionary(grouping: found, by: \.kind.restKind).sorted { $0.key < $1.key }
        return Response(json: [
            "entities": .array(found.map(resources.json)),
            "metaData": .array(
                kinds.map { ["entityKind": .string($0.key), "count": .int(Int64($0.value.count))] }),
        ])
    }

    @Sendable func comments(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.comments(of: try await incident(call).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func tasks(_ call: EndpointCall) async throws -> Response {
        let found = try await casebook.tasks(of: try await incident(call).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func addComment(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        guard let message = body["properties"]?["message"]?.stringValue else {
            throw APIError.badRequest("'message' is required", target: "properties.message")
        }
        let id = call.name("comment").isEmpty ? nil : CommentID(call.name("comment"))
        let incident = try await incident(call)
        let actor = try call.caller.actor
        let comment = try await answering {
            try await casebook.addComment(message, to: incident.id, id: id, by: actor)
        }
        return Response(status: .created, json: resources.json(comment))
    }

    @Sendable func putTask(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        let properties = body["properties"] ?? .null
        guard let title = properties["title"]?.stringValue else {
            throw APIError.badRequest("'title' is required", target: "properties.title")
        }
        let status = properties["status"]?.stringValue.flatMap(IncidentTask.Status.init(rawValue:))
        let description = properties["description"]?.stringValue
        let id = TaskID(call.name("task"))
        let incident = try await incident(call)
        let actor = try call.caller.actor
        return try await answering {
            if try await casebook.tasks(of: incident.id).contains(where: { $0.id == id }) {
                let task = try await casebook.updateTask(
                    id, of: incident.id, title: title, description: description, status: status, by: actor)
                return Response(json: resources.json(task))
            }
            let task = try await casebook.addTask(
                title: title, description: description ?? "", to: incident.id, id: id, by: actor)
            return Response(status: .created, json: resources.json(task))
        }
    }

    private func incident(_ call: EndpointCall) async throws -> Incident {
        let name = call.name("incident")
        guard let found = try await answering({ try await find(name) }) else {
            throw APIError(.notFound, "there is no incident '\(name)'")
        }
        return found
    }

    /// By id, or by number for people at a terminal.
    private func find(_ name: String) async throws -> Incident? {
        if let number = Int(name) { return try await casebook.incident(number: number) }
        return try await casebook.incident(IncidentID(name))
    }

    private func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as CasebookError {
            throw APIError(error)
        }
    }
}
