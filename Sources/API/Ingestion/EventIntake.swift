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
}

/// What a sender says of its events.
public struct IntakeDescription: Sendable {
    /// The name of the log source to read all records as; nil: each is recognised.
    public var format: String?
    /// The table whose columns the records already have; nil: they are mapped.
    public var table: String?
    /// The name of the sender, for counters and dead letters.
    public var source: String
    /// What the sender calls these bytes; the same bytes sent again under that name are stored once. Nil: unnamed.
    public var delivery: String?

    public init(format: String? = nil, table: String? = nil, source: String, delivery: String? = nil) {
        self.format = format
        self.table = table
        self.source = source
        self.delivery = delivery
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
}
