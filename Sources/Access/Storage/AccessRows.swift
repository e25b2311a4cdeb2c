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

extension Instant {
    init?(stored ticks: Int64?) {
        guard let ticks else { return nil }
        self.init(ticks: ticks)
    }
}
