internal import Chronology
internal import GRDB
public import StateStore
internal import Vocabulary

/// Where rules' schedules, switches and health are kept.
public struct RuleStates: Sendable {
    /// What is known of one rule.
    public struct State: Sendable, Hashable {
        public var schedule: RuleSchedule
        /// What a person chose; nil: as the rule's file says.
        public var isEnabled: Bool?
        /// Alerts raised so far.
        public var alerts: Int
        /// How its last run came by the rows of its look-back, in words; nil where there is nothing to choose.
        public var reading: String?
    }

    private static let healthRowsKept = 100_000
    private let database: StateDatabase

    /// - Parameter database: opened with `DetectionTables.migrations` among its rooms.
    public init(_ database: StateDatabase) {
        self.database = database
    }

    /// The states of all rules that ever ran, by rule id.
    public func all() async throws -> [String: State] {
        try await database.read { database in
            var states: [String: State] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT * FROM detection_rule") {
                states[row["rule_id"]] = State(
                    schedule: RuleSchedule(row), isEnabled: row["is_enabled"], alerts: row["alerts"],
                    reading: row["reading"])
            }
            return states
        }
    }

    /// Keeps a rule's schedule, adding `alerts` to its count, together with the health row of the run that changed it.
    func save(
        _ schedule: RuleSchedule, of ruleID: String, alerts: Int, reading: String? = nil, health: RuleHealth?
    ) async throws {
        try await database.write { database in
            try Self.write(schedule, of: ruleID, in: database)
            try database.execute(
                sql: """
                    UPDATE detection_rule SET alerts = alerts + ?1, reading = ?2
                    WHERE rule_id = ?3 AND (?1 > 0 OR reading IS NOT ?2)
                    """, arguments: [alerts, reading, ruleID])
            if let health { try Self.insert(health, in: database) }
        }
    }

    /// Enables or disables a rule; nil goes back to what its file says.
    func setEnabled(_ isEnabled: Bool?, of ruleID: String, schedule: RuleSchedule) async throws {
        try await database.write { database in
            try Self.write(schedule, of: ruleID, in: database)
            try database.execute(
                sql: "UPDATE detection_rule SET is_enabled = ? WHERE rule_id = ?", arguments: [isEnabled, ruleID])
        }
    }

    /// Keeps a run's outcome that changes no schedule.
    func note(_ health: RuleHealth) async throws {
        try await database.write { database in try Self.insert(health, in: database) }
    }

    /// The last runs of a rule, or of all, the newest first.
    public func health(of ruleID: String? = nil, limit: Int = 100) async throws -> [RuleHealth] {
        try await database.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM detection_health WHERE ?1 IS NULL OR rule_id = ?1 ORDER BY id DESC LIMIT ?2",
                arguments: [ruleID, limit])
            return rows.map { RuleHealth($0) }
        }
    }

    private static func write(_ schedule: RuleSchedule, of ruleID: String, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO detection_rule (rule_id, next_nominal_time, ingested_until, suppressed_until, attempt,
                    retry_time, failure_code, failures_in_row, skipped_runs, is_disabled_by_failures)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (rule_id) DO UPDATE SET next_nominal_time = excluded.next_nominal_time,
                    ingested_until = excluded.ingested_until, suppressed_until = excluded.suppressed_until,
                    attempt = excluded.attempt, retry_time = excluded.retry_time,
                    failure_code = excluded.failure_code, failures_in_row = excluded.failures_in_row,
                    skipped_runs = excluded.skipped_runs,
                    is_disabled_by_failures = excluded.is_disabled_by_failures
                """,
            arguments: [
                ruleID, schedule.nextNominalTime.ticks, schedule.ingestedUntil.ticks, schedule.suppressedUntil?.ticks,
                schedule.attempt, schedule.retryTime?.ticks, schedule.failureCode, schedule.failuresInRow,
                schedule.skippedRuns, schedule.isDisabledByFailures,
            ])
    }

    private static func insert(_ health: RuleHealth, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO detection_health (time, rule_id, rule_name, status, message, window_start, window_end,
                    results, alerts, seconds, kind, is_manual) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                health.time.ticks, health.ruleID, health.ruleName, health.status.rawValue, health.message,
                health.window.start.ticks, health.window.end.ticks, health.results, health.alerts, health.seconds,
                health.kind, health.isManual,
            ])
        let newest = database.lastInsertedRowID
        if newest % 1_000 == 0 {
            try database.execute(
                sql: "DELETE FROM detection_health WHERE id <= ?", arguments: [newest - Int64(healthRowsKept)])
        }
    }
}

extension RuleSchedule {
    fileprivate init(_ row: Row) {
        self.init(startingAt: Instant(ticks: row["next_nominal_time"]))
        ingestedUntil = Instant(ticks: row["ingested_until"])
        suppressedUntil = (row["suppressed_until"] as Int64?).map { Instant(ticks: $0) }
        attempt = row["attempt"]
        retryTime = (row["retry_time"] as Int64?).map { Instant(ticks: $0) }
        failureCode = row["failure_code"]
        failuresInRow = row["failures_in_row"]
        skippedRuns = row["skipped_runs"]
        isDisabledByFailures = row["is_disabled_by_failures"]
    }
}

extension RuleHealth {
    fileprivate init(_ row: Row) {
        self.init(
            time: Instant(ticks: row["time"]), ruleID: row["rule_id"], ruleName: row["rule_name"],
            status: Status(rawValue: row["status"]) ?? .failure, message: row["message"],
            window: TimeRange(
                start: Instant(ticks: row["window_start"]), end: Instant(ticks: row["window_end"])),
            results: row["results"], alerts: row["alerts"], seconds: row["seconds"])
        kind = row["kind"]
        isManual = row["is_manual"]
    }
}
