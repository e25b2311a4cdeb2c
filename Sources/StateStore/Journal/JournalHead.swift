internal import Foundation
internal import GRDB

/// The end of the journal.
public struct JournalHead: Sendable, Hashable {
    /// The last entry's sequence; 0 while there is none.
    public let sequence: Int64
    /// The last entry's hash.
    public let hash: JournalHash

    static func read(in database: Database) throws -> JournalHead {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT sequence, hash FROM journal_head WHERE id = 1"))
        guard let row, let hash = JournalHash(bytes: row[1]) else {
            throw StateStoreError(.corrupt, "the journal's head is missing; restore the state database from a backup")
        }
        return JournalHead(sequence: row[0], hash: hash)
    }

    func write(in database: Database) throws {
        try database.cachedStatement(sql: "UPDATE journal_head SET sequence = ?, hash = ? WHERE id = 1")
            .execute(arguments: [sequence, hash.bytes])
    }
}
