public import StateStore

/// Incidents, alerts, entities, comments and tasks, with their life cycle; every change is one transaction with one
/// entry in the journal.
public struct Casebook: Sendable {
    let room: RoomDatabase<CasebookError>
    let journal: Journal
    let time: TimeSource
    let identifiers: IdentifierSource
    let people: PeopleDirectory
    let attachmentFolder: AttachmentFolder?

    /// - Parameters:
    ///   - database: Opened with `Casebook.migrations` among its rooms.
    ///   - people: Who can be mentioned.
    ///   - attachments: Where the bytes of attachments lie; without it none can be added.
    public init(
        database: StateDatabase,
        time: TimeSource = .system,
        identifiers: IdentifierSource = .random,
        people: PeopleDirectory = .empty,
        attachments: AttachmentFolder? = nil
    ) {
        room = RoomDatabase(database, time: time)
        journal = database.journal
        self.time = time
        self.identifiers = identifiers
        self.people = people
        attachmentFolder = attachments
    }
}
