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
    static let maximumBody = 1 << 20

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group("incidents").add(middleware: Requires(.readIncidents))
        readers.get(use: list)
        readers.get(":incident", use: get)
        readers.post(":incident/alerts", use: alerts)
        readers.post(":incident/entities", use: entities)
        readers.get(":incident/comments", use: comments)
        readers.get(":incident/tasks", use: tasks)
        let responders = group.group("incidents").add(middleware: Requires(.changeIncidents))
        responders.put(":incident", use: put)
        responders.delete(":incident", use: delete)
        responders.post(":incident/comments", use: addComment)
        responders.put(":incident/comments/:comment", use: addComment)
        responders.put(":incident/tasks/:task", use: putTask)
    }

    @Sendable func list(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let parameters = request.uri.queryParameters
        let limit = parameters["$top"].flatMap { Int($0) } ?? 50
        let offset = parameters["$skipToken"].flatMap { Int($0) } ?? 0
        let filter: IncidentFilter = parameters["status"] == "all" ? .all : .status([.new, .active])
        let page = try await casebook.incidents(
            IncidentQuery(filter, order: .queue, limit: min(max(1, limit), Self.maximumPage), offset: max(0, offset)))
        return Response(json: ["value": .array(page.incidents.map(resources.json))])
    }

    @Sendable func get(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: resources.json(try await incident(context)))
    }

    @Sendable func put(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try IncidentBody(try await JSONBody.read(request, upTo: Self.maximumBody))
        let name = try context.parameters.require("incident")
        let actor = try context.requireCaller().actor
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

    @Sendable func delete(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = IncidentID(try context.parameters.require("incident"))
        let actor = try context.requireCaller().actor
        let wasThere = try await answering { try await casebook.delete(id, by: actor) }
        return Response(status: wasThere ? .ok : .noContent)
    }

    @Sendable func alerts(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let found = try await casebook.alerts(of: try await incident(context).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func entities(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let found = try await incident(context).entities
        let kinds = Dictionary(grouping: found, by: \.kind.restKind).sorted { $0.key < $1.key }
        return Response(json: [
            "entities": .array(found.map(resources.json)),
            "metaData": .array(
                kinds.map { ["entityKind": .string($0.key), "count": .int(Int64($0.value.count))] }),
        ])
    }

    @Sendable func comments(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let found = try await casebook.comments(of: try await incident(context).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func tasks(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let found = try await casebook.tasks(of: try await incident(context).id)
        return Response(json: ["value": .array(found.map(resources.json))])
    }

    @Sendable func addComment(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        guard let message = body["properties"]?["message"]?.stringValue else {
            throw APIError.badRequest("'message' is required", target: "properties.message")
        }
        let id = context.parameters.get("comment").map { CommentID($0) }
        let incident = try await incident(context)
        let actor = try context.requireCaller().actor
        let comment = try await answering {
            try await casebook.addComment(message, to: incident.id, id: id, by: actor)
        }
        return Response(status: .created, json: resources.json(comment))
    }

    @Sendable func putTask(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        let properties = body["properties"] ?? .null
        guard let title = properties["title"]?.stringValue else {
            throw APIError.badRequest("'title' is required", target: "properties.title")
        }
        let status = properties["status"]?.stringValue.flatMap(IncidentTask.Status.init(rawValue:))
        let description = properties["description"]?.stringValue
        let id = TaskID(try context.parameters.require("task"))
        let incident = try await incident(context)
        let actor = try context.requireCaller().actor
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

    private func incident(_ context: TocsinRequestContext) async throws -> Incident {
        let name = try context.parameters.require("incident")
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
