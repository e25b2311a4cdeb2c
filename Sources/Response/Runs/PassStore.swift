internal import Chronology
internal import GRDB
internal import StateStore

/// The journal entries that automation rules still have to be applied to, and which rules took effect.
struct PassStore: Sendable {
    /// One rule taking effect on one journal entry.
    enum Firing: Sendable, Hashable {
        /// Begun, perhaps not to its end.
        case begun
        case done
    }

    let database: StateDatabase

    /// Notes entries, and that the journal was read as far as the last one, in one transaction.
    func insert(
        _ passes: [(sequence: Int64, subject: String)], reader: JournalReader, through sequence: Int64
    ) async throws {
        try await database.write { database in
            for pass in passes {
                try database.cachedStatement(sql: "INSERT INTO response_pass VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .execute(arguments: [pass.sequence, pass.subject])
            }
            try reader.acknowledge(through: sequence, in: database)
        }
    }

    /// The subjects with entries to work on, the longest waiting first.
    func subjects() async throws -> [String] {
        try await database.read { database in
            try String.fetchAll(
                database.cachedStatement(
                    sql: "SELECT subject FROM response_pass GROUP BY subject ORDER BY min(sequence) LIMIT 256"))
        }
    }

    /// The journal entries of a subject that wait, by their sequences, the oldest first.
    func sequences(of subject: String) async throws -> [Int64] {
        try await database.read { database in
            try Int64.fetchAll(
                database.cachedStatement(sql: "SELECT sequence FROM response_pass WHERE subject = ? ORDER BY sequence"),
                arguments: [subject])
        }
    }

    /// Says that nothing is left to do for some entries.
    func finish(_ sequences: [Int64]) async throws {
        try await database.write { database in
            let statement = try database.cachedStatement(sql: "DELETE FROM response_pass WHERE sequence = ?")
            for sequence in sequences { try statement.execute(arguments: [sequence]) }
        }
    }

    /// Which rules took effect on an entry, or began to.
    func firings(at sequence: Int64) async throws -> [String: Firing] {
        try await database.read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(sql: "SELECT rule, is_done FROM response_firing WHERE sequence = ?"),
                arguments: [sequence])
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["rule"], $0["is_done"] ? .done : .begun) })
        }
    }

    func begin(_ rule: String, at sequence: Int64, on subject: String, time: Instant) async throws {
        try await database.write { database in
            try database.cachedStatement(
                sql: "INSERT INTO response_firing VALUES (?, ?, ?, ?, 0, NULL) ON CONFLICT DO NOTHING"
            ).execute(arguments: [sequence, rule, subject, time.ticks])
        }
    }

    func end(_ rule: String, at sequence: Int64, error: String?) async throws {
        try await database.write { database in
            try database.cachedStatement(
                sql: "UPDATE response_firing SET is_done = 1, error = ? WHERE sequence = ? AND rule = ?"
            ).execute(arguments: [error, sequence, rule])
        }
    }

    /// How often a rule took effect on a subject since then.
    func count(of rule: String, on subject: String, since time: Instant) async throws -> Int {
        try await database.read { database in
            try Int.fetchOne(
                database.cachedStatement(
                    sql: "SELECT count(*) FROM response_firing WHERE rule = ? AND subject = ? AND time > ?"),
                arguments: [rule, subject, time.ticks]) ?? 0
        }
    }
}
