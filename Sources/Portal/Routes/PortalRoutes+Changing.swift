internal import Casebook
internal import Hummingbird
internal import StateStore
internal import Vocabulary
internal import WebGate

extension PortalRoutes {
    @Sendable func changeStatus(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            var change = IncidentChange()
            guard let status = form["status"].flatMap({ IncidentStatus(lenient: $0) }) else {
                return Notice("No status was chosen.", isError: true)
            }
            change.status = status
            if status == .closed {
                guard let classification = form["classification"].flatMap(Classification.init(formValue:)) else {
                    return Notice("Choose a classification to close the incident.", isError: true)
                }
                change.classification = classification
                change.classificationComment = form["comment"] ?? ""
            }
            if status == .active {
                change.owner = .assign(IncidentOwner(objectID: caller.actor.id, assignedTo: caller.actor.name))
            }
            let changed = try await services.cases.casebook.update(
                id, change, expecting: form["etag"].flatMap(Incident.version(etag:)), by: caller.actor)
            return Notice("Incident #\(changed.number) is \(changed.status.rawValue.lowercased()) now.")
        }
    }

    @Sendable func edit(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            var change = IncidentChange()
            change.severity = form["severity"].flatMap { Severity(lenient: $0) }
            if let owner = form["owner"] {
                change.owner = owner.isEmpty ? .unassign : .assign(IncidentOwner(assignedTo: owner))
            }
            change.labels = form["labels"].map { text in
                text.split(separator: ",").map { $0.trimmingBlanks }.filter { !$0.isEmpty }
                    .map { IncidentLabel(name: $0) }
            }
            try await services.cases.casebook.update(
                id, change, expecting: form["etag"].flatMap(Incident.version(etag:)), by: caller.actor)
            return Notice("Saved.")
        }
    }

    @Sendable func addComment(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            _ = try await services.cases.casebook.addComment(form["message"] ?? "", to: id, by: caller.actor)
            return nil
        }
    }

    @Sendable func addTask(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            _ = try await services.cases.casebook.addTask(title: form["title"] ?? "", to: id, by: caller.actor)
            return nil
        }
    }

    @Sendable func toggleTask(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let taskID = TaskID(try context.parameters.require("task"))
        return try await changing(request, context) { _, id, caller in
            guard let task = try await services.cases.casebook.tasks(of: id).first(where: { $0.id == taskID }) else {
                return Notice("That task is gone.", isError: true)
            }
            let status: IncidentTask.Status = task.status == .new ? .completed : .new
            _ = try await services.cases.casebook.updateTask(taskID, of: id, status: status, by: caller.actor)
            return nil
        }
    }

    @Sendable func runPlaybook(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changing(request, context) { form, id, caller in
            guard let playbook = form["playbook"] else { return Notice("No playbook was chosen.", isError: true) }
            try await services.cases.response.start(playbook: playbook, on: id, by: caller.actor)
            return Notice("The playbook was started.")
        }
    }

    /// Reads the form, makes the change, and leads back to the incident with what came of it.
    func changing(
        _ request: Request, _ context: TocsinRequestContext,
        _ change: (FormFields, IncidentID, Caller) async throws -> Notice?
    ) async throws -> Response {
        let caller = try context.requireCaller()
        let id = IncidentID(try context.parameters.require("incident"))
        let form = try await FormFields.checked(request, caller)
        let notice: Notice?
        do {
            notice = try await change(form, id, caller)
        } catch let error as CasebookError {
            notice = Notice(error.message, isError: true)
        }
        let path = PortalURL.incident(id.rawValue).path
        return .redirect(to: notice?.on(path) ?? path, type: .normal)
    }
}
