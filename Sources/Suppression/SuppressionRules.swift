internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

/// Where suppression rules are kept.
public struct SuppressionRules: Sendable {
    private static let mostRules = 1_000
    private static let mostConditions = 20

    let room: RoomDatabase<SuppressionFault>
    let time: TimeSource

    /// - Parameter database: opened with `SuppressionRules.migrations` among its rooms.
    public init(_ database: StateDatabase, time: TimeSource = .system) {
        room = RoomDatabase(database, time: time)
        self.time = time
    }

    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "suppression")
        migrations.add("rules") { database in
            try database.execute(
                sql: """
                    CREATE TABLE suppression_rule (
                        name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),
                        body TEXT NOT NULL,
                        modified INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        return migrations
    }()

    /// All rules, by name.
    public func all() async throws(SuppressionFault) -> [SuppressionRule] {
        try await room.reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM suppression_rule ORDER BY name").map { try Self.rule($0) }
        }
    }

    /// Nil when there is none of that name.
    public func rule(_ name: String) async throws(SuppressionFault) -> SuppressionRule? {
        try await room.reading { database in
            try Row.fetchOne(database, sql: "SELECT * FROM suppression_rule WHERE name = ?", arguments: [name])
                .map { try Self.rule($0) }
        }
    }

    /// Keeps a rule, instead of the one of that name.
    ///
    /// - Throws: `SuppressionFault` with the member at fault.
    @discardableResult
    public func save(
        _ rule: SuppressionRule, by actor: JournalActor
    ) async throws(SuppressionFault) -> SuppressionRule {
        try check(rule)
        return try await room.change { transaction in
            let count = try Int.fetchOne(transaction.database, sql: "SELECT COUNT(*) FROM suppression_rule") ?? 0
            guard count < Self.mostRules else {
                throw SuppressionFault(.invalid, nil, "there are \(Self.mostRules) suppression rules already")
            }
            try transaction.execute(
                "INSERT OR REPLACE INTO suppression_rule (name, body, modified) VALUES (?, ?, ?)",
                [rule.name, rule.stored.description, transaction.now.ticks])
            try transaction.note(.suppressionRuleSaved, subject: rule.name, by: actor, rule.stored)
            var saved = rule
            saved.modified = transaction.now
            return saved
        }
    }

    /// Removes a rule; what it dismissed stays so.
    ///
    /// - Returns: False when there is none.
    public func delete(_ name: String, by actor: JournalActor) async throws(SuppressionFault) -> Bool {
        try await room.change { transaction in
            try transaction.execute("DELETE FROM suppression_rule WHERE name = ?", [name])
            guard transaction.database.changesCount > 0 else { return false }
            try transaction.note(.suppressionRuleDeleted, subject: name, by: actor)
            return true
        }
    }

    private func check(_ rule: SuppressionRule) throws(SuppressionFault) {
        guard (2...50).contains(rule.name.count) else {
            throw SuppressionFault(.invalid, "name", "a suppression rule's name has 2 to 50 characters")
        }
        for (name, text) in [("alertType", rule.alertType), ("reason", rule.reason)] {
            guard (1...1_000).contains(text.count) else {
                throw SuppressionFault(.invalid, name, "'\(name)' is required, and at most 1000 characters long")
            }
        }
        guard rule.conditions.count <= Self.mostConditions else {
            throw SuppressionFault(
                .invalid, "suppressionAlertsScope.allOf", "a rule has at most \(Self.mostConditions) conditions")
        }
        for (place, condition) in rule.conditions.enumerated() where !condition.isKnown {
            throw SuppressionFault(
                .invalid, "suppressionAlertsScope.allOf[\(place)].field",
                "'\(condition.field)' is no field such as entities.ip.address or compromisedEntity")
        }
    }

    private static func rule(_ row: Row) throws -> SuppressionRule {
        SuppressionRule(
            name: row["name"], stored: try JSON(parsing: row["body"] as String),
            modified: Instant(ticks: row["modified"]))
    }
}

/// Why a rule was refused; nothing was changed.
public struct SuppressionFault: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        case invalid
        /// The state database failed.
        case storage
    }

    public let code: Code
    /// The member at fault.
    public let target: String?
    public let message: String

    public init(_ code: Code, _ target: String?, _ message: String) {
        self.code = code
        self.target = target
        self.message = message
    }

    public var description: String { target.map { "\($0): \(message)" } ?? message }
}

extension SuppressionFault: RoomFault {
    public static func storage(_ message: String) -> SuppressionFault { SuppressionFault(.storage, nil, message) }
}

extension JournalKind {
    public static let suppressionRuleSaved = JournalKind(room: "suppression", event: "ruleSaved")
    public static let suppressionRuleDeleted = JournalKind(room: "suppression", event: "ruleDeleted")
}
