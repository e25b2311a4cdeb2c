public import GRDB

/// A party that follows the journal from a durable cursor, so that after a crash it goes on where it was.
///
/// A batch comes again until it is acknowledged; acknowledge in the transaction that makes the effect, or make the
/// effect idempotent.
public struct JournalReader: Sendable {
    /// Where a reader begins that has no cursor yet.
    public enum Start: Sendable, Hashable {
        case beginning
        case end
    }

    public let name: String
    private let journal: Journal
    private let start: Start

    init(name: String, journal: Journal, start: Start) {
        self.name = name
        self.journal = journal
        self.start = start
    }

    /// The entries after the cursor, waiting until there is one.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    public func nextBatch(limit: Int = 256) async throws -> [JournalEntry] {
        while true {
            let batch = try await pendingBatch(limit: limit)
            if !batch.isEmpty { return batch }
            await journal.database.bell.wait(after: try await position())
            try Task.checkCancellation()
        }
    }

    /// The entries after the cursor, none if there are none.
    public func pendingBatch(limit: Int = 256) async throws -> [JournalEntry] {
        let position = try await position()
        return try await journal.entries(after: position, limit: limit)
    }

    /// The sequence of the last acknowledged entry.
    public func position() async throws -> Int64 {
        let stored = try await journal.database.read { [name] database in
            try Int64.fetchOne(database, sql: "SELECT position FROM journal_reader WHERE name = ?", arguments: [name])
        }
        if let stored { return stored }
        return try await journal.database.write { [name, start] database in
            let first = start == .beginning ? 0 : try JournalHead.read(in: database).sequence
            try database.execute(
                sql: "INSERT INTO journal_reader (name, position) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [name, first])
            return try Int64.fetchOne(
                database, sql: "SELECT position FROM journal_reader WHERE name = ?", arguments: [name]) ?? first
        }
    }

    /// Moves the cursor past `sequence`; a cursor never moves back.
    public func acknowledge(through sequence: Int64) async throws {
        try await journal.database.write { try acknowledge(through: sequence, in: $0) }
    }

    /// Moves the cursor within the transaction that makes the effect: then each entry has its effect exactly once.
    public func acknowledge(through sequence: Int64, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO journal_reader (name, position) VALUES (?1, ?2)
                ON CONFLICT DO UPDATE SET position = max(position, ?2)
                """,
            arguments: [name, sequence])
    }
}

extension Journal {
    /// The reader of a name; readers of one name share a cursor, so each name is run once.
    public func reader(_ name: String, startingAt start: JournalReader.Start = .beginning) -> JournalReader {
        JournalReader(name: name, journal: self, start: start)
    }

    /// Returns once an entry above `sequence` is committed in this process, or the task is cancelled; for followers
    /// without a durable cursor, such as a browser's event stream.
    public func waitForEntries(after sequence: Int64) async {
        await database.bell.wait(after: sequence)
    }
}
