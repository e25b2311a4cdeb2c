public import Chronology
public import StateStore

/// A remark on an incident.
public struct IncidentComment: Sendable, Hashable {
    public let id: CommentID
    public let incidentID: IncidentID
    /// Markdown or HTML text, up to 30,000 characters.
    public var message: String
    public var author: JournalActor
    public var createdTime: Instant
    public var lastModifiedTime: Instant
    public var version: Int64
}

/// A piece of work within an incident.
public struct IncidentTask: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case new = "New"
        case completed = "Completed"
    }

    public let id: TaskID
    public let incidentID: IncidentID
    public var title: String
    public var description: String
    public var status: Status
    public var createdBy: JournalActor
    public var createdTime: Instant
    public var lastModifiedBy: JournalActor
    public var lastModifiedTime: Instant
    public var version: Int64
}

/// What people wrote on an incident.
public struct IncidentNotes: Sendable, Hashable {
    public var comments: [IncidentComment] = []
    public var tasks: [IncidentTask] = []

    public init() {}
}
