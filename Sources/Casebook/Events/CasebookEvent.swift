public import StateStore
public import Vocabulary

/// A change in the casebook, as the journal tells it to its readers.
public enum CasebookEvent: Sendable, Hashable {
    case alertRecorded(AlertID, AlertSummary)
    case alertStatusChanged(AlertID, FieldChange)
    /// A later finding added entities, details or evidence; the alert may belong to an incident.
    case alertGrown(AlertID, IncidentID?)
    case incidentCreated(IncidentID, IncidentSummary)
    /// Changed fields, by a person, a program, an automation rule, a playbook or grouping: the entry's actor.
    case incidentUpdated(IncidentID, [FieldChange])
    /// An alert joined; the changes are what it raised: severity, tactics, times, status when it reopened.
    case alertAdded(IncidentID, AlertID, [FieldChange])
    case alertRemoved(IncidentID, AlertID, [FieldChange])
    /// Another incident's alerts came over, and it was closed.
    case incidentMerged(into: IncidentID, from: IncidentID, alerts: [AlertID])
    /// A merge was taken back: the source lives again, with these alerts.
    case mergeUndone(from: IncidentID, restoring: IncidentID, alerts: [AlertID])
    /// A part went into a new incident.
    case incidentSplit(from: IncidentID, into: IncidentID, alerts: [AlertID])
    case incidentDeleted(IncidentID, number: Int)
    case commentAdded(IncidentID, CommentID)
    case commentChanged(IncidentID, CommentID)
    case commentDeleted(IncidentID, CommentID)
    case taskAdded(IncidentID, TaskID, title: String)
    case taskChanged(IncidentID, TaskID, [FieldChange])
    case taskDeleted(IncidentID, TaskID)
    case incidentScored(IncidentID, old: Int?, new: Int)
    /// The incident is the one that the bookmark belonged to then.
    case bookmark(BookmarkID, IncidentID?, BookmarkEvent)
    case relation(IncidentID, RelationEvent)
    case watching(IncidentID, WatchEvent)
    case effort(IncidentID, EffortEvent)
    case typed(IncidentID, TypeEvent)
    case attachment(IncidentID, AttachmentEvent)
    case entity(EntityID, EntityEvent)

    /// What the journal holds about a new alert.
    public struct AlertSummary: Sendable, Hashable {
        public var displayName: String
        public var severity: Severity
        public var ruleID: String
        /// The incident that the alert opened or joined, if any.
        public var incidentID: IncidentID?
    }

    /// What the journal holds about a new incident.
    public struct IncidentSummary: Sendable, Hashable {
        public var number: Int
        public var title: String
        public var severity: Severity
        public var alertIDs: [AlertID]
    }

    /// The incident concerned, if it is one.
    public var incidentID: IncidentID? {
        switch self {
        case .alertRecorded(_, let summary): summary.incidentID
        case .alertStatusChanged, .entity: nil
        case .alertGrown(_, let id), .bookmark(_, let id, _): id
        case .incidentCreated(let id, _), .incidentUpdated(let id, _), .alertAdded(let id, _, _),
            .alertRemoved(let id, _, _), .incidentMerged(let id, _, _), .incidentDeleted(let id, _),
            .commentAdded(let id, _), .commentChanged(let id, _), .commentDeleted(let id, _), .taskAdded(let id, _, _),
            .taskChanged(let id, _, _), .taskDeleted(let id, _), .incidentScored(let id, _, _),
            .relation(let id, _), .watching(let id, _), .effort(let id, _), .typed(let id, _), .attachment(let id, _),
            .mergeUndone(let id, _, _),
            .incidentSplit(let id, _, _):
            id
        }
    }
}

/// A field with its text before and after.
public struct FieldChange: Sendable, Hashable {
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case title, description, severity, status, classification, classificationComment, owner, labels, tactics
        case techniques, firstActivityTime, lastActivityTime
        case displayName, query, queryResult, notes, eventTime, queryStartTime, queryEndTime, entities
    }

    public var field: Field
    /// Lists are joined by commas; empty when there was nothing.
    public var old: String
    public var new: String

    public init(_ field: Field, old: String, new: String) {
        self.field = field
        self.old = old
        self.new = new
    }
}

extension JournalKind {
    public static let alertRecorded = JournalKind(room: "casebook", event: "alertRecorded")
    public static let alertStatusChanged = JournalKind(room: "casebook", event: "alertStatusChanged")
    public static let alertGrown = JournalKind(room: "casebook", event: "alertGrown")
    public static let incidentCreated = JournalKind(room: "casebook", event: "incidentCreated")
    public static let incidentUpdated = JournalKind(room: "casebook", event: "incidentUpdated")
    public static let alertAdded = JournalKind(room: "casebook", event: "alertAdded")
    public static let alertRemoved = JournalKind(room: "casebook", event: "alertRemoved")
    public static let incidentMerged = JournalKind(room: "casebook", event: "incidentMerged")
    public static let mergeUndone = JournalKind(room: "casebook", event: "mergeUndone")
    public static let incidentSplit = JournalKind(room: "casebook", event: "incidentSplit")
    public static let incidentDeleted = JournalKind(room: "casebook", event: "incidentDeleted")
    public static let commentAdded = JournalKind(room: "casebook", event: "commentAdded")
    public static let commentChanged = JournalKind(room: "casebook", event: "commentChanged")
    public static let commentDeleted = JournalKind(room: "casebook", event: "commentDeleted")
    public static let taskAdded = JournalKind(room: "casebook", event: "taskAdded")
    public static let taskChanged = JournalKind(room: "casebook", event: "taskChanged")
    public static let taskDeleted = JournalKind(room: "casebook", event: "taskDeleted")
    public static let incidentScored = JournalKind(room: "casebook", event: "incidentScored")
}
