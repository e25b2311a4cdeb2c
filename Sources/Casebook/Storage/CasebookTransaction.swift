internal import Chronology
internal import GRDB
internal import StateStore

/// One change in the making: the open transaction, who makes it, and when.
struct CasebookTransaction {
    let database: Database
    let journal: Journal
    let identifiers: IdentifierSource
    let now: Instant
    let actor: JournalActor

    /// Writes an entry into the journal, by the change's actor unless another one is named.
    func note(_ event: CasebookEvent, by other: JournalActor? = nil) throws {
        try journal.append(
            JournalDraft(
                time: now, kind: event.kind, subject: event.subject, actor: other ?? actor, payload: event.payload),
            in: database)
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension Casebook {
    /// Makes one transaction; nothing is changed when `body` throws.
    func change<T: Sendable>(
        by actor: JournalActor,
        _ body: @escaping @Sendable (CasebookTransaction) throws -> T
    ) async throws(CasebookError) -> T {
        let now = time.now()
        return try await translatingErrors {
            try await database.write { [journal, identifiers] database in
                try body(
                    CasebookTransaction(
                        database: database, journal: journal, identifiers: identifiers, now: now, actor: actor))
            }
        }
    }

    /// Reads one consistent state.
    func reading<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(CasebookError) -> T {
        try await translatingErrors { try await database.read(body) }
    }

    private func translatingErrors<T>(_ body: () async throws -> T) async throws(CasebookError) -> T {
        do {
            return try await body()
        } catch let error as CasebookError {
            throw error
        } catch is CancellationError {
            throw CasebookError(.storage, "the request was cancelled before it was carried out")
        } catch {
            throw CasebookError(.storage, "the state database failed: \(error)")
        }
    }
}
