public import Chronology
public import StateStore
public import Vocabulary

/// A row that somebody kept from a query, with the query and what they make of it.
public struct Bookmark: Sendable, Hashable {
    /// The incident that a bookmark belongs to (`incidentInfo`).
    public struct Membership: Sendable, Hashable {
        public let incidentID: IncidentID
        public let title: String
        public let severity: Severity
        public let relationName: RelationName
    }

    public let id: BookmarkID
    public var content: BookmarkContent
    /// Nil for one that belongs to no incident.
    public var incident: Membership?
    public let createdBy: JournalActor
    public let createdTime: Instant
    public var updatedBy: JournalActor
    public var updatedTime: Instant
    public var version: Int64

    /// The entity tag of this version.
    public var etag: String { Incident.etag(version: version) }
}

/// What somebody writes in a bookmark.
public struct BookmarkContent: Sendable, Hashable {
    public var displayName: String
    /// The KQL text that found the row.
    public var query: String
    /// The row as JSON text.
    public var queryResult: String = ""
    public var notes: String = ""
    public var labels: [String] = []
    /// When what the row tells happened.
    public var eventTime: Instant?
    public var queryStartTime: Instant?
    public var queryEndTime: Instant?
    public var entities: [BookmarkEntity] = []
    public var tactics: [Tactic] = []
    /// Technique and sub-technique identifiers, `T1110.003`.
    public var techniques: [String] = []

    public init(displayName: String, query: String) {
        self.displayName = displayName
        self.query = query
    }
}

/// An entity that a bookmark names, its identifiers in the order in which they were mapped.
public struct BookmarkEntity: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        /// As in rules' entity mappings: `HostName`.
        public var identifier: String
        public var value: String

        public init(identifier: String, value: String) {
            self.identifier = identifier
            self.value = value
        }
    }

    public var kind: EntityKind
    public var fields: [Field]

    public init(kind: EntityKind, fields: [Field]) {
        self.kind = kind
        self.fields = fields
    }

    /// The entity in its normal form.
    public var entity: Entity {
        Entity(
            kind: kind,
            identifiers: Dictionary(fields.map { ($0.identifier, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }
}
