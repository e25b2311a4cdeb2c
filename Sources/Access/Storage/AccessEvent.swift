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
