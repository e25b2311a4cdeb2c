public import Chronology
internal import GRDB
internal import JSON
public import StateStore
internal import Synchronization

/// Whether a rule's alerts open incidents.
public enum RuleStage: String, Sendable, Hashable, CaseIterable {
    /// Alerts are recorded, to be looked at; they open no incidents.
    case trial = "Trial"
    case active = "Active"

    /// Reads a stage in any letter case.
    public init?(lenient text: some StringProtocol) {
        let wanted = text.lowercased()
        guard let stage = RuleStage.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = stage
    }
}

/// Keeps which rules are in trial. Asked whenever an alert is recorded, so the answer is held in memory.
public final class RuleStages: Sendable {
    /// Where a rule stands, since when and why.
    public struct Standing: Sendable, Hashable {
        public var stage: RuleStage
        public var since: Instant
        /// Who decided, by name.
        public var by: String
        public var reason: String
    }

    private let database: StateDatabase
    private let time: TimeSource
    private let standings: Mutex<[String: Standing]>

    /// - Parameter database: opened with `DetectionTables.migrations` among its rooms.
    public init(_ database: StateDatabase, time: TimeSource = .system) async throws {
        self.database = database
        self.time = time
        standings = Mutex(
            try await database.read { database in
                let rows = try Row.fetchAll(database, sql: "SELECT * FROM detection_stage")
                return Dictionary(
                    rows.map { ($0["rule_id"], Standing($0)) }, uniquingKeysWith: { _, last in last })
            })
    }

    /// Rules that nobody enrolled are active.
    public func isInTrial(_ ruleID: String) -> Bool {
        standings.withLock { $0[ruleID]?.stage == .trial }
    }

    public func standing(of ruleID: String) -> Standing? { standings.withLock { $0[ruleID] } }

    /// The ids of the rules in trial, in order.
    public var inTrial: [String] {
        standings.withLock { $0.filter { $0.value.stage == .trial }.keys.sorted() }
    }

    /// Notes rules that are seen for the first time: those that were added go into trial, those that ship are active.
    ///
    /// The rules that an installation begins with are active, whoever brought them: they moved in together.
    ///
    /// - Parameter usesTrial: false: all are active.
    public func enroll(_ rules: [KnownRule], usesTrial: Bool) async throws {
        let new = standings.withLock { known in rules.filter { known[$0.id] == nil } }
        guard !new.isEmpty else { return }
        let isFirst = standings.withLock(\.isEmpty)
        let now = time.now()
        let decided = new.map { rule -> (rule: KnownRule, standing: Standing) in
            let isInTrial = usesTrial && !isFirst && !rule.isShipped
            let reason =
                if isInTrial { "new" } else if rule.isShipped { "ships with Tocsin" } else if isFirst {
                    "there at the beginning"
                } else { "trials are switched off" }
            return (rule, Standing(stage: isInTrial ? .trial : .active, since: now, by: "Detection", reason: reason))
        }
        try await write(decided, by: .room("Detection")) { $0.stage == .trial }
    }

    /// Promotes a rule out of its trial, or sends it back into one; who and why is written into the journal.
    ///
    /// - Returns: false when the rule stands there already.
    @discardableResult
    public func set(
        _ stage: RuleStage, of rule: KnownRule, reason: String, by actor: JournalActor
    ) async throws -> Bool {
        guard (standing(of: rule.id)?.stage ?? .active) != stage else { return false }
        let standing = Standing(stage: stage, since: time.now(), by: actor.name, reason: reason)
        try await write([(rule, standing)], by: actor) { _ in true }
        return true
    }

    private func write(
        _ decided: [(rule: KnownRule, standing: Standing)], by actor: JournalActor,
        isNoted: @escaping @Sendable (Standing) -> Bool
    ) async throws {
        try await database.write { [database] connection in
            for (rule, standing) in decided {
                try connection.cachedStatement(
                    sql: """
                        INSERT INTO detection_stage (rule_id, stage, since, decided_by, reason) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (rule_id) DO UPDATE SET stage = excluded.stage, since = excluded.since,
                            decided_by = excluded.decided_by, reason = excluded.reason
                        """
                ).execute(arguments: [
                    rule.id, standing.stage.rawValue, standing.since.ticks, standing.by, standing.reason,
                ])
                guard isNoted(standing) else { continue }
                try database.journal.append(
                    JournalDraft(
                        time: standing.since, kind: .ruleStageChanged, subject: rule.id, actor: actor,
                        payload: [
                            "ruleName": .string(rule.name), "stage": .string(standing.stage.rawValue),
                            "reason": .string(standing.reason),
                        ]), in: connection)
            }
        }
        standings.withLock { known in
            for (rule, standing) in decided { known[rule.id] = standing }
        }
    }
}

extension RuleStages.Standing {
    fileprivate init(_ row: Row) {
        self.init(
            stage: RuleStage(rawValue: row["stage"]) ?? .active, since: Instant(ticks: row["since"]),
            by: row["decided_by"], reason: row["reason"])
    }
}

extension JournalKind {
    /// A rule went into trial or out of it.
    public static let ruleStageChanged = JournalKind(room: "detection", event: "ruleStageChanged")
}
