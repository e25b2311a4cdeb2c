public import Chronology
public import StateStore

/// The identifier of a user, a GUID (`objectId`).
public struct UserID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// A person who can sign in.
public struct User: Sendable, Hashable {
    public let id: UserID
    /// What the person signs in with, for example a mail address; unique in any letter case.
    public var name: String
    /// What other people read.
    public var displayName: String
    public var role: Role
    /// A user who is disabled can neither sign in nor use tokens; what the user did stays on record.
    public var isDisabled: Bool
    public let createdTime: Instant
    public var lastSignInTime: Instant?

    /// How the journal names the user.
    public var actor: JournalActor { JournalActor(kind: .user, id: id.rawValue, name: displayName) }
}
