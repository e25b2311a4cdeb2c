internal import Chronology
internal import GRDB
internal import Vocabulary

extension Casebook {
    /// Figures over all incidents; those that were merged into others are left out.
    public func counts() async throws(CasebookError) -> IncidentCounts {
        try await reading { database in
            var counts = IncidentCounts(
                byStatus: [:], openBySeverity: [:], openUnassigned: 0, openTactics: [:], closedByVerdict: [:],
                alerts: try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM casebook_alert") ?? 0)
            try countIncidents(into: &counts, database)
            try countTactics(into: &counts, database)
            let means = try Row.fetchOne(
                database,
                sql: """
                    SELECT AVG(first_modified - created) AS triage, AVG(closed - created) AS close
                    FROM casebook_incident WHERE status = 'Closed' AND merged_into IS NULL
                    """)
            counts.meanTimeToTriage = (means?["triage"] as Double?).map { TimeSpan(ticks: Int64($0)) }
            counts.meanTimeToClose = (means?["close"] as Double?).map { TimeSpan(ticks: Int64($0)) }
            return counts
        }
    }

    private func countIncidents(into counts: inout IncidentCounts, _ database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT status, severity, verdict, SUM(owner_kind = '') AS unassigned, COUNT(*) AS count
                FROM casebook_incident WHERE merged_into IS NULL GROUP BY status, severity, verdict
                """)
        for row in rows {
            guard let status = IncidentStatus(rawValue: row["status"]) else { continue }
            let count: Int = row["count"]
            counts.byStatus[status, default: 0] += count
            if status == .closed {
                if let verdict = (row["verdict"] as String?).flatMap(Classification.Verdict.init(rawValue:)) {
                    counts.closedByVerdict[verdict, default: 0] += count
                }
            } else {
                counts.openBySeverity[Severity(rank: row["severity"]), default: 0] += count
                counts.openUnassigned += row["unassigned"] as Int
            }
        }
    }

    private func countTactics(into counts: inout IncidentCounts, _ database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT a.incident AS incident, a.tactics AS tactics FROM casebook_alert a
                JOIN casebook_incident i ON i.id = a.incident WHERE i.is_open = 1 AND a.tactics <> ''
                """)
        var tactics: [String: Set<Tactic>] = [:]
        for row in rows { tactics[row["incident"], default: []].formUnion(AlertRows.tactics(row["tactics"])) }
        for tactic in tactics.values.joined() { counts.openTactics[tactic, default: 0] += 1 }
    }
}
