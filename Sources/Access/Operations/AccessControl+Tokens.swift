public import Chronology
internal import Foundation
internal import GRDB
internal import JSON
public import StateStore

extension AccessControl {
    /// Makes a token for a program.
    ///
    /// - Throws: `AccessError` with code `forbidden` for scopes beyond the owner's role, `invalidField` for a bad name
    ///   or no scope.
    public func makeToken(
        name: String,
        scopes: Set<Permission>,
        owner: User,
        expiryTime: Instant? = nil
    ) async throws(AccessError) -> MadeToken {
        let name = name.trimmedBlanks
        guard (1...128).contains(name.count) else {
            throw AccessError(.invalidField, field: "name", "a token's name has 1 to 128 characters")
        }
        guard !scopes.isEmpty else {
            throw AccessError(.invalidField, field: "scopes", "a token needs at least one scope")
        }
        let beyond = scopes.subtracting(owner.role.permissions).map(\.rawValue).sorted()
        guard beyond.isEmpty, !owner.isDisabled else {
            throw AccessError(
                .forbidden, field: "scopes",
                "the role \(owner.role.rawValue) does not hold \(beyond.joined(separator: ", "))")
        }
        let secret = RandomToken.make(prefix: APIToken.prefix)
        let id = identifiers.next()
        return try await room.change { transaction in
            let token = APIToken(
                id: id, name: name, owner: owner.id, scopes: scopes, createdTime: transaction.now,
                expiryTime: expiryTime, lastUsedTime: nil)
            let words = scopes.map(\.rawValue).sorted()
            try transaction.execute(
                """
                INSERT INTO access_token (token_hash, id, name, owner, scopes, created, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    RandomToken.hash(secret), id, name, owner.id.rawValue, words.joined(separator: " "),
                    transaction.now.ticks, expiryTime?.ticks,
                ])
            try transaction.note(
                .tokenMade, subject: id, by: owner.actor,
                ["name": .string(name), "scopes": .array(words.map(JSON.string))])
            return MadeToken(token: token, secret: Secret(secret))
        }
    }

    /// The program behind the text of a token or of an access token; nil when that is unknown or expired, or its owner
    /// disabled.
    public func identity(token text: String) async throws(AccessError) -> TokenIdentity? {
        let isAccessToken = text.hasPrefix(IssuedAccessToken.prefix)
        guard isAccessToken || text.hasPrefix(APIToken.prefix), text.utf8.count <= 128 else { return nil }
        let now = time.now()
        let hash = RandomToken.hash(text)
        let found = try await room.reading { database in
            isAccessToken
                ? try TokenIdentity.fetch(accessToken: hash, now: now, in: database)
                : try TokenIdentity.fetch(token: hash, in: database)
        }
        guard let identity = found, !identity.owner.isDisabled, identity.token.expiryTime.map({ $0 > now }) ?? true
        else { return nil }
        if identity.token.lastUsedTime.map({ now - $0 > .minutes(5) }) ?? true {
            try await room.change { transaction in
                try transaction.execute(
                    "UPDATE access_token SET last_used = ? WHERE id = ?", [now.ticks, identity.token.id])
            }
        }
        return identity
    }

    /// Gives a program an access token for an hour (the client credentials grant of OAuth 2.0): its client identifier is
    /// the token's, its client secret the token's text. Revoking the token ends its access tokens.
    ///
    /// - Throws: `AccessError` with code `invalidCredentials`.
    public func issueAccessToken(
        clientID: String, secret: Secret, audience: Audience
    ) async throws(AccessError) -> IssuedAccessToken {
        guard secret.revealed.hasPrefix(APIToken.prefix),
            let identity = try await identity(token: secret.revealed),
            identity.token.id.lowercased() == clientID.lowercased()
        else { throw AccessError(.invalidCredentials, "the client identifier or its secret is wrong") }
        let text = RandomToken.make(prefix: IssuedAccessToken.prefix)
        return try await room.change { transaction in
            let end = transaction.now + IssuedAccessToken.period
            let expiry = identity.token.expiryTime.map { min($0, end) } ?? end
            try transaction.execute(
                "DELETE FROM access_bearer WHERE expires <= ?", [transaction.now.ticks])
            try transaction.execute(
                """
                DELETE FROM access_bearer WHERE token = ?1 AND token_hash NOT IN
                    (SELECT token_hash FROM access_bearer WHERE token = ?1 ORDER BY expires DESC LIMIT ?2)
                """, [identity.token.id, AccessControl.mostAccessTokens - 1])
            try transaction.execute(
                "INSERT INTO access_bearer (token_hash, token, audience, expires) VALUES (?, ?, ?, ?)",
                [RandomToken.hash(text), identity.token.id, audience.rawValue, expiry.ticks])
            return IssuedAccessToken(secret: Secret(text), expiryTime: expiry)
        }
    }

    /// How many access tokens one program may hold at a time; with a further one the oldest ends.
    private static let mostAccessTokens = 1000

    /// The tokens of a user, or all of them, the newest first.
    public func tokens(of owner: UserID? = nil) async throws(AccessError) -> [APIToken] {
        try await room.reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM access_token WHERE ?1 IS NULL OR owner = ?1 ORDER BY created DESC, id",
                arguments: [owner?.rawValue]
            ).map(APIToken.init(row:))
        }
    }

    /// Makes a token void. Its owner may do it, and an administrator.
    ///
    /// - Throws: `AccessError` with code `notFound` or `forbidden`.
    public func revokeToken(_ id: String, by user: User) async throws(AccessError) {
        try await room.change { transaction in
            guard let row = try transaction.row("SELECT * FROM access_token WHERE id = ?", [id]) else {
                throw AccessError(.notFound, "there is no token \(id)")
            }
            guard APIToken(row: row).owner == user.id || user.role.permissions.contains(.administer) else {
                throw AccessError(.forbidden, "this is another user's token; ask an administrator")
            }
            try transaction.execute("DELETE FROM access_token WHERE id = ?", [id])
            try transaction.note(.tokenRevoked, subject: id, by: user.actor)
        }
    }
}
