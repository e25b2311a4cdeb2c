internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore

/// One change of the room in the making: state and journal entry together.
struct DataCollectionTransaction {
    let database: Database
    let journal: Journal
    let now: Instant

    func note(_ kind: JournalKind, subject: String, by actor: JournalActor, _ payload: JSON = [:]) throws {
        try journal.append(
            JournalDraft(time: now, kind: kind, subject: subject, actor: actor, payload: payload), in: database)
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

/// The state database as this room uses it.
struct RoomDatabase: Sendable {
    let database: StateDatabase
    let time: TimeSource

    func change<T: Sendable>(
        _ body: @escaping @Sendable (DataCollectionTransaction) throws -> T
    ) async throws(DataCollectionFault) -> T {
        let now = time.now()
        return try await translatingErrors {
            try await database.write { [journal = database.journal] connection in
                try body(DataCollectionTransaction(database: connection, journal: journal, now: now))
            }
        }
    }

    func reading<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(DataCollectionFault) -> T {
        try await translatingErrors { try await database.read(body) }
    }

    private func translatingErrors<T>(_ body: () async throws -> T) async throws(DataCollectionFault) -> T {
        do {
            return try await body()
        } catch let fault as DataCollectionFault {
            throw fault
        } catch {
            throw DataCollectionFault(.storage, "the state database failed: \(error)")
        }
    }
}
