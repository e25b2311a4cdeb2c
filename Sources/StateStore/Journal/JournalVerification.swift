internal import Foundation
internal import GRDB

/// What a check of the whole journal found.
public enum JournalVerification: Sendable, Hashable {
    /// Every link holds.
    case intact(count: Int64, head: JournalHead)
    /// The first place where the chain is broken.
    case broken(at: Int64, JournalFlaw)
}

extension JournalVerification: CustomStringConvertible {
    /// One sentence for people, with the last hash, to be noted elsewhere.
    public var description: String {
        switch self {
        case .intact(let count, let head):
            "the journal is intact: \(count) entries, each bound to the one before; last hash \(head.hash)"
        case .broken(let sequence, let flaw):
            "the journal is broken at entry \(sequence): \(flaw.explanation)"
        }
    }
}

/// How a link of the journal is broken.
public enum JournalFlaw: String, Sendable, Hashable, CaseIterable {
    /// An entry before this sequence is missing.
    case missingEntry
    /// The entry does not name the hash of the one before.
    case brokenLink
    /// The entry's content is not what its hash was made of.
    case changedContent
    /// The last entries are missing: the journal is shorter than its head says.
    case cutOff
    /// There are entries after the head.
    case appended
    /// The entry is no journal entry at all.
    case malformed

    /// A sentence for people.
    public var explanation: String {
        switch self {
        case .missingEntry: "an entry is missing before it"
        case .brokenLink: "it does not continue the entry before it"
        case .changedContent: "its content was changed after it was written"
        case .cutOff: "the journal ends too early: the last entries were removed"
        case .appended: "there are entries that Tocsin did not append"
        case .malformed: "it is not a journal entry"
        }
    }
}

extension Journal {
    /// Recomputes the whole chain from the first entry.
    public func verify() async throws -> JournalVerification {
        try await database.read { database in
            var position = JournalHead(sequence: 0, hash: .beginning)
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM journal_entry ORDER BY sequence")
            while let row = try rows.next() {
                let sequence: Int64 = row["sequence"]
                if let flaw = JournalChain.flaw(of: row, sequence: sequence, after: position) {
                    return .broken(at: sequence, flaw)
                }
                guard let hash = JournalHash(bytes: row["hash"]) else { return .broken(at: sequence, .malformed) }
                position = JournalHead(sequence: sequence, hash: hash)
            }
            let head = try JournalHead.read(in: database)
            if head.sequence > position.sequence { return .broken(at: position.sequence + 1, .cutOff) }
            if head.sequence < position.sequence { return .broken(at: head.sequence + 1, .appended) }
            if head.hash != position.hash { return .broken(at: head.sequence, .brokenLink) }
            return .intact(count: position.sequence, head: head)
        }
    }
}

/// The rule that binds an entry to the one before.
enum JournalChain {
    static func flaw(of row: Row, sequence: Int64, after previous: JournalHead) -> JournalFlaw? {
        guard sequence == previous.sequence + 1 else { return .missingEntry }
        // A row that cannot be read at all is a finding of the check, not a failure of it.
        guard let entry = try? JournalStatements.entry(row) else { return .malformed }
        guard entry.previousHash == previous.hash else { return .brokenLink }
        let draft = JournalDraft(
            time: entry.time, kind: entry.kind, subject: entry.subject, actor: entry.actor, payload: entry.payload)
        let text: String = row["payload"]
        let hash = JournalHash.of(sequence: sequence, draft: draft, payloadText: text, previous: previous.hash)
        return hash == entry.hash ? nil : .changedContent
    }
}
