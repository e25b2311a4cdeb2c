public import Chronology
internal import Foundation
internal import GRDB
internal import JSON
internal import StateStore

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
        return try await change { transaction in
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

    /// The program behind a token's text; nil when the token is unknown or expired, or its owner disabled.
    public func identity(token text: String) async throws(AccessError) -> TokenIdentity? {
        guard text.hasPrefix(APIToken.prefix), text.utf8.count <= 128 else { return nil }
        let now = time.now()
        let hash = RandomToken.hash(text)
        let found = try await reading { database -> TokenIdentity? in
            let sql = "SELECT * FROM access_token WHERE token_hash = ?"
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [hash]) else { return nil }
            let token = APIToken(row: row)
            return try User.fetch(token.owner, in: database).map { TokenIdentity(token: token, owner: $0) }
        }
        guard let identity = found, !identity.owner.isDisabled, identity.token.expiryTime.map({ $0 > now }) ?? true
        else { return nil }
        if identity.token.lastUsedTime.map({ now - $0 > .minutes(5) }) ?? true {
            try await change { transaction in
                try transaction.execute(
                    "UPDATE access_token SET last_used = ? WHERE token_hash = ?", [now.ticks, hash])
            }
        }
        return identity
    }

    /// The tokens of a user, or all of them, the newest first.
    public func tokens(of owner: UserID? = nil) async throws(AccessError) -> [APIToken] {
        try await reading { database in
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
        try await change { transaction in
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
