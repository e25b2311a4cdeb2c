internal import Chronology
internal import GRDB
internal import Vocabulary

/// Finds the incidents whose alerts a new alert belongs to.
struct AlertMatching {
    let database: Database

    /// Remembers by which entities the alert can tie others to it.
    func insertLinks(of alert: NewAlert, seq: Int64, _ grouping: SharedEntityGrouping) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO casebook_alert_link (key, finish, alert, start, identifiers)
                VALUES (?, ?, ?, ?, ?)
                """)
        for entity in grouping.ties(of: alert) {
            let text = EntityRows.text(entity.identifiers)
            for key in entity.keys.all {
                try statement.execute(arguments: [key, alert.endTime.ticks, seq, alert.startTime.ticks, text])
            }
        }
    }

    /// Incidents that hold an alert with the same key, made within `lookback` of this one.
    func candidates(ruleKey mode: GroupingMode, generated: Instant, lookback: TimeSpan) throws
        -> [AlertPlacement.Candidate]
    {
        let statement = try database.cachedStatement(
            sql: """
                SELECT DISTINCT incident FROM casebook_alert
                WHERE grouping = ? AND grouping <> '' AND generated BETWEEN ? AND ? AND incident IS NOT NULL
                """)
        let ids = try String.fetchAll(
            statement,
            arguments: [mode.text, (generated - lookback).ticks, (generated + lookback).ticks])
        return try candidates(ids, mode: mode)
    }

    /// Open incidents that hold an alert which shares an entity with this one, with no more than the window between
    /// their activities.
    func candidates(sharing alert: NewAlert, _ grouping: SharedEntityGrouping) throws -> [AlertPlacement.Candidate] {
        var ids: Set<String> = []
        for entity in grouping.ties(of: alert) {
            for key in entity.keys.all {
                let rows = try links(
                    key: key, from: alert.startTime - grouping.window, to: alert.endTime + grouping.window)
                for row in rows {
                    let id: String = row["incident"]
                    guard !ids.contains(id) else { continue }
                    let other = Entity(
                        stored: entity.kind, identifiers: try EntityRows.identifiers(row["identifiers"]))
                    if entity.matches(other) { ids.insert(id) }
                }
            }
        }
        return try candidates(ids.sorted(), mode: .sharedEntities)
    }

    private func links(key: String, from earliest: Instant, to latest: Instant) throws -> [Row] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT DISTINCT a.incident AS incident, l.identifiers AS identifiers
                FROM casebook_alert_link l
                JOIN casebook_alert a ON a.seq = l.alert
                JOIN casebook_incident i ON i.id = a.incident
                WHERE l.key = ? AND l.finish >= ? AND l.start <= ? AND i.is_open = 1
                """)
        return try Row.fetchAll(statement, arguments: [key, earliest.ticks, latest.ticks])
    }

    private func candidates(_ ids: [String], mode: GroupingMode) throws -> [AlertPlacement.Candidate] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id, number, status, is_touched, alert_count AS alerts, series
                FROM casebook_incident WHERE id = ? AND grouping = ?
                """)
        return try ids.compactMap { id in
            guard let row = try Row.fetchOne(statement, arguments: [id, mode.text]) else { return nil }
            return AlertPlacement.Candidate(
                id: IncidentID(id), number: row["number"],
                status: IncidentStatus(rawValue: row["status"]) ?? .new,
                alertCount: row["alerts"], isTouched: row["is_touched"], series: row["series"])
        }
    }
}
