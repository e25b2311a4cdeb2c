internal import GRDB
internal import JSON
internal import Sigma
internal import StateStore

/// Keeps the hits that correlations may still need and the matches whose hits are spent.
struct CorrelationMemory: Sendable {
    let database: StateDatabase
    /// Hits so much older than the newest one, in milliseconds, are forgotten.
    let memory: Int64

    /// Fills a fresh correlator with what was saved; what it makes of it was told before.
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

    /// Saves what a block brought, once its alerts are recorded.
    func save(_ hits: [SigmaHit], _ matches: [SigmaCorrelationMatch]) async throws {
        guard !hits.isEmpty || !matches.isEmpty else { return }
        try await database.write { database in
            for hit in hits {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO detection_correlation_hit (rule, event, time, field_values, payload)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [hit.rule, hit.event, hit.time, Self.json(hit.values).description, hit.payload])
            }
            for match in matches {
                let group = JSON.array(match.group.map { .string($0) }).description
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO detection_correlation_match (correlation, grouping, start, until)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [match.correlation.header.id, group, match.start, match.until])
            }
            for (table, column) in [("hit", "time"), ("match", "until")] {
                try database.execute(
                    sql: """
                        DELETE FROM detection_correlation_\(table)
                        WHERE \(column) < (SELECT max(time) FROM detection_correlation_hit) - ?
                        """, arguments: [2 * memory])
            }
        }
    }

    private static func json(_ values: [String: String]) -> JSON {
        var object = JSONObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        return .object(object)
    }

    private static func hit(_ row: Row) throws -> SigmaHit {
        let values = try JSON(parsing: row["field_values"] as String).objectValue ?? [:]
        var texts: [String: String] = [:]
        for (name, value) in values { texts[name] = value.stringValue }
        return SigmaHit(
            rule: row["rule"], time: row["time"], event: row["event"], values: texts, payload: row["payload"])
    }
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
