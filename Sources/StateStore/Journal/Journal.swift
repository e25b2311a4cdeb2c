public import GRDB
internal import JSON

/// The journal: every change of state in order, each entry bound to the one before by its hash.
public struct Journal: Sendable {
    let database: StateDatabase

    init(database: StateDatabase) {
        self.database = database
    }

    /// Writes an entry down, within the transaction that makes the change.
    @discardableResult
    public func append(_ draft: JournalDraft, in database: Database) throws -> JournalEntry {
        let head = try JournalHead.read(in: database)
        let payload = draft.payload.description
        let sequence = head.sequence + 1
        let hash = JournalHash.of(sequence: sequence, draft: draft, payloadText: payload, previous: head.hash)
        try JournalStatements.insert(
            draft, payload: payload, sequence: sequence, previous: head.hash, hash, in: database)
        try JournalHead(sequence: sequence, hash: hash).write(in: database)
        return JournalEntry(
            sequence: sequence, time: draft.time, kind: draft.kind, subject: draft.subject, actor: draft.actor,
            payload: draft.payload, previousHash: head.hash, hash: hash)
    }

    /// Entries with a sequence above `sequence`, in order.
    public func entries(after sequence: Int64, limit: Int = 500) async throws -> [JournalEntry] {
        try await database.read { try JournalStatements.entries(after: sequence, limit: limit, in: $0) }
    }

    /// The entries of some sequences, in their order; what is not there is left out.
    public func entries(at sequences: [Int64]) async throws -> [JournalEntry] {
        try await database.read { database in
            try sequences.compactMap { try JournalStatements.entry(at: $0, in: database) }
        }
    }

    /// The entries about one subject, the newest first.
    public func entries(
        subject: String,
        before sequence: Int64 = .max,
        limit: Int = 500
    ) async throws -> [JournalEntry] {
        try await database.read {
            try JournalStatements.entries(subject: subject, before: sequence, limit: limit, in: $0)
        }
    }

    /// The sequence and hash of the last entry; 0 and zero bytes while there is none. Who notes them elsewhere can
    /// later prove that nothing was cut off.
    public func head() async throws -> JournalHead {
        try await database.read(JournalHead.read)
    }
}
