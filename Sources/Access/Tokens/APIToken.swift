public import Chronology
public import StateStore

/// A token by which a program acts for a user, within some of the user's permissions.
public struct APIToken: Sendable, Hashable {
    /// The identifier, which is no secret.
    public let id: String
    /// What it is for, in its owner's words.
    public let name: String
    public let owner: UserID
    public let scopes: Set<Permission>
    public let createdTime: Instant
    public let expiryTime: Instant?
    public let lastUsedTime: Instant?

    /// What every token's text begins with, so that leaked ones are recognised.
    public static let prefix = "tocsin_"
}

/// A token just made, with its text, which is shown once and not kept.
public struct MadeToken: Sendable {
    public let token: APIToken
    public let secret: Secret
}

/// A program that was recognised by its token.
public struct TokenIdentity: Sendable, Hashable {
    public let token: APIToken
    public let owner: User
    /// What the access token that was shown is made out for; nil when the token itself was shown.
    public let audience: Audience?

    /// The token's scopes as far as its owner's role still holds them and the audience reaches.
    public var permissions: Set<Permission> {
        let held = token.scopes.intersection(owner.role.permissions)
        return audience.map { held.intersection($0.permissions) } ?? held
    }

    /// How the journal names the program.
    public var actor: JournalActor {
        JournalActor(kind: .application, id: token.id, name: "\(token.name) (\(owner.displayName))")
    }
}
