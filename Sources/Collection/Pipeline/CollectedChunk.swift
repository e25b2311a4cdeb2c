public import EventStore
public import Records

/// How some bytes are to be read.
public struct CollectionOptions: Sendable {
    /// Where the bytes come from, for the dead letters: a file's name, a listener's address.
    public var origin: String
    /// Where in the origin the bytes lie, for the dead letters: a file and an offset; nil when the origin says it all.
    public var place: String?
    /// The source to take all records for; nil to recognise it.
    public var source: String?
    /// The table whose rows the records already are; nil when they are not.
    public var table: String?
    /// What makes rows of the records, as a data collection rule says; then `source` and `table` do not count.
    public var transformation: Transformation?
    /// The address of the sender, for messages that name no host.
    public var sender: String?

    public init(
        origin: String, place: String? = nil, source: String? = nil, table: String? = nil,
        transformation: Transformation? = nil, sender: String? = nil
    ) {
        self.origin = origin
        self.place = place
        self.source = source
        self.table = table
        self.transformation = transformation
        self.sender = sender
    }
}

/// Some text or field that could not be taken as it should; it becomes a row of the dead letter table.
public struct DeadLetter: Sendable, Hashable {
    /// The source it was taken for; nil when none was recognised.
    public var source: String?
    /// The table it was meant for.
    public var table: String?
    public var reason: String
    /// Counted from 1; nil when unknown.
    public var line: Int?
    public var column: Int?
    public var raw: String
}

/// What collection made of some bytes: the rows to store, and the records they came of to match rules on.
public struct CollectedChunk: Sendable {
    /// Where a record's row is: the first one, when it has several.
    public struct Row: Sendable, Hashable {
        /// Index into `batches`.
        public var batch: Int
        public var row: Int

        public init(batch: Int, row: Int) {
            self.batch = batch
            self.row = row
        }
    }

    public var records: RecordBatch
    /// Rows for the event store, among them those of the dead letter table.
    public var batches: [EventBatch]
    /// For each record its row; nil when it became a dead letter, or when a transformation leaves it out.
    public var rows: [Row?]
    /// For each record the name of its source; empty when none was recognised.
    public var sources: [String]
    /// For each record the line it starts in, counted from 1.
    public var lines: [Int]
    public var deadLetters: [DeadLetter]

    /// Number of records of each source.
    public var countsBySource: [String: Int] {
        var counts: [String: Int] = [:]
        var start = 0
        // Records of a source come in runs: one look-up for each.
        while start < sources.count {
            let end = sources[start...].firstIndex { $0 != sources[start] } ?? sources.count
            counts[sources[start], default: 0] += end - start
            start = end
        }
        return counts
    }
}
