internal import Access
internal import Casebook
internal import Hummingbird
internal import JSON
internal import StateStore

/// Comments and tasks of incidents.
struct IncidentNoteRoutes {
    let casebook: Casebook
    let resources: IncidentResources
    let address: RequestAddress

    var endpoints: [Endpoint] { commentEndpoints + taskEndpoints }

    private var commentEndpoints: [Endpoint] {
        let comment = IncidentSchemas.comment
        let path = "incidents/{incident}/comments"
        return [
            Endpoint(
                .get, path, id: "IncidentComments_List", tag: .incidents, "Lists an incident's comments",
                needs: .readIncidents, parameters: .odata, answers: [.ok(.page(of: comment))], comments),
            Endpoint(
                .post, path, id: "IncidentComments_Create", tag: .incidents, "Adds a comment",
                needs: .changeIncidents, body: .json(comment), answers: [.created(comment)], addComment),
            Endpoint(
                .get, "\(path)/{comment}", id: "IncidentComments_Get", tag: .incidents, "Reads a comment",
                needs: .readIncidents, answers: [.ok(comment)], comment(_:)),
            Endpoint(
                .put, "\(path)/{comment}", id: "IncidentComments_CreateOrUpdate", tag: .incidents,
                "Adds a comment, or changes one's own", needs: .changeIncidents, body: .json(comment),
                answers: [.ok(comment), .created(comment), .conflict], putComment),
            Endpoint(
                .delete, "\(path)/{comment}", id: "IncidentComments_Delete", tag: .incidents,
                "Deletes a comment of one's own", needs: .changeIncidents, answers: [.done, .noContent],
                deleteComment),
        ]
    }

    private var taskEndpoints: [Endpoint] {
        let task = IncidentSchemas.task
        let path = "incidents/{incident}/tasks"
        return [
            Endpoint(
                .get, path, id: "IncidentTasks_List", tag: .incidents, "Lists an incident's tasks",
                needs: .readIncidents, parameters: .paging, answers: [.ok(.page(of: task))], tasks),
            Endpoint(
                .get, "\(path)/{task}", id: "IncidentTasks_Get", tag: .incidents, "Reads a task",
                needs: .readIncidents, answers: [.ok(task)], task(_:)),
            Endpoint(
                .put, "\(path)/{task}", id: "IncidentTasks_CreateOrUpdate", tag: .incidents,
                "Creates or replaces a task", needs: .changeIncidents, body: .json(task),
                answers: [.ok(task), .created(task), .conflict], putTask),
            Endpoint(
                .delete, "\(path)/{task}", id: "IncidentTasks_Delete", tag: .incidents, "Deletes a task",
                needs: .changeIncidents, answers: [.done, .noContent], deleteTask),
        ]
    }

    // MARK: Comments

    @Sendable func comments(_ call: EndpointCall) async throws -> Response {
        let (page, items) = (try ListRequest(call, address: address), try ODataItems(call))
        let found = try await casebook.comments(of: try await casebook.incident(named: call).id)
        return page.answer(all: items.apply(to: found.map(resources.json)))
    }

    @Sendable func comment(_ call: EndpointCall) async throws -> Response {
        let id = CommentID(call.name("comment"))
        guard let found = try await casebook.comment(id, of: try await casebook.incident(named: call).id) else {
            throw APIError(.notFound, "the incident has no comment '\(id)'")
        }
        return Response(json: resources.json(found))
    }

    @Sendable func addComment(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        let added = try await casebook.addComment(message(call), to: incident.id, by: try call.actor)
        return Response(status: .created, json: resources.json(added))
    }

    @Sendable func putComment(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        let put = try await casebook.putComment(
            CommentID(call.name("comment")), of: incident.id, message: message(call),
            expecting: ResourceVersion.expected(in: call.body), by: try call.actor)
        return Response(status: put.isNew ? .created : .ok, json: resources.json(put.value))
    }

    @Sendable func deleteComment(_ call: EndpointCall) async throws -> Response {
        guard let incident = try await casebook.find(call.name("incident")) else { return Response(status: .noContent) }
        let wasThere = try await casebook.deleteComment(
            CommentID(call.name("comment")), of: incident.id, by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }

    private func message(_ call: EndpointCall) -> String { call.body["properties"]?["message"]?.stringValue ?? "" }

    // MARK: Tasks

    @Sendable func tasks(_ call: EndpointCall) async throws -> Response {
        let page = try ListRequest(call, address: address)
        let found = try await casebook.tasks(of: try await casebook.incident(named: call).id)
        return page.answer(all: found.map(resources.json))
    }

    @Sendable func task(_ call: EndpointCall) async throws -> Response {
        let id = TaskID(call.name("task"))
        guard let found = try await casebook.task(id, of: try await casebook.incident(named: call).id) else {
            throw APIError(.notFound, "the incident has no task '\(id)'")
        }
        return Response(json: resources.json(found))
    }

    @Sendable func putTask(_ call: EndpointCall) async throws -> Response {
        let incident = try await casebook.incident(named: call)
        let properties = call.body["properties"] ?? .null
        let status = IncidentTask.Status.allCases.first {
            $0.rawValue.lowercased() == properties["status"]?.stringValue?.lowercased()
        }
        let put = try await casebook.putTask(
            TaskID(call.name("task")), of: incident.id, title: properties["title"]?.stringValue ?? "",
            description: properties["description"]?.stringValue ?? "", status: status ?? .new,
            expecting: ResourceVersion.expected(in: call.body), by: try call.actor)
        return Response(status: put.isNew ? .created : .ok, json: resources.json(put.value))
    }

    @Sendable func deleteTask(_ call: EndpointCall) async throws -> Response {
        guard let incident = try await casebook.find(call.name("incident")) else { return Response(status: .noContent) }
        let wasThere = try await casebook.deleteTask(TaskID(call.name("task")), of: incident.id, by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }
}
