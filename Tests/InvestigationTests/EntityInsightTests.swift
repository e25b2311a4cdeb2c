import Chronology
import DuckDBStore
import EventStore
import Foundation
import Investigation
import KQLValues
import TestSupport
import Testing
import Vocabulary

struct EntityInsightTests {
    private static func file(_ query: String, id: String = "0d8ff6a1-0e15-4c0b-9c39-5d0f4c1f7d99") -> String {
        """
        id: \(id)
        name: Visits
        description: Who came.
        entityType: Host
        requires: [[HostName], [AzureID]]
        tables: [Visits]
        period: 7d
        query: |
          \(query)
        """
    }

    @Test func `a faulty file says where and what, and the others are taken`() throws {
        let insights = EntityInsights(files: [
            ("good.yaml", Self.file("Visits | where Host == Host_HostName")),
            ("kql.yaml", Self.file("Visits\n  | where (")),
            ("key.yaml", "id: 0d8ff6a1-0e15-4c0b-9c39-5d0f4c1f7d98\ncolour: red"),
            ("id.yaml", Self.file("Visits", id: "seven")),
            ("twice.yaml", Self.file("Visits")),
            ("list.yaml", "- a"),
            ("broken.yaml", "name: x\n: ["),
        ])
        #expect(insights.all.map(\.name) == ["Visits"])
        let faults = insights.faults.map(\.description)
        #expect(faults.count == 6)
        #expect(faults[0].hasPrefix("kql.yaml:10: this is not KQL"))
        #expect(faults[1].hasPrefix("key.yaml:2: there is no 'colour' here"))
        #expect(faults[2] == "id.yaml:1: 'seven' is no GUID; make one with uuidgen")
        #expect(faults[3].hasPrefix("twice.yaml:1: another file has the id"))
        #expect(faults[4].hasPrefix("list.yaml:1: write 'key: value' lines"))
        #expect(faults[5].hasPrefix("broken.yaml:"))
    }

    @Test func `an insight fits an entity that has all identifiers of a set`() throws {
        let insights = EntityInsights(files: [("good.yaml", Self.file("Visits"))])
        #expect(insights.fitting(.host, ["HostName": "a"]).count == 1)
        #expect(insights.fitting(.host, ["AzureID": "a"]).count == 1)
        #expect(insights.fitting(.host, ["NetBiosName": "a"]).isEmpty)
        #expect(insights.fitting(.account, ["HostName": "a"]).isEmpty)
    }

    @Test func `a query that fails is told of and the others answer, within the time and with the entity's values`()
        async throws
    {
        let insights = EntityInsights(files: [
            ("bad.yaml", Self.file("Nowhere | count", id: "0d8ff6a1-0e15-4c0b-9c39-5d0f4c1f7d97")),
            ("good.yaml", Self.file("Visits | where Host == Host_HostName | summarize Visits = count()")),
        ])
        let queries = QueryService(store: try await Self.store(), now: { .unixEpoch + .days(30) })
        let range = TimeRange(start: .unixEpoch + .days(8), end: .unixEpoch + .days(10))
        let asker = QueryAsker(id: "ada", name: "Ada")
        func visits(to host: String, extended: Bool) async throws -> Int64? {
            let answers = await queries.answers(
                to: insights.all, about: ["HostName": host], over: range, extended: extended, for: asker)
            let failed = try #require(answers.first { $0.insight.id.hasSuffix("97") })
            #expect(failed.table == nil && failed.problems.count == 1)
            let good = try #require(answers.first { $0.insight.id.hasSuffix("99") })
            #expect(good.problems.isEmpty && good.end == range.end)
            guard case .long(let count)? = good.table?.columns.first?[0] else { return nil }
            return count
        }
        #expect(try await visits(to: "srv", extended: false) == 2)
        #expect(try await visits(to: "srv", extended: true) == 9)
        #expect(try await visits(to: #"x" or 1 == 1"#, extended: true) == 0)
    }

    /// A visit a day.
    private static func store() async throws -> DuckDBEventStore {
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        let store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 2, readers: 10), now: { .unixEpoch })
        let schema = TableSchema([ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Host", .string)])
        let rows = (0..<20).map { day -> [Value] in
            [.datetime(.unixEpoch + .days(Int64(day)) + .hours(1)), .string("srv")]
        }
        try await store.append([EventBatch(table: "Visits", rows: Table(schema: schema, rows: rows))])
        return store
    }
}
