internal import Chronology
internal import Foundation
internal import GRDB
internal import JSON

/// The journal's SQL.
enum JournalStatements {
    static func insert(
        _ draft: JournalDraft,
        payload: String,
        sequence: Int64,
        previous: JournalHash,
        _ hash: JournalHash,
        in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO journal_entry
                    (sequence, time, kind, subject, actor_kind, actor_id, actor_name, payload, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            sequence, draft.time.ticks, draft.kind.rawValue, draft.subject, draft.actor.kind.rawValue, draft.actor.id,
            draft.actor.name, payload, previous.bytes, hash.bytes,
        ])
    }

    static func entries(after sequence: Int64, limit: Int, in database: Database) throws -> [JournalEntry] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM journal_entry WHERE sequence > ? ORDER BY sequence LIMIT ?")
        return try statement.all([sequence, limit], entry)
    }

    static func entry(at sequence: Int64, in database: Database) throws -> JournalEntry? {
        try database.cachedStatement(sql: "SELECT * FROM journal_entry WHERE sequence = ?").first([sequence], entry)
    }

    static func entries(
        subject: String,
        before sequence: Int64,
        limit: Int,
        in database: Database
    ) throws -> [JournalEntry] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT * FROM journal_entry WHERE subject = ? AND subject <> '' AND sequence < ?
                ORDER BY sequence DESC LIMIT ?
                """)
        return try statement.all([subject, sequence, limit], entry)
    }

    static func entry(_ row: Row) throws -> JournalEntry {
        let sequence: Int64 = row["sequence"]
        guard let actorKind = JournalActor.Kind(rawValue: row["actor_kind"]),
            let previousHash = JournalHash(bytes: row["previous_hash"]), let hash = JournalHash(bytes: row["hash"])
        else {
            throw StateStoreError(.corrupt, "journal entry \(sequence) is malformed; run `tocsin journal verify`")
        }
        let text: String = row["payload"]
        return JournalEntry(
            sequence: sequence,
            time: Instant(ticks: row["time"]),
            kind: JournalKind(rawValue: row["kind"]),
            subject: row["subject"],
            actor: JournalActor(kind: actorKind, id: row["actor_id"], name: row["actor_name"]),
            payload: try JSON(parsing: text),
            previousHash: previousHash,
            hash: hash
        )
    }
}
