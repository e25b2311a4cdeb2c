import Chronology
import EventStore
import EventStoreComparison
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import TestSupport
import Testing

/// The shared benchmark's queries over a small part of its data.
@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct `The benchmark's queries` {
    @Test func `give as many rows as hand-written SQL and the same rows without pushdown`() async throws {
        let file = try JSON(parsing: Data(contentsOf: SharedFolder.file("bench/queries.json")))
        let store = try OpenStore.at()
        try await BenchmarkEvents.load(into: store, rows: 6_000)
        for query in try #require(file["queries"]?.arrayValue) {
            let id = try #require(query["id"]?.stringValue)
            let text = try #require(query["kql"]?.stringValue)
            guard
                (try? KQLEngine.compile(
                    text, environment: TestEvents.query(text, store).environment,
                    options: TestEvents.query(text, store).options)) != nil
            else {
                Issue.record("\(id) does not compile")
                continue
            }
            try await expectSameAnswer(text, store, ordered: false)
            // Hand-written SQL counts distinct values only roughly in q04 and q12.
            if ["q04", "q12"].contains(id) { continue }
            let rows = try await store.query(TestEvents.query(text, store)).result.table.rowCount
            let expected = try await count(try #require(query["duckdb"]?.stringValue), file, store)
            #expect(rows == expected, "\(id)")
        }
    }

    /// The number of rows of a hand-written query, which expects DuckDB's own timestamps.
    private func count(_ sql: String, _ file: JSON, _ store: any EventStore) async throws -> Int {
        let tables = file["schema"]?.objectValue?.keys.map { name -> String in
            let parts = (store.layout.tables[name]?.segments ?? []).compactMap { segment in
                if case .table(let stored) = segment.place { "SELECT * FROM \"\(stored)\"" } else { nil }
            }
            return "\(name) AS (SELECT * REPLACE (make_timestamp((TimeGenerated - 621355968000000000) // 10) "
                + "AS TimeGenerated) FROM (\(parts.joined(separator: " UNION ALL "))))"
        }
        let query = PushedQuery(
            sql: "WITH \(try #require(tables).joined(separator: ", ")) SELECT count(*) AS c0 FROM (\(sql)) AS q",
            parameters: [], schema: TableSchema([ColumnSchema("n", .long)]), description: "hand-written")
        let table = try await store.read(seconds: 60) { session in
            try session.source.run(query, isCancelled: session.isCancelled)
        }
        guard case .long(let count) = table.row(0)[0] else { return -1 }
        return Int(count)
    }
}
