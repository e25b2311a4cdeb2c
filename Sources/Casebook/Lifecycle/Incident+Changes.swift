internal import Chronology
internal import StateStore
internal import Vocabulary

extension Incident {
    /// An incident without alerts, description or owner.
    init(blank id: IncidentID, number: Int, title: String, severity: Severity, created: Instant, by actor: JournalActor)
    {
        self.init(
            id: id, number: number, title: title, description: "", severity: severity, status: .new,
            classification: nil, classificationComment: "", owner: nil, labels: [], firstActivityTime: nil,
            lastActivityTime: nil, createdTime: created, lastModifiedTime: created, firstModifiedTime: nil,
            closedTime: nil, modifiedBy: actor.name, providerName: "Tocsin", providerIncidentID: String(number),
            mergedInto: nil, alertIDs: [], ruleIDs: [], alertProductNames: [], tactics: [], techniques: [],
            entities: [], alertCount: 0, commentCount: 0, taskCount: 0, priority: nil, version: 1)
    }

    /// Notes that the incident was changed.
    ///
    /// - Parameter isTriage: Someone looked after the incident; the first time counts as its triage.
    mutating func touch(at now: Instant, by actor: JournalActor, isTriage: Bool) {
        version += 1
        lastModifiedTime = max(now, createdTime)
        modifiedBy = actor.name
        if isTriage, firstModifiedTime == nil { firstModifiedTime = now }
    }

    /// Goes through the life cycle to another status.
    mutating func move(to next: IncidentStatus, at now: Instant) throws(CasebookError) -> IncidentLifecycle.Step {
        var lifecycle = IncidentLifecycle(
            status: status, classification: classification, isMerged: mergedInto != nil)
        let step = try lifecycle.move(to: next)
        status = lifecycle.status
        classification = lifecycle.classification
        switch step {
        case .closed:
            closedTime = now
        case .reopened:
            closedTime = nil
            classificationComment = ""
            reopenedCount += 1
            lastReopenedTime = now
        case .unchanged, .activated, .returnedToQueue:
            break
        }
        return step
    }

    /// The fields that differ from an earlier state, in the order of `FieldChange.Field`.
    func changes(since before: Incident) -> [FieldChange] {
        FieldChange.Field.allCases.compactMap { field in
            let old = before.text(of: field)
            let new = text(of: field)
            return old == new ? nil : FieldChange(field, old: old, new: new)
        }
    }

    private func text(of field: FieldChange.Field) -> String {
        switch field {
        case .title: title
        case .description: description
        case .severity: severity.rawValue
        case .status: status.rawValue
        case .classification: classification?.description ?? ""
        case .classificationComment: classificationComment
        case .owner: owner?.displayName ?? ""
        case .labels: labels.map(\.name).joined(separator: ",")
        case .tactics: tactics.map(\.rawValue).joined(separator: ",")
        case .techniques: techniques.joined(separator: ",")
        case .firstActivityTime: firstActivityTime?.description ?? ""
        case .lastActivityTime: lastActivityTime?.description ?? ""
        case .displayName, .query, .queryResult, .notes, .eventTime, .queryStartTime, .queryEndTime, .entities: ""
        }
    }
}
