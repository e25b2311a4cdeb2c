public import Chronology

/// What came from a source.
public struct SourceCounts: Sendable, Hashable, Codable {
    /// Records that were taken in.
    public var events = 0
    /// Rows that were made of them; a record may make several.
    public var rows = 0
    /// Bytes of the values stored.
    public var bytes = 0
    /// Records that could not be read and became dead letters.
    public var rejected = 0
    /// Values that were not of their column's type; the column was left empty.
    public var misfits = 0
    /// Records of deliveries that had been stored before.
    public var repeated = 0

    public init() {}

    /// Records and values that went to the dead letters.
    public var parseFailures: Int { rejected + misfits }

    public static func += (left: inout SourceCounts, right: SourceCounts) {
        left.events += right.events
        left.rows += right.rows
        left.bytes += right.bytes
        left.rejected += right.rejected
        left.misfits += right.misfits
        left.repeated += right.repeated
    }

    public static func - (left: SourceCounts, right: SourceCounts) -> SourceCounts {
        var difference = SourceCounts()
        difference.events = left.events - right.events
        difference.rows = left.rows - right.rows
        difference.bytes = left.bytes - right.bytes
        difference.rejected = left.rejected - right.rejected
        difference.misfits = left.misfits - right.misfits
        difference.repeated = left.repeated - right.repeated
        return difference
    }
}

/// What one block of records says about one source.
public struct SourceObservation: Sendable {
    public var key: SourceKey
    public var counts: SourceCounts
    /// The latest time of an event.
    public var lastEvent: Instant?
    public var delays: DelayHistogram

    public init(
        key: SourceKey, counts: SourceCounts, lastEvent: Instant? = nil, delays: DelayHistogram = DelayHistogram()
    ) {
        self.key = key
        self.counts = counts
        self.lastEvent = lastEvent
        self.delays = delays
    }

    /// What the observations say of each feed, all its senders together.
    static func feeds(of observations: [SourceObservation]) -> [SourceObservation] {
        var feeds: [SourceObservation] = []
        for observation in observations {
            // The senders of a feed stand together.
            if let last = feeds.indices.last, feeds[last].key == observation.key.feed {
                feeds[last].merge(observation)
            } else {
                var feed = observation
                feed.key = observation.key.feed
                feeds.append(feed)
            }
        }
        return feeds
    }

    private mutating func merge(_ other: SourceObservation) {
        counts += other.counts
        if let time = other.lastEvent { lastEvent = lastEvent.map { max($0, time) } ?? time }
        delays.merge(other.delays)
    }
}
