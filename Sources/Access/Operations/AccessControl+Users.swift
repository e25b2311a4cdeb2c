internal import GRDB
internal import JSON
public import StateStore

extension AccessControl {
    /// All users by name.
    public func users() async throws(AccessError) -> [User] {
        try await room.reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM access_user ORDER BY name").map(User.init(row:))
        }
    }

    /// One user; nil when there is none.
    public func user(_ id: UserID) async throws(AccessError) -> User? {
        try await room.reading { try User.fetch(id, in: $0) }
    }

    /// Changes role or state of a user; nil leaves a field as it is. Disabling ends the user's sessions.
    ///
    /// - Throws: `AccessError` with code `forbidden`, `notFound`, or `conflict` when no administrator would be left.
    @discardableResult
    public func update(
        _ id: UserID,
        role: Role? = nil,
        isDisabled: Bool? = nil,
        by administrator: User
    ) async throws(AccessError) -> User {
        try requireAdministration(administrator)
        return try await room.change { transaction in
            guard let old = try User.fetch(id, in: transaction.database) else {
                throw AccessError(.notFound, "there is no user \(id)")
            }
            var user = old
            user.role = role ?? old.role
            user.isDisabled = isDisabled ?? old.isDisabled
            guard user != old else { return old }
            try transaction.execute(
                "UPDATE access_user SET role = ?, is_disabled = ? WHERE id = ?",
                [user.role.rawValue, user.isDisabled, id.rawValue])
            let left = try transaction.row(
                "SELECT 1 FROM access_user WHERE role = 'Administrator' AND is_disabled = 0 LIMIT 1", [])
            guard left != nil else {
                throw AccessError(.conflict, field: "role", "the last administrator stays one; name another one first")
            }
            if user.isDisabled { try transaction.execute("DELETE FROM access_session WHERE user = ?", [id.rawValue]) }
            try transaction.note(
                .userChanged, subject: id.rawValue, by: administrator.actor,
                [
                    "role": .string(user.role.rawValue), "oldRole": .string(old.role.rawValue),
                    "isDisabled": .bool(user.isDisabled),
                ])
            return user
        }
    }

    /// Changes the user's own password; all other sessions of the user end.
    ///
    /// - Throws: `AccessError` with code `invalidCredentials`, `invalidField` or `notFound`.
    public func changePassword(
        of id: UserID,
        from old: Secret,
        to new: Secret,
        keepingSession token: String? = nil
    ) async throws(AccessError) {
        let found = try await room.reading { database in
            try Row.fetchOne(database, sql: "SELECT * FROM access_user WHERE id = ?", arguments: [id.rawValue])
                .map { (User(row: $0), $0["password_hash"] as String) }
        }
        guard let (user, hash) = found else { throw AccessError(.notFound, "there is no user \(id)") }
        guard await passwords.matches(old, hash: hash) else { throw AccessError.badCredentials }
        try PasswordPolicy.check(new, name: user.name, displayName: user.displayName)
        let newHash = try await passwords.hash(new)
        let kept = token.map(RandomToken.hash)
        try await room.change { transaction in
            try transaction.execute("UPDATE access_user SET password_hash = ? WHERE id = ?", [newHash, id.rawValue])
            try transaction.execute(
                "DELETE FROM access_session WHERE user = ? AND token_hash IS NOT ?", [id.rawValue, kept])
            try transaction.note(.passwordChanged, subject: id.rawValue, by: user.actor)
        }
    }
}
