public import KQLValues

/// Takes in the bytes of events: the ingestion path behind the API.
public protocol EventIntake: Sendable {
    /// Parses, stores durably and matches the events in a stream of bytes.
    ///
    /// - Returns: what became of them, once all are durable.
    /// - Throws: `IntakeRefusal` when the description names no known format or table, `IntakeUnavailable` when the store
    ///   cannot be reached.
    func take(
        _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable, as description: IntakeDescription
    ) async throws -> IntakeReceipt

    /// For each line, a JSON object or text without a newline, whether a source is known for it.
    func recognise(_ lines: [[UInt8]], sender: String?) -> [Bool]

    /// What a name means that a sender gives to its events, in any letter case; nil when it means nothing here.
    func meaning(of name: String) -> IntakeTarget?

    /// Why a transformation cannot make rows of a table out of such records, in words; nil when it can.
    func fault(ofTransformation query: String, over input: TableSchema, into table: String) -> String?
}

/// What the name of events can mean.
public enum IntakeTarget: Sendable, Hashable {
    /// A log source: the records are read and mapped as it says.
    case source(String)
    /// A table: the records have its columns already.
    case table(String)
}

/// What a sender says of its events.
public struct IntakeDescription: Sendable {
    /// The name of the log source to read all records as; nil: each is recognised.
    public var format: String?
    /// The table whose columns the records already have; nil: they are mapped.
    public var table: String?
    /// The name of the sender, for counters and dead letters.
    public var source: String
    /// Where at the sender the events lie, for dead letters: a file and an offset.
    public var place: String?
    /// What the sender calls these bytes; the same bytes sent again under that name are stored once. Nil: unnamed.
    public var delivery: String?
    /// The host the events come from, for messages that name none.
    public var host: String?
    /// What makes rows of `table` out of the records; nil: they have the table's columns already.
    public var transformation: IntakeTransformation?

    public init(
        format: String? = nil, table: String? = nil, source: String, place: String? = nil, delivery: String? = nil
    ) {
        self.format = format
        self.table = table
        self.source = source
        self.place = place
        self.delivery = delivery
    }
}

/// A KQL query over records of declared columns, as the `transformKql` of a data collection rule.
public struct IntakeTransformation: Sendable, Hashable {
    /// A query over `source`; `source` alone leaves the records as they are.
    public var query: String
    /// The columns of `source`.
    public var columns: TableSchema
    /// Whether columns may differ in type from the table's and become columns of their own.
    public var mayDepart: Bool

    public init(_ query: String = "source", over columns: TableSchema, mayDepart: Bool = false) {
        self.query = query
        self.columns = columns
        self.mayDepart = mayDepart
    }
}

/// Why a sender's events cannot be taken at all; nothing of them was stored.
public struct IntakeRefusal: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// Why events cannot be taken now; the same sent again later may be taken, and with the same name of their delivery nothing
/// is stored twice.
public struct IntakeUnavailable: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// What became of events that were sent.
public struct IntakeReceipt: Sendable, Equatable {
    /// Rows per table.
    public var tables: [String: Int]
    /// Records that could not be read and went to the dead-letter table.
    public var rejected: Int
    /// Records of a delivery that was stored before, which were not stored again.
    public var repeated: Int

    public init(tables: [String: Int] = [:], rejected: Int = 0, repeated: Int = 0) {
        self.tables = tables
        self.rejected = rejected
        self.repeated = repeated
    }

    /// Rows in all tables.
    public var accepted: Int { tables.values.reduce(0, +) }

    public static func += (left: inout IntakeReceipt, right: IntakeReceipt) {
        left.tables.merge(right.tables, uniquingKeysWith: +)
        left.rejected += right.rejected
        left.repeated += right.repeated
    }
}
