internal import Casebook
internal import JSON
internal import Vocabulary
internal import Workflow

extension SentinelConnector {
    /// The incident that an ARM id, or its last part, names.
    func incidentID(_ json: JSON?) throws(CasebookError) -> IncidentID {
        guard let text = json?.stringValue, let last = text.split(separator: "/").last else {
            throw CasebookError(.invalidField, field: "incidentArmId", "'incidentArmId' is missing")
        }
        return IncidentID(String(last))
    }

    func existing(_ id: IncidentID) async throws(CasebookError) -> Incident {
        guard let incident = try await casebook.incident(id) else {
            throw CasebookError(.notFound, "there is no incident \(id)")
        }
        return incident
    }

    func addComment(_ body: JSON, _ context: ConnectorContext) async throws(CasebookError) -> WorkflowAnswer {
        let id = try incidentID(body["incidentArmId"])
        guard let message = body["message"]?.stringValue else {
            throw CasebookError(.invalidField, field: "message", "'message' is missing")
        }
        let comment = try await casebook.addComment(
            String(message.prefix(CasebookLimits.commentCharacters)), to: id,
            id: CommentID(Self.identifier(for: context.idempotencyKey)), by: context.actor)
        return .success(shapes.comment(comment, of: try await existing(id)))
    }

    func read(_ body: JSON) async throws(CasebookError) -> WorkflowAnswer {
        .success(shapes.resource(try await existing(try incidentID(body["incidentArmId"]))))
    }

    func incident(ofAlert id: String) async throws(CasebookError) -> WorkflowAnswer {
        .success(shapes.resource(try await incident(containing: id)))
    }

    func incident(containing alert: String) async throws(CasebookError) -> Incident {
        guard let found = try await casebook.alert(AlertID(alert)) else {
            throw CasebookError(.notFound, "there is no alert \(alert)")
        }
        guard let id = found.incidentID else {
            throw CasebookError(.notFound, "the alert \(alert) belongs to no incident")
        }
        return try await existing(id)
    }

    func update(_ body: JSON, _ context: ConnectorContext) async throws(CasebookError) -> WorkflowAnswer {
        let id = try incidentID(body["incidentArmId"])
        var change = IncidentChange()
        change.title = body["title"]?.stringValue
        change.description = body["description"]?.stringValue
        change.severity = try severity(body["severity"])
        change.status = try status(body["status"])
        if let verdict = body["classification"], !verdict.isNull {
            change.classification = try classification(verdict)
            change.classificationComment = verdict["ClassificationReasonText"]?.stringValue
        }
        if change.status == .closed, change.classification == nil { change.classification = .undetermined }
        change.owner = owner(body)
        change.addedLabels = tags(body["tagsToAdd"], "TagsToAdd").map { IncidentLabel(name: $0) }
        change.removedLabels = tags(body["tagsToRemove"], "TagsToRemove")
        return .success(shapes.resource(try await casebook.update(id, change, by: context.actor)))
    }

    func create(_ body: JSON, _ context: ConnectorContext) async throws(CasebookError) -> WorkflowAnswer {
        let id = IncidentID(Self.identifier(for: context.idempotencyKey))
        if let made = try await casebook.incident(id) { return .success(shapes.resource(made)) }
        var incident = NewIncident(
            title: body["title"]?.stringValue ?? "", severity: try severity(body["severity"]) ?? .medium)
        incident.id = id
        incident.description = body["description"]?.stringValue ?? ""
        incident.status = try status(body["status"]) ?? .new
        if let verdict = body["classification"], !verdict.isNull {
            incident.classification = try classification(verdict)
        } else if incident.status == .closed {
            incident.classification = .undetermined
        }
        if case .assign(let owner)? = owner(body) { incident.owner = owner }
        incident.labels = tags(body["tagsToAdd"], "TagsToAdd").map { IncidentLabel(name: $0) }
        return .success(shapes.resource(try await casebook.create(incident, by: context.actor)), 201)
    }

    func createTask(_ body: JSON, _ context: ConnectorContext) async throws(CasebookError) -> WorkflowAnswer {
        let task = try await casebook.addTask(
            title: body["taskTitle"]?.stringValue ?? "", description: body["taskDescription"]?.stringValue ?? "",
            to: try incidentID(body["incidentArmId"]), id: TaskID(Self.identifier(for: context.idempotencyKey)),
            by: context.actor)
        return .success(shapes.task(task))
    }

    func completeTask(_ body: JSON, _ context: ConnectorContext) async throws(CasebookError) -> WorkflowAnswer {
        let parts = (body["taskArmId"]?.stringValue ?? "").split(separator: "/").map(String.init)
        guard let position = parts.lastIndex(where: { $0.lowercased() == "tasks" }), position > 0,
            position + 1 < parts.count
        else { throw CasebookError(.invalidField, field: "taskArmId", "'taskArmId' names no task of an incident") }
        let task = try await casebook.updateTask(
            TaskID(parts[position + 1]), of: IncidentID(parts[position - 1]), status: .completed, by: context.actor)
        return .success(shapes.task(task))
    }

    /// Puts an alert into an incident, or takes it out; relations to other resources are refused.
    func relate(
        _ body: JSON, adding: Bool, _ context: ConnectorContext
    ) async throws(CasebookError) -> WorkflowAnswer {
        let id = try incidentID(body["incidentArmId"])
        let resource = body["relatedResourceId"]?.stringValue ?? ""
        let parts = resource.split(separator: "/").map(String.init)
        guard let alert = parts.last, !resource.lowercased().contains("/bookmarks/") else {
            throw CasebookError(.invalidField, field: "relatedResourceId", "'relatedResourceId' names no alert")
        }
        let isMember = try await existing(id).alertIDs.contains(AlertID(alert))
        if adding, !isMember { _ = try await casebook.add(alert: AlertID(alert), to: id, by: context.actor) }
        if !adding {
            if isMember { _ = try await casebook.remove(alert: AlertID(alert), from: id, by: context.actor) }
            return .success("The relation was deleted")
        }
        return .success([
            "id": .string("\(workspace.incidentPath(id.rawValue))/relations/\(alert)"), "name": .string(alert),
            "type": "Microsoft.SecurityInsights/Incidents/relations",
            "properties": [
                "relatedResourceId": .string(resource), "relatedResourceName": .string(alert),
                "relatedResourceType": "Microsoft.SecurityInsights/Entities", "relatedResourceKind": "SecurityAlert",
            ],
        ])
    }
}

// Fields of incident bodies.
extension SentinelConnector {
    func severity(_ json: JSON?) throws(CasebookError) -> Severity? {
        guard let text = json?.stringValue, !text.isEmpty else { return nil }
        if let severity = Severity(lenient: text) { return severity }
        throw CasebookError(.invalidField, field: "severity", "'\(text)' is no severity")
    }

    /// Also the old `InProgress`.
    func status(_ json: JSON?) throws(CasebookError) -> IncidentStatus? {
        guard let text = json?.stringValue, !text.isEmpty else { return nil }
        if let status = IncidentStatus(lenient: text) { return status }
        switch text.lowercased().filter({ $0 != " " }) {
        case "inprogress": return .active
        case "resolved", "dismissed": return .closed
        default: throw CasebookError(.invalidField, field: "status", "'\(text)' is no status")
        }
    }

    /// `{ClassificationAndReason: "TruePositive - SuspiciousActivity"}` or its text; blanks do not count.
    func classification(_ json: JSON) throws(CasebookError) -> Classification {
        let text = json["ClassificationAndReason"]?.stringValue ?? json.stringValue ?? ""
        let parts = text.filter { !$0.isWhitespace }.split { "-–".contains($0) }.map { $0.lowercased() }
        let verdict = Classification.Verdict.allCases.first { $0.rawValue.lowercased() == parts.first }
        let reason = Classification.Reason.allCases.first { parts.count > 1 && $0.rawValue.lowercased() == parts[1] }
        guard let verdict else {
            throw CasebookError(.invalidClassification, field: "classification", "'\(text)' is no classification")
        }
        return try Classification(verdict: verdict, reason: reason)
    }

    private func owner(_ body: JSON) -> IncidentChange.OwnerChange? {
        if body["ownerAction"]?.stringValue?.lowercased() == "unassign" { return .unassign }
        if let owner = body["owner"], owner.objectValue != nil {
            let read = IncidentOwner(
                objectID: owner["objectId"]?.stringValue ?? "",
                userPrincipalName: owner["userPrincipalName"]?.stringValue ?? "",
                email: owner["email"]?.stringValue ?? "", assignedTo: owner["assignedTo"]?.stringValue ?? "")
            return read.displayName.isEmpty ? .unassign : .assign(read)
        }
        guard let text = body["owner"]?.stringValue, !text.isEmpty else { return nil }
        let isPrincipal = text.contains("@")
        return .assign(
            IncidentOwner(
                objectID: isPrincipal ? "" : text, userPrincipalName: isPrincipal ? text : "",
                email: isPrincipal ? text : "", assignedTo: text))
    }

    /// `{TagsToAdd: [{Tag: "x"}]}`; plain texts and a bare list are taken too.
    func tags(_ json: JSON?, _ key: String) -> [String] {
        guard let json else { return [] }
        let list = json[key]?.arrayValue ?? json.arrayValue ?? []
        return list.compactMap { $0["Tag"]?.stringValue ?? $0["tag"]?.stringValue ?? $0.stringValue }
            .filter { !$0.isEmpty }
    }
}
