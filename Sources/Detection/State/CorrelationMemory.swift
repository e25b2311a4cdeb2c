internal import Casebook
internal import Chronology
internal import GRDB
internal import JSON
internal import Sigma
internal import StateStore

/// Keeps the hits that correlations may still need, the matches whose hits are spent, and the alerts of those that are still
/// to be recorded.
struct CorrelationMemory: Sendable {
    let database: StateDatabase
    let time: TimeSource
    /// How long hits are needed, by their own times and from when they came, in milliseconds.
    let memory: Int64

    /// Fills a fresh correlator with what was saved; what it makes of it was saved, too.
    func restore(_ correlator: inout SigmaCorrelator) async throws {
        let (matches, hits) = try await database.read { database in
            let matches = try Row.fetchAll(database, sql: "SELECT * FROM detection_correlation_match")
            let hits = try Row.fetchAll(database, sql: "SELECT * FROM detection_correlation_hit ORDER BY sequence")
            return (try matches.map { try SpentMatch($0) }, try hits.map { try Self.hit($0) })
        }
        for match in matches where match.start <= match.until {
            correlator.restore(correlation: match.correlation, group: match.group, match.start...match.until)
        }
        for hit in hits { _ = correlator.add(hit) }
    }

    /// Those of the hits whose events were not seen before.
    func unknown(_ hits: [SigmaHit]) async throws -> [SigmaHit] {
        try await database.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM detection_correlation_hit WHERE rule = ? AND event = ?")
            return try hits.filter { try Int.fetchOne(statement, arguments: [$0.rule, $0.event]) == nil }
        }
    }

    /// Saves hits and what came of them in one step: neither a hit without its match nor a match without its alert is left
    /// behind, whatever happens next.
    func save(_ hits: [SigmaHit], _ matches: [(match: SigmaCorrelationMatch, finding: StreamFinding)]) async throws {
        guard !hits.isEmpty || !matches.isEmpty else { return }
        let now = time.now()
        let oldest = now.milliseconds - memory
        try await database.write { database in
            // What correlations over a correlation are told must outlive a restart as well.
            for hit in hits + matches.map(\.match.hit) { try Self.insert(hit, now, in: database) }
            for (match, finding) in matches { try Self.insert(match, finding, now, in: database) }
            for (table, column) in [("hit", "time"), ("match", "until")] {
                try database.execute(
                    sql: """
                        DELETE FROM detection_correlation_\(table)
                        WHERE \(column) < (SELECT max(time) FROM detection_correlation_hit) - ? AND received < ?
                        """, arguments: [memory, oldest])
            }
        }
    }

    private static func insert(_ hit: SigmaHit, _ now: Instant, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO detection_correlation_hit (rule, event, time, field_values, payload, received)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [hit.rule, hit.event, hit.time, hit.valuesJSON.description, hit.payload, now.milliseconds])
    }

    private static func insert(
        _ match: SigmaCorrelationMatch, _ finding: StreamFinding, _ now: Instant, in database: Database
    ) throws {
        let group = JSON.array(match.group.map { .string($0) }).description
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO detection_correlation_match
                    (correlation, grouping, start, until, received, alert, opens_incident) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                match.correlation.header.id, group, match.start, match.until, now.milliseconds,
                finding.alert.json.description, finding.createsIncident,
            ])
    }

    /// The findings of matches that were saved but not noted as recorded.
    func unrecorded() async throws -> [StreamFinding] {
        try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT alert, opens_incident FROM detection_correlation_match
                    WHERE alert IS NOT NULL ORDER BY start
                    """
            ).map { row in
                StreamFinding(
                    alert: try NewAlert(json: JSON(parsing: row["alert"] as String)),
                    grouping: row["opens_incident"] ? .sharedEntities() : nil, events: 0)
            }
        }
    }

    /// Notes that all findings are recorded.
    func noteRecorded() async throws {
        try await database.write { database in
            try database.execute(
                sql: "UPDATE detection_correlation_match SET alert = NULL WHERE alert IS NOT NULL")
        }
    }

    private static func hit(_ row: Row) throws -> SigmaHit {
        SigmaHit(
            rule: row["rule"], time: row["time"], event: row["event"],
            values: SigmaHit.values(try JSON(parsing: row["field_values"] as String)), payload: row["payload"])
    }
}

extension Instant {
    /// Since 1970.
    fileprivate var milliseconds: Int64 { unixMicroseconds.floorDivided(by: 1_000) }
}

/// A match as it is remembered: hits of its group within these times make no other.
private struct SpentMatch {
    let correlation: String
    let group: [String]
    let start: Int64
    let until: Int64

    init(_ row: Row) throws {
        correlation = row["correlation"]
        group = try (JSON(parsing: row["grouping"] as String).arrayValue ?? []).map { $0.stringValue ?? "" }
        start = row["start"]
        until = row["until"]
    }
}
