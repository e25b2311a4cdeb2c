internal import Chronology
internal import Foundation
internal import GRDB

extension User {
    init(row: Row) {
        self.init(
            id: UserID(row["id"] as String), name: row["name"], displayName: row["display_name"],
            role: Role(rawValue: row["role"]) ?? .reader, isDisabled: row["is_disabled"],
            createdTime: Instant(ticks: row["created"]), lastSignInTime: Instant(stored: row["last_sign_in"]))
    }

    static func fetch(_ id: UserID, in database: Database) throws -> User? {
        try Row.fetchOne(database, sql: "SELECT * FROM access_user WHERE id = ?", arguments: [id.rawValue])
            .map(User.init(row:))
    }
}

extension APIToken {
    init(row: Row) {
        let scopes: String = row["scopes"]
        self.init(
            id: row["id"], name: row["name"], owner: UserID(row["owner"] as String),
            scopes: Set(scopes.split(separator: " ").compactMap { Permission(rawValue: String($0)) }),
            createdTime: Instant(ticks: row["created"]), expiryTime: Instant(stored: row["expires"]),
            lastUsedTime: Instant(stored: row["last_used"]))
    }
}

extension TokenIdentity {
    static func fetch(token hash: Data, in database: Database) throws -> TokenIdentity? {
        let sql = "SELECT * FROM access_token WHERE token_hash = ?"
        return try Row.fetchOne(database, sql: sql, arguments: [hash]).flatMap {
            try TokenIdentity(row: $0, audience: nil, in: database)
        }
    }

    /// An access token whose audience is unknown, as one of a later version could be, is no access token.
    static func fetch(accessToken hash: Data, now: Instant, in database: Database) throws -> TokenIdentity? {
        let sql = """
            SELECT access_token.*, access_bearer.audience FROM access_bearer
            JOIN access_token ON access_token.id = access_bearer.token
            WHERE access_bearer.token_hash = ? AND access_bearer.expires > ?
            """
        guard let row = try Row.fetchOne(database, sql: sql, arguments: [hash, now.ticks]),
            let audience = Audience(rawValue: row["audience"])
        else { return nil }
        return try TokenIdentity(row: row, audience: audience, in: database)
    }

    private init?(row: Row, audience: Audience?, in database: Database) throws {
        let token = APIToken(row: row)
        guard let owner = try User.fetch(token.owner, in: database) else { return nil }
        self.init(token: token, owner: owner, audience: audience)
    }
}

extension Instant {
    init?(stored ticks: Int64?) {
        guard let ticks else { return nil }
        self.init(ticks: ticks)
    }
}
