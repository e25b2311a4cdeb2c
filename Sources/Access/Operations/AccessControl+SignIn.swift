internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

extension AccessControl {
    /// Opens a session for a name and a password.
    ///
    /// Failures are counted per account and per address; after five the next try must wait. An unknown name costs the
    /// same time as a wrong password.
    ///
    /// - Parameter address: The caller's network address without port.
    /// - Throws: `AccessError` with code `invalidCredentials` or `throttled`.
    public func signIn(name: String, password: Secret, address: String) async throws(AccessError) -> OpenedSession {
        let now = time.now()
        if let end = addresses.blockedUntil(address, now: now) { throw AccessError.throttled(until: end) }
        let account = try await account(named: name.trimmedBlanks)
        if let end = account?.throttle.blockedUntil(now: now) { throw AccessError.throttled(until: end) }
        guard password.revealed.utf8.count <= 4 * PasswordPolicy.longest else { throw AccessError.badCredentials }
        let isRight = await passwords.matches(password, hash: account?.passwordHash ?? PasswordHashing.hashOfNobody)
        guard let account, isRight, !account.user.isDisabled else {
            addresses.failed(address, at: now)
            try await noteFailure(name: name, account: account, address: address)
            throw AccessError.badCredentials
        }
        addresses.succeeded(address)
        let opening = SessionOpening(periods: periods)
        return try await room.change { transaction in
            try transaction.execute(
                "UPDATE access_user SET failures = 0, last_failure = NULL, last_sign_in = ? WHERE id = ?",
                [transaction.now.ticks, account.user.id.rawValue])
            try transaction.note(
                .signedIn, subject: account.user.id.rawValue, by: account.user.actor, ["address": .string(address)])
            return try opening.open(for: account.user, in: transaction)
        }
    }

    /// The session of a cookie's value; nil when it is unknown, expired, or its user is disabled.
    public func session(token: String) async throws(AccessError) -> Session? {
        let now = time.now()
        let hash = RandomToken.hash(token)
        let idle = periods.sessionIdle
        let found = try await room.reading { database in
            let sql = """
                SELECT s.csrf, s.created AS session_created, s.expires, s.last_seen, u.* FROM access_session s
                JOIN access_user u ON u.id = s.user WHERE s.token_hash = ?
                """
            return try Row.fetchOne(database, sql: sql, arguments: [hash]).map { row in
                (
                    Session(
                        user: User(row: row), csrfToken: row["csrf"],
                        createdTime: Instant(ticks: row["session_created"]),
                        expiryTime: Instant(ticks: row["expires"])), Instant(ticks: row["last_seen"])
                )
            }
        }
        guard let (session, lastSeen) = found, !session.user.isDisabled, session.expiryTime > now,
            now - lastSeen <= idle
        else { return nil }
        if now - lastSeen > .minutes(1) {
            try await room.change { transaction in
                try transaction.execute(
                    "UPDATE access_session SET last_seen = ? WHERE token_hash = ?", [now.ticks, hash])
            }
        }
        return session
    }

    /// Ends a session.
    public func signOut(token: String) async throws(AccessError) {
        guard let session = try await session(token: token) else { return }
        let hash = RandomToken.hash(token)
        try await room.change { transaction in
            try transaction.execute("DELETE FROM access_session WHERE token_hash = ?", [hash])
            try transaction.note(.signedOut, subject: session.user.id.rawValue, by: session.user.actor)
        }
    }

    private func account(named name: String) async throws(AccessError) -> Account? {
        try await room.reading { database in
            try Row.fetchOne(database, sql: "SELECT * FROM access_user WHERE name = ?", arguments: [name])
                .map(Account.init(row:))
        }
    }

    private func noteFailure(name: String, account: Account?, address: String) async throws(AccessError) {
        let tried = String(name.prefix(128))
        try await room.change { transaction in
            if let account {
                var throttle = account.throttle
                throttle.failed(at: transaction.now)
                try transaction.execute(
                    "UPDATE access_user SET failures = ?, last_failure = ? WHERE id = ?",
                    [throttle.failures, transaction.now.ticks, account.user.id.rawValue])
            }
            let anybody = JournalActor(kind: .application, id: address, name: address)
            try transaction.note(
                .signInRefused, subject: account?.user.id.rawValue ?? "", by: anybody, ["name": .string(tried)])
        }
    }
}

/// A user with what only signing in needs.
private struct Account: Sendable {
    let user: User
    let passwordHash: String
    let throttle: LoginThrottle

    init(row: Row) {
        user = User(row: row)
        passwordHash = row["password_hash"]
        throttle = LoginThrottle(failures: row["failures"], lastFailure: Instant(stored: row["last_failure"]))
    }
}

extension PasswordHashing {
    /// A hash at the interactive cost that no password has been chosen for; checking against it takes as long as
    /// checking a real one.
    static let hashOfNobody = Sodium.hash(RandomToken.make(), cost: .interactive) ?? ""
}

extension AccessError {
    static let badCredentials = AccessError(.invalidCredentials, "name or password is wrong")

    static func throttled(until end: Instant) -> AccessError {
        AccessError(
            .throttled, retryTime: end,
            "too many failed sign-ins; try again after \(end.formatted(fractionDigits: 0))")
    }
}

/// Makes a session's secrets and its row.
struct SessionOpening: Sendable {
    let periods: AccessPeriods
    let token = RandomToken.make()
    let csrf = RandomToken.make()

    init(periods: AccessPeriods) {
        self.periods = periods
    }

    func open(for user: User, in transaction: RoomTransaction) throws -> OpenedSession {
        let now = transaction.now
        let expiry = now + periods.sessionLongest
        try transaction.execute("DELETE FROM access_session WHERE expires <= ?", [now.ticks])
        try transaction.execute(
            """
            INSERT INTO access_session (token_hash, user, csrf, created, last_seen, expires) VALUES (?, ?, ?, ?, ?, ?)
            """, [RandomToken.hash(token), user.id.rawValue, csrf, now.ticks, now.ticks, expiry.ticks])
        let session = Session(user: user, csrfToken: csrf, createdTime: now, expiryTime: expiry)
        return OpenedSession(session: session, token: token)
    }
}
