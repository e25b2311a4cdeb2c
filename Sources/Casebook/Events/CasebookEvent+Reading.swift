internal import JSON
internal import StateStore
internal import Vocabulary

extension CasebookEvent {
    static func read(_ kind: JournalKind, subject: String, payload: JSON) -> CasebookEvent? {
        let incident = IncidentID(subject)
        let changes = (payload["changes"]?.arrayValue ?? []).compactMap(FieldChange.init(json:))
        let alert = AlertID(payload.text("alertId"))
        let comment = CommentID(payload.text("commentId"))
        let task = TaskID(payload.text("taskId"))
        switch kind {
        case .alertRecorded: return AlertSummary(json: payload).map { .alertRecorded(AlertID(subject), $0) }
        case .alertStatusChanged: return changes.first.map { .alertStatusChanged(AlertID(subject), $0) }
        case .alertGrown:
            return .alertGrown(AlertID(subject), payload["incidentId"]?.stringValue.map(IncidentID.init(rawValue:)))
        case .incidentCreated: return IncidentSummary(json: payload).map { .incidentCreated(incident, $0) }
        case .incidentUpdated: return .incidentUpdated(incident, changes)
        case .alertAdded: return .alertAdded(incident, alert, changes)
        case .alertRemoved: return .alertRemoved(incident, alert, changes)
        case .incidentMerged:
            return .incidentMerged(
                into: incident, from: IncidentID(payload.text("from")), alerts: payload.alertIDs)
        case .mergeUndone:
            return .mergeUndone(
                from: incident, restoring: IncidentID(payload.text("incidentId")), alerts: payload.alertIDs)
        case .incidentSplit:
            return .incidentSplit(
                from: incident, into: IncidentID(payload.text("incidentId")), alerts: payload.alertIDs)
        case .incidentDeleted: return .incidentDeleted(incident, number: payload.number("number") ?? 0)
        case .commentAdded: return .commentAdded(incident, comment)
        case .commentChanged: return .commentChanged(incident, comment)
        case .commentDeleted: return .commentDeleted(incident, comment)
        case .taskAdded: return .taskAdded(incident, task, title: payload.text("title"))
        case .taskChanged: return .taskChanged(incident, task, changes)
        case .taskDeleted: return .taskDeleted(incident, task)
        case .incidentScored:
            return .incidentScored(incident, old: payload.number("old"), new: payload.number("new") ?? 0)
        case .bookmarkCreated, .bookmarkChanged, .bookmarkDeleted:
            let incident = payload["incidentId"]?.stringValue.map(IncidentID.init(rawValue:))
            return BookmarkEvent(kind, payload).map { .bookmark(BookmarkID(payload.text("bookmarkId")), incident, $0) }
        case .relationAdded, .relationRemoved: return RelationEvent(kind, payload).map { .relation(incident, $0) }
        case .watchBegan, .watchEnded, .mentioned: return WatchEvent(kind, payload).map { .watching(incident, $0) }
        case .timeAdded, .timeDeleted, .teamCreated: return EffortEvent(kind, payload).map { .effort(incident, $0) }
        case .incidentTypeChanged, .customFieldsChanged: return TypeEvent(kind, payload).map { .typed(incident, $0) }
        case .attachmentAdded, .attachmentDeleted:
            return AttachmentEvent(kind, payload).map { .attachment(incident, $0) }
        case .entityMerged, .entitySeparated:
            return EntityEvent(kind, payload).map { .entity(EntityID(subject), $0) }
        default: return nil
        }
    }
}

extension CasebookEvent.AlertSummary {
    fileprivate init?(json: JSON) {
        guard let severity = Severity(rawValue: json.text("severity")) else { return nil }
        self.init(
            displayName: json.text("displayName"), severity: severity, ruleID: json.text("ruleId"),
            incidentID: json["incidentId"]?.stringValue.map(IncidentID.init(rawValue:)))
    }
}

extension CasebookEvent.IncidentSummary {
    fileprivate init?(json: JSON) {
        guard let severity = Severity(rawValue: json.text("severity")) else { return nil }
        self.init(
            number: json.number("number") ?? 0, title: json.text("title"), severity: severity, alertIDs: json.alertIDs)
    }
}

extension JSON {
    fileprivate func text(_ key: String) -> String { self[key]?.stringValue ?? "" }

    fileprivate func number(_ key: String) -> Int? { self[key]?.intValue.flatMap { Int(exactly: $0) } }

    fileprivate var alertIDs: [AlertID] {
        (self["alertIds"]?.arrayValue ?? []).compactMap { $0.stringValue.map(AlertID.init(rawValue:)) }
    }
}
