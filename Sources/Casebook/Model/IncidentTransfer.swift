public import Chronology
public import StateStore

/// A merge or a split: what went from one incident to another, so that it can be undone.
public struct IncidentTransfer: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The source gave all that it had, and was closed.
        case merge
        /// The target was made of a part of the source.
        case split
    }

    public let id: TransferID
    public let kind: Kind
    public let source: IncidentID
    public let target: IncidentID
    public let moved: MovedParts
    public let madeBy: JournalActor
    public let madeTime: Instant
    /// When it was taken back; nil while it stands.
    public let undoneTime: Instant?
}

/// The identifier of a merge or split, a GUID.
public struct TransferID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// Parts of an incident.
public struct MovedParts: Sendable, Hashable {
    public var alerts: [AlertID]
    public var bookmarks: [BookmarkID]
    public var comments: [CommentID]
    public var tasks: [TaskID]
    public var timeEntries: [TimeEntryID]
    public var attachments: [AttachmentID]
    /// Labels that the target did not have.
    public var labels: [IncidentLabel]

    public init(
        alerts: [AlertID] = [],
        bookmarks: [BookmarkID] = [],
        comments: [CommentID] = [],
        tasks: [TaskID] = [],
        timeEntries: [TimeEntryID] = [],
        attachments: [AttachmentID] = [],
        labels: [IncidentLabel] = []
    ) {
        self.alerts = alerts
        self.bookmarks = bookmarks
        self.comments = comments
        self.tasks = tasks
        self.timeEntries = timeEntries
        self.attachments = attachments
        self.labels = labels
    }

    public var isEmpty: Bool { self == MovedParts() }
}

/// What became of an undone merge or split.
public struct UndoneTransfer: Sendable, Hashable {
    public let transfer: IncidentTransfer
    /// The incident that lives again after a merge, or took its parts back after a split.
    public let incident: Incident
    /// Parts that somebody had moved on or deleted meanwhile, and that stay where they are.
    public let left: MovedParts
}
