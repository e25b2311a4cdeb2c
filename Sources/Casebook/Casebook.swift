public import StateStore

/// Incidents, alerts, entities, comments and tasks, with their life cycle; every change is one transaction with one
/// entry in the journal.
public struct Casebook: Sendable {
    let room: RoomDatabase<CasebookError>
    let journal: Journal
    let time: TimeSource
    let identifiers: IdentifierSource

    /// - Parameter database: opened with `Casebook.migrations` among its rooms.
    public init(
        database: StateDatabase,
        time: TimeSource = .system,
        identifiers: IdentifierSource = .random
    ) {
        room = RoomDatabase(database, time: time)
        journal = database.journal
        self.time = time
        self.identifiers = identifiers
    }
}
