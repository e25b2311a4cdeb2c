internal import Chronology
internal import JSON
public import StateStore
internal import Vocabulary

extension CasebookEvent {
    /// The event in a journal entry; nil for entries of other rooms.
    public init?(_ entry: JournalEntry) {
        guard let event = CasebookEvent.read(entry.kind, subject: entry.subject, payload: entry.payload) else {
            return nil
        }
        self = event
    }

    var kind: JournalKind {
        switch self {
        case .alertRecorded: .alertRecorded
        case .alertStatusChanged: .alertStatusChanged
        case .alertGrown: .alertGrown
        case .incidentCreated: .incidentCreated
        case .incidentUpdated: .incidentUpdated
        case .alertAdded: .alertAdded
        case .alertRemoved: .alertRemoved
        case .incidentMerged: .incidentMerged
        case .mergeUndone: .mergeUndone
        case .incidentSplit: .incidentSplit
        case .incidentDeleted: .incidentDeleted
        case .commentAdded: .commentAdded
        case .commentChanged: .commentChanged
        case .commentDeleted: .commentDeleted
        case .taskAdded: .taskAdded
        case .taskChanged: .taskChanged
        case .taskDeleted: .taskDeleted
        case .incidentScored: .incidentScored
        case .bookmark(_, _, let event): event.kind
        case .relation(_, let event): event.kind
        case .watching(_, let event): event.kind
        case .effort(_, let event): event.kind
        case .typed(_, let event): event.kind
        case .attachment(_, let event): event.kind
        case .entity(_, let event): event.kind
        }
    }

    /// The entry's subject: the incident's id, or the alert's for the alert's own events, or the bookmark's for one that is
    /// in no incident.
    var subject: String {
        switch self {
        case .alertRecorded(let id, _), .alertStatusChanged(let id, _), .alertGrown(let id, _): id.rawValue
        case .bookmark(let id, let incident, _): incident?.rawValue ?? id.rawValue
        case .entity(let id, _): id.rawValue
        default: incidentID?.rawValue ?? ""
        }
    }

    var payload: JSON {
        switch self {
        case .alertRecorded(_, let summary):
            [
                "displayName": .string(summary.displayName), "severity": .string(summary.severity.rawValue),
                "ruleId": .string(summary.ruleID),
                "incidentId": summary.incidentID.map { .string($0.rawValue) } ?? .null,
            ]
        case .alertStatusChanged(_, let change): ["changes": [change.json]]
        case .alertGrown(_, let incident): ["incidentId": incident.map { .string($0.rawValue) } ?? .null]
        case .incidentCreated(_, let summary):
            [
                "number": .int(Int64(summary.number)), "title": .string(summary.title),
                "severity": .string(summary.severity.rawValue),
                "alertIds": .array(summary.alertIDs.map { .string($0.rawValue) }),
            ]
        case .incidentUpdated(_, let changes): ["changes": .array(changes.map(\.json))]
        case .alertAdded(_, let alert, let changes), .alertRemoved(_, let alert, let changes):
            ["alertId": .string(alert.rawValue), "changes": .array(changes.map(\.json))]
        case .incidentMerged(_, let absorbed, let alerts):
            ["from": .string(absorbed.rawValue), "alertIds": .array(alerts.map { .string($0.rawValue) })]
        case .mergeUndone(_, let other, let alerts), .incidentSplit(_, let other, let alerts):
            ["incidentId": .string(other.rawValue), "alertIds": .array(alerts.map { .string($0.rawValue) })]
        case .incidentDeleted(_, let number): ["number": .int(Int64(number))]
        case .commentAdded(_, let id), .commentChanged(_, let id), .commentDeleted(_, let id):
            ["commentId": .string(id.rawValue)]
        case .taskAdded(_, let id, let title): ["taskId": .string(id.rawValue), "title": .string(title)]
        case .taskChanged(_, let id, let changes):
            ["taskId": .string(id.rawValue), "changes": .array(changes.map(\.json))]
        case .taskDeleted(_, let id): ["taskId": .string(id.rawValue)]
        case .incidentScored(_, let old, let new):
            ["old": old.map { .int(Int64($0)) } ?? .null, "new": .int(Int64(new))]
        case .bookmark(let id, let incident, let event): CasebookEvent.payload(of: event, id, incident)
        case .relation(_, let event): event.payload
        case .watching(_, let event): event.payload
        case .effort(_, let event): event.payload
        case .typed(_, let event): event.payload
        case .attachment(_, let event): event.payload
        case .entity(_, let event): event.payload
        }
    }
}

extension CasebookEvent {
    private static func payload(of event: BookmarkEvent, _ id: BookmarkID, _ incident: IncidentID?) -> JSON {
        var members = event.members
        members["bookmarkId"] = .string(id.rawValue)
        members["incidentId"] = incident.map { .string($0.rawValue) }
        return .object(members)
    }
}

extension FieldChange {
    var json: JSON { ["field": .string(field.rawValue), "old": .string(old), "new": .string(new)] }

    init?(json: JSON) {
        guard let field = json["field"]?.stringValue.flatMap(Field.init(rawValue:)) else { return nil }
        self.init(field, old: json["old"]?.stringValue ?? "", new: json["new"]?.stringValue ?? "")
    }
}
