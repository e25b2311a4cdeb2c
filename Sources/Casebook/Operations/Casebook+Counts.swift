internal import Chronology
internal import GRDB
internal import Vocabulary

extension Casebook {
    /// Figures over all incidents; those that were merged into others are left out.
    public func counts() async throws(CasebookError) -> IncidentCounts {
        try await reading { database in
            let alerts = try database.cachedStatement(sql: "SELECT MAX(seq) FROM casebook_alert")
            var counts = IncidentCounts(
                byStatus: [:], openBySeverity: [:], openUnassigned: 0, openTactics: [:], closedByVerdict: [:],
                alerts: try Int.fetchOne(alerts) ?? 0)
            try countIncidents(into: &counts, database)
            let tactics = try database.cachedStatement(
                sql: "SELECT tactic, incidents FROM casebook_tactic_tally WHERE incidents > 0")
            for row in try Row.fetchAll(tactics) {
                guard let tactic = Tactic(rawValue: row["tactic"]) else { continue }
                counts.openTactics[tactic] = row["incidents"]
            }
            return counts
        }
    }

    private func countIncidents(into counts: inout IncidentCounts, _ database: Database) throws {
        var triage = (time: Int64(0), count: Int64(0))
        var closing = (time: Int64(0), count: Int64(0))
        let tally = try database.cachedStatement(
            sql: "SELECT * FROM casebook_tally WHERE is_merged = 0 AND incidents > 0")
        for row in try Row.fetchAll(tally) {
            guard let status = IncidentStatus(rawValue: row["status"]) else { continue }
            let count: Int = row["incidents"]
            counts.byStatus[status, default: 0] += count
            if status == .closed {
                if let verdict = Classification.Verdict(rawValue: row["verdict"]) {
                    counts.closedByVerdict[verdict, default: 0] += count
                }
                triage.time += row["triage_time"]
                triage.count += row["triaged"]
                closing.time += row["close_time"]
                closing.count += Int64(count)
            } else {
                counts.openBySeverity[Severity(rank: row["severity"]), default: 0] += count
                let owner: String = row["owner_kind"]
                if owner.isEmpty { counts.openUnassigned += count }
            }
        }
        if triage.count > 0 { counts.meanTimeToTriage = TimeSpan(milliseconds: triage.time / triage.count) }
        if closing.count > 0 { counts.meanTimeToClose = TimeSpan(milliseconds: closing.time / closing.count) }
    }
}

extension TimeSpan {
    fileprivate init(milliseconds: Int64) { self.init(ticks: milliseconds * 10_000) }
}
