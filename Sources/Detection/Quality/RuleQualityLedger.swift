internal import Casebook
public import Chronology
internal import GRDB
public import StateStore

/// Follows the journal and keeps, for each alert, its rule and incident, and for each incident what people made of it.
///
/// Each entry takes effect in the transaction that moves the cursor, so that a crash neither loses nor doubles
/// anything; and since all of it comes of the journal, `recompute` gives the same again.
public struct RuleQualityLedger: Sendable {
    private let database: StateDatabase
    private let reader: JournalReader
    private static let readerName = "detection.quality"

    /// - Parameter database: opened with `DetectionTables.migrations` among its rooms.
    public init(_ database: StateDatabase) {
        self.database = database
        reader = database.journal.reader(Self.readerName)
    }

    /// Follows the journal until the task is cancelled.
    public func run() async throws {
        while true { try await take(try await reader.nextBatch(settling: .milliseconds(500))) }
    }

    /// Takes in what the journal holds now.
    public func processPending() async throws {
        try await reader.drain { try await take($0) }
    }

    /// Forgets all and takes the journal in anew.
    public func recompute() async throws {
        try await database.write { database in
            try database.execute(sql: "DELETE FROM detection_quality_alert; DELETE FROM detection_quality_incident")
            try database.execute(sql: "DELETE FROM journal_reader WHERE name = ?", arguments: [Self.readerName])
        }
        try await processPending()
    }

    private func take(_ batch: [JournalEntry]) async throws {
        guard let last = batch.last else { return }
        try await database.write { database in
            let rows = QualityRows(database: database)
            for entry in batch { try rows.apply(entry) }
            try reader.acknowledge(through: last.sequence, in: database)
        }
    }

    // MARK: Reading

    /// What is known of all rules that ever raised an alert, over the last days for their rates; the noisiest first.
    public func qualities(at now: Instant, days: Int = 30) async throws -> [RuleQuality] {
        let rules = try await database.read { try QualityRows(database: $0).qualities(at: now, days: max(1, days)) }
        return rules.sorted { ($1.noisePerDay, $0.ruleID) < ($0.noisePerDay, $1.ruleID) }
    }

    /// What is known of one rule; without alerts all is 0.
    public func quality(of ruleID: String, at now: Instant, days: Int = 30) async throws -> RuleQuality {
        try await qualities(at: now, days: days).first { $0.ruleID == ruleID } ?? RuleQuality(ruleID: ruleID)
    }
}

/// The ledger's SQL.
private struct QualityRows {
    let database: Database

    func apply(_ entry: JournalEntry) throws {
        guard let event = CasebookEvent(entry) else { return }
        if let incident = event.incidentID, entry.actor.kind.isPerson {
            try execute(
                "UPDATE detection_quality_incident SET triaged = coalesce(triaged, ?) WHERE incident = ?",
                [entry.time.ticks, incident.rawValue])
        }
        switch event {
        case .alertRecorded(let id, let summary):
            try execute(
                """
                INSERT INTO detection_quality_alert (alert, rule_id, recorded, incident) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, [id.rawValue, summary.ruleID, entry.time.ticks, summary.incidentID?.rawValue])
        case .incidentCreated(let id, _):
            try execute(
                "INSERT INTO detection_quality_incident (incident, created) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [id.rawValue, entry.time.ticks])
        case .alertAdded(let incident, let alert, let changes):
            try move([alert], to: incident)
            try note(changes, of: incident)
        case .alertRemoved(let incident, let alert, let changes):
            try execute(
                "UPDATE detection_quality_alert SET incident = NULL WHERE alert = ? AND incident = ?",
                [alert.rawValue, incident.rawValue])
            try note(changes, of: incident)
        case .incidentMerged(let target, let absorbed, let alerts):
            try move(alerts, to: target)
            try forget(absorbed)
        case .incidentSplit(_, let other, let alerts), .mergeUndone(_, let other, let alerts):
            try move(alerts, to: other)
        case .incidentUpdated(let incident, let changes): try note(changes, of: incident)
        case .incidentDeleted(let incident, _): try forget(incident)
        default: break
        }
    }

    private func move(_ alerts: [AlertID], to incident: IncidentID) throws {
        for alert in alerts {
            try execute(
                "UPDATE detection_quality_alert SET incident = ? WHERE alert = ?",
                [incident.rawValue, alert.rawValue])
        }
    }

    private func forget(_ incident: IncidentID) throws {
        try execute("UPDATE detection_quality_alert SET incident = NULL WHERE incident = ?", [incident.rawValue])
        try execute("DELETE FROM detection_quality_incident WHERE incident = ?", [incident.rawValue])
    }

    private func note(_ changes: [FieldChange], of incident: IncidentID) throws {
        guard let change = changes.last(where: { $0.field == .classification }) else { return }
        let classification = Classification.allPairs.first { $0.description == change.new }
        try execute(
            "UPDATE detection_quality_incident SET verdict = ?, reason = ? WHERE incident = ?",
            [classification?.verdict.rawValue, classification?.reason?.rawValue, incident.rawValue])
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    // MARK: Reading

    func qualities(at now: Instant, days: Int) throws -> [RuleQuality] {
        let start = now - .days(Int64(days))
        var rules: [String: RuleQuality] = [:]
        let totals = try Row.fetchAll(
            database,
            sql: """
                SELECT rule_id, COUNT(*) AS alerts, MIN(recorded) AS first, MAX(recorded) AS last
                FROM detection_quality_alert WHERE rule_id <> '' GROUP BY rule_id
                """)
        for row in totals {
            var quality = RuleQuality(ruleID: row["rule_id"])
            quality.alerts = row["alerts"]
            quality.lastAlert = Instant(ticks: row["last"])
            let age = now - max(start, Instant(ticks: row["first"]))
            quality.days = min(Double(days), max(1, age.seconds / 86_400))
            quality.alertsByDay = Array(repeating: 0, count: days)
            rules[quality.ruleID] = quality
        }
        try countDays(from: start, to: now, days: days, into: &rules)
        try countVerdicts(into: &rules)
        try measureTriage(into: &rules)
        return Array(rules.values)
    }

    private func countDays(
        from start: Instant, to now: Instant, days: Int, into rules: inout [String: RuleQuality]
    ) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT rule_id, (recorded - ?1) / 864000000000 AS day, COUNT(*) AS alerts
                FROM detection_quality_alert WHERE recorded >= ?1 AND recorded <= ?2 AND rule_id <> ''
                GROUP BY rule_id, day
                """, arguments: [start.ticks, now.ticks])
        for row in rows {
            let day = min(max(0, row["day"] as Int), days - 1)
            let count: Int = row["alerts"]
            rules[row["rule_id"]]?.alertsByDay[day] += count
            rules[row["rule_id"]]?.recentAlerts += count
        }
    }

    private func countVerdicts(into rules: inout [String: RuleQuality]) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT a.rule_id AS rule_id, i.verdict AS verdict, COUNT(DISTINCT i.incident) AS incidents
                FROM detection_quality_alert a JOIN detection_quality_incident i ON i.incident = a.incident
                GROUP BY a.rule_id, i.verdict
                """)
        for row in rows {
            let count: Int = row["incidents"]
            if let verdict = (row["verdict"] as String?).flatMap(Classification.Verdict.init(rawValue:)) {
                rules[row["rule_id"]]?.verdicts[verdict] = count
            } else {
                rules[row["rule_id"]]?.openIncidents = count
            }
        }
    }

    private func measureTriage(into rules: inout [String: RuleQuality]) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT a.rule_id AS rule_id, i.incident, i.triaged - i.created AS ticks
                FROM detection_quality_alert a JOIN detection_quality_incident i ON i.incident = a.incident
                WHERE i.triaged IS NOT NULL ORDER BY ticks
                """)
        var times: [String: [Int64]] = [:]
        for row in rows { times[row["rule_id"], default: []].append(row["ticks"]) }
        for (rule, ticks) in times {
            let middle = ticks.count / 2
            let median = ticks.count % 2 == 1 ? ticks[middle] : (ticks[middle - 1] + ticks[middle]) / 2
            rules[rule]?.timeToTriage = TimeSpan(ticks: median)
        }
    }
}

extension JournalActor.Kind {
    /// Someone looked: a person, or a program that a person works with.
    fileprivate var isPerson: Bool { self == .user || self == .application }
}
