public import Chronology
public import GRDB
public import JSON

/// One change of a room's state in the making, with what is noted of it in the journal.
public protocol StateTransaction {
    var database: Database { get }
    var journal: Journal { get }
    /// When the change is made.
    var now: Instant { get }
}

extension StateTransaction {
    public func note(_ kind: JournalKind, subject: String, by actor: JournalActor, _ payload: JSON = [:]) throws {
        try journal.append(
            JournalDraft(time: now, kind: kind, subject: subject, actor: actor, payload: payload), in: database)
    }

    public func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    public func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    public func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

/// A change of a room that keeps nothing else about it.
public struct RoomTransaction: StateTransaction {
    public let database: Database
    public let journal: Journal
    public let now: Instant
}

/// What a room throws.
public protocol RoomFault: Error {
    /// The state database failed, or a request was cancelled; the message says which and how.
    static func storage(_ message: String) -> Self
}

/// The state database as one room uses it: whatever fails is the room's fault.
public struct RoomDatabase<Fault: RoomFault>: Sendable {
    private let database: StateDatabase
    private let time: TimeSource

    public init(_ database: StateDatabase, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Makes one transaction; nothing is changed when `body` throws.
    public func change<T: Sendable>(
        _ body: @escaping @Sendable (RoomTransaction) throws -> T
    ) async throws(Fault) -> T {
        let now = time.now()
        return try await translatingErrors {
            try await database.write { [journal = database.journal] connection in
                try body(RoomTransaction(database: connection, journal: journal, now: now))
            }
        }
    }

    /// Reads one consistent state.
    public func reading<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(Fault) -> T {
        try await translatingErrors { try await database.read(body) }
    }

    private func translatingErrors<T>(_ body: () async throws -> T) async throws(Fault) -> T {
        do {
            return try await body()
        } catch let fault as Fault {
            throw fault
        } catch is CancellationError {
            throw .storage("the request was cancelled before it was carried out")
        } catch {
            throw .storage("the state database failed: \(error)")
        }
    }
}
