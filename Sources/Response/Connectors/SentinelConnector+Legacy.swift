internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary
internal import Workflow

/// The connector's oldest operations, of the time when incidents were called cases.
extension SentinelConnector {
    func legacy(_ request: SentinelRequest, _ context: ConnectorContext) async throws(CasebookError) -> WorkflowAnswer {
        switch request.folded[0] {
        case "cases":
            guard request.segments.count >= 2 else { break }
            return .success(legacyShape(try await incident(named: request.segments[1])))
        case "comment":
            return try await legacyComment(request, context)
        default:
            return try await legacyChange(request, context)
        }
        return .refusal(404, code: "NotFound", "there is no operation \(request.method) \(request.path)")
    }

    /// An incident's number or id, or one of its alerts'.
    private func incident(named name: String) async throws(CasebookError) -> Incident {
        if let number = Int(name), let incident = try await casebook.incident(number: number) { return incident }
        if let incident = try await casebook.incident(IncidentID(name)) { return incident }
        return try await incident(containing: name)
    }

    /// `/Comment/{subscription}/{workspaceId}/{group}/{Incident|Alert}/{id}[/text]`.
    private func legacyComment(
        _ request: SentinelRequest, _ context: ConnectorContext
    ) async throws(CasebookError) -> WorkflowAnswer {
        guard request.segments.count >= 6 else {
            return .refusal(404, code: "NotFound", "there is no operation \(request.method) \(request.path)")
        }
        let incident = try await incident(named: request.segments[5])
        let text = request.segments.count > 6 ? request.segments[6...].joined(separator: "/") : nil
        let message = request.body["Value"]?.stringValue ?? text ?? ""
        _ = try await casebook.addComment(
            String(message.prefix(CasebookLimits.commentCharacters)), to: incident.id,
            id: CommentID(Self.identifier(for: context.idempotencyKey)), by: context.actor)
        return .success("Comment was added successfully")
    }

    /// `/Case/{subscription}/{workspaceId}/{group}/{Incident|Alert}/{id}/{Status|Severity|Title|AddLabels}[/value]`.
    private func legacyChange(
        _ request: SentinelRequest, _ context: ConnectorContext
    ) async throws(CasebookError) -> WorkflowAnswer {
        guard request.segments.count >= 7 else {
            return .refusal(404, code: "NotFound", "there is no operation \(request.method) \(request.path)")
        }
        let incident = try await incident(named: request.segments[5])
        let value = request.segments.count > 7 ? request.segments[7] : request.body["Value"]?.stringValue
        var change = IncidentChange()
        switch request.folded[6] {
        case "status":
            change.status = try status(value.map { .string($0) })
            if change.status == .closed {
                change.classification = legacyClassification(request.body["CloseReason"]?.stringValue)
                change.classificationComment = request.body["CloseReasonText"]?.stringValue
            }
        case "severity": change.severity = try severity(value.map { .string($0) })
        case "title": change.title = value ?? request.body["Title"]?.stringValue ?? request.body.stringValue
        case "description": change.description = value ?? request.body["Description"]?.stringValue
        case "addlabels": change.addedLabels = labels(request.body).map { IncidentLabel(name: $0) }
        case "removelabels": change.removedLabels = labels(request.body)
        default:
            return .refusal(404, code: "NotFound", "a case has no '\(request.segments[6])' to change")
        }
        _ = try await casebook.update(incident.id, change, by: context.actor)
        return .success("Incident was updated successfully")
    }

    private func labels(_ body: JSON) -> [String] {
        (body["Labels"]?.arrayValue ?? []).compactMap { $0["Label"]?.stringValue ?? $0.stringValue }
    }

    private func legacyClassification(_ reason: String?) -> Classification {
        switch reason?.lowercased().filter({ !$0.isWhitespace }) {
        case "truepositive", "resolved": .truePositive
        case "falsepositive": .incorrectAlertLogic
        case "benignpositive": .benignPositive
        default: .undetermined
        }
    }

    private func legacyShape(_ incident: Incident) -> JSON {
        [
            "id": .string(workspace.incidentPath(incident.id.rawValue)), "name": .string(incident.id.rawValue),
            "etag": .string(incident.etag), "type": "Microsoft.SecurityInsights/Cases",
            "properties": [
                "CaseNumber": .int(Int64(incident.number)), "Title": .string(incident.title),
                "Description": .string(incident.description), "Severity": .string(incident.severity.rawValue),
                "Status": .string(incident.status == .active ? "InProgress" : incident.status.rawValue),
                "Labels": .array(incident.labels.map { .string($0.name) }),
                "RelatedAlertIds": .array(incident.alertIDs.map { .string($0.rawValue) }),
                "StartTimeUtc": shapes.time(incident.firstActivityTime),
                "EndTimeUtc": shapes.time(incident.lastActivityTime),
                "LastUpdatedTimeUtc": shapes.time(incident.lastModifiedTime),
                "CreatedTimeUtc": shapes.time(incident.createdTime),
            ],
        ]
    }
}
