public import Chronology

/// What an event store offers to those who run it: retention, archive, statistics, compaction, back-up.
public protocol StoreUpkeep: EventStore {
    /// How long rows are kept where nobody set another time with `setRetention`.
    var configuredRetention: RetentionPolicy { get }

    /// The times that were set at run time, by table; they win over the configured ones.
    var retentions: [String: TableRetention] { get async throws(EventStoreError) }

    /// Sets how long a table's rows are kept, from the next `applyRetention` on; nil: as configured.
    ///
    /// - Throws: `unknownTable` when there is none of that name.
    func setRetention(_ retention: TableRetention?, of table: String) async throws(EventStoreError)

    /// Archives and drops what is old enough at `instant`; a table's month at a time, whatever the number of its rows.
    func applyRetention(at instant: Instant) async throws -> RetentionReport

    /// Takes rows out of a table and appends batches in their stead, all or nothing: for rows that are read anew.
    ///
    /// - Parameter rows: What the rows to take out hold, in enough columns to tell them; equal rows as often as they are
    ///   there.
    /// - Throws: `conflict` when not exactly those rows are there, as when somebody else was faster.
    func replace(_ rows: EventBatch, with batches: [EventBatch]) async throws(EventStoreError)

    /// What each table holds and how much room it takes, by name; tables without rows too.
    func statistics() async throws -> [TableStatistics]

    /// Folds the write-ahead log into the database and gives room that deleted rows left back to new ones.
    func compact() async throws(EventStoreError)

    /// Copies all events into an empty folder, or into one of an earlier back-up, where archived files that are there
    /// already are not copied again. Appends wait meanwhile, queries go on.
    ///
    /// - Returns: the paths of the copy's files, relative to `folder`.
    func backUp(to folder: String) async throws(EventStoreError) -> [String]
}

extension StoreUpkeep {
    /// How long a table's rows are kept.
    public func retention(of table: String) async throws(EventStoreError) -> TableRetention {
        try await retentions[table] ?? configuredRetention[table]
    }
}

/// What `applyRetention` did.
public struct RetentionReport: Sendable, Hashable {
    /// Partitions that went to the archive, such as `SecurityEvent 2026-01`.
    public var archived: [String] = []
    /// Partitions that were dropped, from the database or the archive.
    public var dropped: [String] = []

    public init() {}

    public var isEmpty: Bool { archived.isEmpty && dropped.isEmpty }
}

/// What a table holds.
public struct TableStatistics: Sendable, Hashable {
    /// One part of a table's rows.
    public struct Segment: Sendable, Hashable {
        public let partition: String
        public let isArchived: Bool
        public let rows: Int
        /// On disk; what is in the write-ahead log only is not counted.
        public let bytes: Int
        /// Of `TimeGenerated`.
        public let first: Instant?
        public let last: Instant?

        public init(partition: String, isArchived: Bool, rows: Int, bytes: Int, first: Instant?, last: Instant?) {
            self.partition = partition
            self.isArchived = isArchived
            self.rows = rows
            self.bytes = bytes
            self.first = first
            self.last = last
        }
    }

    public let table: String
    public let retention: TableRetention
    /// The oldest first.
    public let segments: [Segment]

    public init(table: String, retention: TableRetention, segments: [Segment]) {
        self.table = table
        self.retention = retention
        self.segments = segments
    }

    public var rows: Int { segments.reduce(0) { $0 + $1.rows } }
    public var bytes: Int { segments.reduce(0) { $0 + $1.bytes } }
    public var first: Instant? { segments.compactMap(\.first).min() }
    public var last: Instant? { segments.compactMap(\.last).max() }
}
