public import Chronology
internal import Vocabulary

/// What the casebook has learned about an entity.
public struct EntityProfile: Sendable, Hashable {
    public let entity: KnownEntity
    /// The first and the last activity of the alerts that name it.
    public let firstSeen: Instant
    public let lastSeen: Instant
    /// Entities that turned out to be this one, as they were; their ids still find it.
    public let former: [KnownEntity]

    public init(entity: KnownEntity, firstSeen: Instant, lastSeen: Instant, former: [KnownEntity]) {
        self.entity = entity
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.former = former
    }

    public var formerIDs: [EntityID] { former.map(\.id) }
    public var id: EntityID { entity.id }
}

/// Which way to go on from an entity.
public enum EntityExpansion: String, Sendable, Hashable, CaseIterable {
    /// The alerts that name it.
    case alerts = "e7f2c1a0-5d0b-4e0c-9a6d-1f6a1c0f7a11"
    /// The entities that alerts name together with it.
    case relatedEntities = "0d8b1c52-6f0e-4f1d-8a3b-5e2c9d4f7b22"
    /// The incidents that it occurs in.
    case incidents = "5b7a9e34-2c4d-4b8f-b1e6-7d3f0a8c6e33"

    /// The entities of an alert: an expansion of alerts, under the identifier by which clients know it.
    public static let entitiesOfAlert = "98b974fd-cc64-48b8-9bd0-3a209f5b944b"

    public var displayName: String {
        switch self {
        case .alerts: "Related alerts"
        case .relatedEntities: "Related entities"
        case .incidents: "Related incidents"
        }
    }
}

/// The neighbourhood of an entity in the graph of entities, alerts and incidents.
public struct EntityNeighbourhood: Sendable, Hashable {
    /// An entity with the number of alerts that name it together with the one asked for.
    public struct Related: Sendable, Hashable {
        public let entity: KnownEntity
        public let sharedAlerts: Int

        public init(entity: KnownEntity, sharedAlerts: Int) {
            self.entity = entity
            self.sharedAlerts = sharedAlerts
        }
    }

    /// The most shared alerts first.
    public var entities: [Related] = []
    /// The newest activity first.
    public var alerts: [Alert] = []
    /// The newest first, as summaries.
    public var incidents: [Incident] = []
    /// There is more than was asked for.
    public var isCut = false

    public init() {}
}

/// Something on the timeline of an entity.
public enum EntityTimelineItem: Sendable, Hashable {
    case alert(Alert)
    case bookmark(Bookmark)

    public var time: Instant {
        switch self {
        case .alert(let alert): alert.content.startTime
        case .bookmark(let bookmark): bookmark.content.eventTime ?? bookmark.createdTime
        }
    }
}
