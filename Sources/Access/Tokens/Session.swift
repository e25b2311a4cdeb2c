public import Chronology

/// A signed-in person's session.
public struct Session: Sendable, Hashable {
    public let user: User
    /// Goes into every form and must come back with it.
    public let csrfToken: String
    public let createdTime: Instant
    /// When it ends at the latest.
    public let expiryTime: Instant

    /// Is this the session's token? Compared in constant time.
    public func accepts(csrfToken text: String) -> Bool {
        Sodium.areEqual(Array(text.utf8), Array(csrfToken.utf8))
    }
}

/// A session just opened, with the secret for the cookie, which is not kept.
public struct OpenedSession: Sendable {
    public let session: Session
    /// The value of the session cookie.
    public let token: String
}

/// How long sessions and links last.
public struct AccessPeriods: Sendable, Hashable {
    /// A session without requests ends after this.
    public var sessionIdle: TimeSpan
    /// Every session ends after this.
    public var sessionLongest: TimeSpan
    public var invitation: TimeSpan

    public init(
        sessionIdle: TimeSpan = .hours(2),
        sessionLongest: TimeSpan = .hours(12),
        invitation: TimeSpan = .hours(24)
    ) {
        self.sessionIdle = sessionIdle
        self.sessionLongest = sessionLongest
        self.invitation = invitation
    }
}
