internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

extension AccessControl {
    /// Makes the one-time link by which the first administrator signs up; earlier ones become void. Nil when there is
    /// a user already.
    ///
    /// - Returns: The secret part of the link.
    public func firstAdministratorInvitation() async throws(AccessError) -> Secret? {
        let token = RandomToken.make()
        let period = periods.invitation
        return try await room.change { transaction in
            guard try transaction.row("SELECT 1 FROM access_user LIMIT 1", []) == nil else { return nil }
            try transaction.execute("DELETE FROM access_invitation WHERE is_first = 1", [])
            try transaction.insertInvitation(token, role: .administrator, isFirst: true, period: period)
            return Secret(token)
        }
    }

    /// Makes a one-time link by which someone signs up with a role.
    ///
    /// - Throws: `AccessError` with code `forbidden` unless the inviter may administer.
    public func invite(role: Role, by inviter: User) async throws(AccessError) -> Secret {
        try requireAdministration(inviter)
        let token = RandomToken.make()
        let period = periods.invitation
        return try await room.change { transaction in
            try transaction.insertInvitation(token, role: role, isFirst: false, period: period)
            try transaction.note(
                .invitationMade, subject: "", by: inviter.actor, ["role": .string(role.rawValue)])
            return Secret(token)
        }
    }

    /// Is this the secret of a link that can still be used?
    public func isOpen(invitation secret: Secret) async throws(AccessError) -> Bool {
        let now = time.now()
        let hash = RandomToken.hash(secret.revealed)
        return try await room.reading { database in
            let sql = "SELECT 1 FROM access_invitation WHERE token_hash = ? AND expires > ?"
            return try Row.fetchOne(database, sql: sql, arguments: [hash, now.ticks]) != nil
        }
    }

    /// Uses a link up: makes the user and opens a session.
    ///
    /// - Throws: `AccessError` with code `invalidInvitation`, `invalidField` or `conflict`.
    public func accept(
        invitation secret: Secret,
        name: String,
        displayName: String,
        password: Secret
    ) async throws(AccessError) -> OpenedSession {
        let name = name.trimmedBlanks
        let displayName = displayName.trimmedBlanks.isEmpty ? name : displayName.trimmedBlanks
        try UserField.check(name: name)
        try UserField.check(displayName: displayName)
        try PasswordPolicy.check(password, name: name, displayName: displayName)
        guard try await isOpen(invitation: secret) else { throw AccessError.badInvitation }
        let passwordHash = try await passwords.hash(password)
        let hash = RandomToken.hash(secret.revealed)
        let id = UserID(identifiers.next())
        let opening = SessionOpening(periods: periods)
        return try await room.change { transaction in
            let invitation = try transaction.row(
                "DELETE FROM access_invitation WHERE token_hash = ? AND expires > ? RETURNING role",
                [hash, transaction.now.ticks])
            guard let role = (invitation?["role"] as String?).flatMap(Role.init(rawValue:)) else {
                throw AccessError.badInvitation
            }
            let user = User(
                id: id, name: name, displayName: displayName, role: role, isDisabled: false,
                createdTime: transaction.now, lastSignInTime: transaction.now)
            try transaction.insert(user, passwordHash: passwordHash)
            try transaction.note(
                .userCreated, subject: id.rawValue, by: user.actor,
                ["name": .string(name), "role": .string(role.rawValue)])
            return try opening.open(for: user, in: transaction)
        }
    }

    func requireAdministration(_ user: User) throws(AccessError) {
        guard !user.isDisabled, user.role.permissions.contains(.administer) else {
            throw AccessError(.forbidden, "this needs the role Administrator; ask one")
        }
    }
}

extension AccessError {
    static let badInvitation = AccessError(
        .invalidInvitation,
        "this link is unknown, used or expired; ask for a new one (a restart of Tocsin prints one "
            + "while there is no user yet)")
}

extension RoomTransaction {
    fileprivate func insertInvitation(_ token: String, role: Role, isFirst: Bool, period: TimeSpan) throws {
        try execute("DELETE FROM access_invitation WHERE expires <= ?", [now.ticks])
        try execute(
            "INSERT INTO access_invitation (token_hash, role, is_first, expires) VALUES (?, ?, ?, ?)",
            [RandomToken.hash(token), role.rawValue, isFirst, (now + period).ticks])
    }

    /// - Throws: `AccessError` with code `conflict` when the name is taken.
    func insert(_ user: User, passwordHash: String) throws {
        guard try row("SELECT 1 FROM access_user WHERE name = ?", [user.name]) == nil else {
            throw AccessError(.conflict, field: "name", "there is a user '\(user.name)' already; take another name")
        }
        try execute(
            """
            INSERT INTO access_user (id, name, display_name, role, password_hash, is_disabled, created, last_sign_in)
            VALUES (?, ?, ?, ?, ?, 0, ?, ?)
            """,
            [
                user.id.rawValue, user.name, user.displayName, user.role.rawValue, passwordHash,
                user.createdTime.ticks, user.lastSignInTime?.ticks,
            ])
    }
}

/// The bounds of a user's texts.
enum UserField {
    static func check(name: String) throws(AccessError) {
        guard (1...128).contains(name.count), !name.contains(where: { $0.isWhitespace || $0.isNewline }) else {
            throw AccessError(
                .invalidField, field: "name", "a sign-in name has 1 to 128 characters and no blanks")
        }
    }

    static func check(displayName: String) throws(AccessError) {
        guard (1...128).contains(displayName.count) else {
            throw AccessError(.invalidField, field: "displayName", "a display name has 1 to 128 characters")
        }
    }
}

extension String {
    /// Without blanks and line breaks at either end.
    var trimmedBlanks: String {
        var rest = self[...]
        while let character = rest.first, character.isWhitespace { rest.removeFirst() }
        while let character = rest.last, character.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
