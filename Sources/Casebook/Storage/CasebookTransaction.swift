internal import Chronology
internal import GRDB
internal import StateStore

/// One change in the making: the open transaction, who makes it, and when.
struct CasebookTransaction: StateTransaction {
    let database: Database
    let journal: Journal
    let identifiers: IdentifierSource
    let now: Instant
    let actor: JournalActor

    /// Writes an entry into the journal, by the change's actor unless another one is named.
    func note(_ event: CasebookEvent, by other: JournalActor? = nil) throws {
        try note(event.kind, subject: event.subject, by: other ?? actor, event.payload)
    }
}

extension Casebook {
    /// Makes one transaction; nothing is changed when `body` throws.
    func change<T: Sendable>(
        by actor: JournalActor,
        _ body: @escaping @Sendable (CasebookTransaction) throws -> T
    ) async throws(CasebookError) -> T {
        try await room.change { [identifiers] transaction in
            try body(
                CasebookTransaction(
                    database: transaction.database, journal: transaction.journal, identifiers: identifiers,
                    now: transaction.now, actor: actor))
        }
    }

    /// Reads one consistent state.
    func reading<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(CasebookError) -> T {
        try await room.reading(body)
    }
}
