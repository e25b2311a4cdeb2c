internal import Chronology
internal import GRDB
public import StateStore

/// Users, sessions, tokens and invitations: who is there, and what they may do. Every change of them, and every
/// sign-in, is in the journal.
public struct AccessControl: Sendable {
    let database: StateDatabase
    let time: TimeSource
    let identifiers: IdentifierSource
    let periods: AccessPeriods
    let passwords: PasswordHashing
    let addresses = AddressThrottles()

    /// - Parameter database: opened with `AccessControl.migrations` among its rooms.
    public init(
        database: StateDatabase,
        periods: AccessPeriods = AccessPeriods(),
        passwordCost: PasswordCost = .interactive,
        time: TimeSource = .system,
        identifiers: IdentifierSource = .random
    ) {
        self.database = database
        self.periods = periods
        self.time = time
        self.identifiers = identifiers
        passwords = PasswordHashing(cost: passwordCost)
    }

    func change<T: Sendable>(
        _ body: @escaping @Sendable (AccessTransaction) throws -> T
    ) async throws(AccessError) -> T {
        let now = time.now()
        return try await translatingErrors {
            try await database.write { [journal = database.journal] connection in
                try body(AccessTransaction(database: connection, journal: journal, now: now))
            }
        }
    }

    func reading<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(AccessError) -> T {
        try await translatingErrors { try await database.read(body) }
    }

    private func translatingErrors<T>(_ body: () async throws -> T) async throws(AccessError) -> T {
        do {
            return try await body()
        } catch let error as AccessError {
            throw error
        } catch {
            throw AccessError(.failure, "the state database failed: \(error)")
        }
    }
}
