public import StateStore

/// Users, sessions, tokens and invitations: who is there, and what they may do. Every change of them, and every
/// sign-in, is in the journal.
public struct AccessControl: Sendable {
    let room: RoomDatabase<AccessError>
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
        room = RoomDatabase(database, time: time)
        self.periods = periods
        self.time = time
        self.identifiers = identifiers
        passwords = PasswordHashing(cost: passwordCost)
    }
}
