internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

extension JournalKind {
    public static let signedIn = JournalKind(room: "access", event: "signedIn")
    public static let signInRefused = JournalKind(room: "access", event: "signInRefused")
    public static let signedOut = JournalKind(room: "access", event: "signedOut")
    public static let invitationMade = JournalKind(room: "access", event: "invitationMade")
    public static let userCreated = JournalKind(room: "access", event: "userCreated")
    public static let userChanged = JournalKind(room: "access", event: "userChanged")
    public static let passwordChanged = JournalKind(room: "access", event: "passwordChanged")
    public static let tokenMade = JournalKind(room: "access", event: "tokenMade")
    public static let tokenRevoked = JournalKind(room: "access", event: "tokenRevoked")
}

/// One change of access in the making.
struct AccessTransaction {
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
