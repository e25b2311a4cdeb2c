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
    /// - Parameter settling: How long to let more entries come, when there are few: a reader that needs not be quick reads
    ///   the same incident once then, and not once per change.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    public func nextBatch(limit: Int = 256, settling: Duration = .zero) async throws -> [JournalEntry] {
        while true {
            let (batch, position) = try await pending(limit: limit)
            if batch.isEmpty {
                await journal.database.bell.wait(after: position)
                try Task.checkCancellation()
            } else if settling > .zero, batch.count < limit {
                try await Task.sleep(for: settling)
                return try await pending(limit: limit).batch
            } else {
                return batch
            }
        }
    }

    /// The entries after the cursor, none if there are none.
    public func pendingBatch(limit: Int = 256) async throws -> [JournalEntry] {
        try await pending(limit: limit).batch
    }

    /// Gives what the journal holds to `body`, batch by batch, until there is no more; `body` acknowledges each.
    public func drain(limit: Int = 256, _ body: ([JournalEntry]) async throws -> Void) async throws {
        while true {
            let batch = try await pendingBatch(limit: limit)
            if batch.isEmpty { return }
            try await body(batch)
        }
    }

    /// The sequence of the last acknowledged entry.
    public func position() async throws -> Int64 {
        if let cursor = try await journal.database.read(cursor) { return cursor.position }
        return try await begin()
    }

    private func pending(limit: Int) async throws -> (batch: [JournalEntry], position: Int64) {
        let known = try await journal.database.read { database -> (batch: [JournalEntry], position: Int64)? in
            guard let cursor = try cursor(in: database) else { return nil }
            let count = cursor.claimed > cursor.position ? Int(cursor.claimed - cursor.position) : limit
            return (
                try JournalStatements.entries(after: cursor.position, limit: count, in: database), cursor.position
            )
        }
        if let known { return known }
        let position = try await begin()
        return (try await journal.entries(after: position, limit: limit), position)
    }

    private func cursor(in database: Database) throws -> (position: Int64, claimed: Int64)? {
        let statement = try database.cachedStatement(
            sql: "SELECT position, claimed FROM journal_reader WHERE name = ?")
        return try statement.first([name]) { (position: $0[0], claimed: $0[1]) }
    }

    /// Makes the cursor.
    private func begin() async throws -> Int64 {
        try await journal.database.write { [self] database in
            let first = start == .beginning ? 0 : try JournalHead.read(in: database).sequence
            try database.execute(
                sql: "INSERT INTO journal_reader (name, position) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [name, first])
            return try cursor(in: database)?.position ?? first
        }
    }

    /// Fixes where the batch in hand ends: until that is acknowledged, the same batch comes again however much is appended
    /// meanwhile. An effect outside this database can then be named after the batch, and known again after a crash.
    public func claim(through sequence: Int64) async throws {
        try await journal.database.write { [name] database in
            let statement = try database.cachedStatement(
                sql: "UPDATE journal_reader SET claimed = max(claimed, ?2) WHERE name = ?1")
            try statement.execute(arguments: [name, sequence])
        }
    }

    /// Moves the cursor past `sequence`; a cursor never moves back.
    public func acknowledge(through sequence: Int64) async throws {
        try await journal.database.write { try acknowledge(through: sequence, in: $0) }
    }

    /// Moves the cursor within the transaction that makes the effect: then each entry has its effect exactly once.
    public func acknowledge(through sequence: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO journal_reader (name, position) VALUES (?1, ?2)
                ON CONFLICT DO UPDATE SET position = max(position, ?2)
                """)
        try statement.execute(arguments: [name, sequence])
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
