import Chronology
import DuckDBStore
import EventStore
import Foundation
import Investigation
import JSON
import KQLValues
import TestSupport
import Testing
import Vocabulary

struct EntityActivityTests {
    private static func file(_ more: String, kind: String = "Activity") -> String {
        """
        id: 0d8ff6a1-0e15-4c0b-9c39-5d0f4c1f7d90
        name: Visits
        description: Who came.
        kind: \(kind)
        entityType: Host
        requires: [[HostName]]
        tables: [Visits]
        \(more)
        """
    }

    private static let range = TimeRange(start: .unixEpoch, end: .unixEpoch + .days(10))
    private static let asker = QueryAsker(id: "ada", name: "Ada")

    @Test func `rows that say the same are one item for each part of the time`() async throws {
        let content = EntityInsights(files: [
            (
                "a.yaml",
                Self.file(
                    """
                    title: Visit
                    content: "{{Who}} came {{ Nothing }}"
                    query: Visits | where Host == Host_HostName
                    """)
            )
        ])
        #expect(content.faults.isEmpty && content.all.isEmpty && content.activities.count == 1)
        let found = try await Self.ask(content, host: "srv")
        let items = found.items.compactMap { item in if case .activity(let activity) = item { activity } else { nil } }
        #expect(items.map(\.content) == ["ann came ", "bob came ", "ann came "])
        #expect(items.map(\.count) == [3, 2, 1])
        #expect(items.first?.bucketEnd == .unixEpoch + .days(5))
        #expect(items.first.map { $0.last - $0.first } == .hours(2))
        #expect(try await Self.ask(content, host: #"x" or 1 == 1"#).items.isEmpty)
    }

    @Test func `each row of an anomaly's query is an item, and a query that fails is told of`() async throws {
        let anomaly = """
            query: >-
              Visits | where Host == Host_HostName | take 1 | extend AnomalyTemplateName = "Odd", Tactics = "Discovery, Impact",
              AnomalyReasons = dynamic([{"Name": "FirstTime", "IsAnomalous": true, "Value": "x"}, {"Name": "No", "IsAnomalous": false}])
            """
        let content = EntityInsights(files: [
            ("a.yaml", Self.file(anomaly, kind: "Anomaly")),
            (
                "b.yaml",
                Self.file("title: T\ncontent: C\nquery: Nowhere").replacing("7d90", with: "7d91")
            ), ("c.yaml", Self.file("query: Visits", kind: "Rumour")),
        ])
        #expect(content.faults.map(\.description).first?.hasPrefix("c.yaml:4: there is no kind 'rumour'") == true)
        let found = try await Self.ask(content, host: "srv")
        guard case .anomaly(let item)? = found.items.first, found.items.count == 1 else {
            Issue.record("\(found.items)")
            return
        }
        #expect(item.name == "Odd" && item.tactics == [.discovery, .impact] && item.reasons == ["FirstTime: x"])
        #expect(found.problems.count == 1 && found.problems.first?.activity.id.hasSuffix("91") == true)
    }

    @Test func `a client's activity is read, its placeholders as parameters`() async throws {
        func properties(_ query: String) -> JSON {
            [
                "title": "Visit", "content": "{{Who}}", "inputEntityType": "Host",
                "requiredInputFieldsSets": [["Host_HostName"]], "queryDefinitions": ["query": .string(query)],
            ]
        }
        let written = try EntityActivity(entityQuery: "x", properties("Visits | where Host == '{{Host_HostName}}'"))
        let activity = try #require(written)
        #expect(activity.query == "Visits | where Host == Host_HostName")
        let queries = QueryService(store: try await Self.store(), now: { .unixEpoch + .days(30) })
        for (host, count) in [("srv", 3), ("' or true //", 0)] {
            let found = await queries.occurrences(
                of: [activity], about: ["HostName": host], over: Self.range, width: .days(5), for: Self.asker)
            #expect(found.items.count == count && found.problems.isEmpty, "\(found.problems)")
        }
        for faulty in ["Visits | where Host has 'a{{Host_HostName}}'", "Visits | where (", ""] {
            #expect(throws: InsightFault.self) { try EntityActivity(entityQuery: "x", properties(faulty)) }
        }
        var off = properties("Visits").objectValue ?? [:]
        off["enabled"] = false
        #expect(try EntityActivity(entityQuery: "x", .object(off)) == nil)
    }

    private static func ask(_ content: EntityInsights, host: String) async throws -> EntityOccurrences {
        let desk = EntityDesk(
            queries: QueryService(store: try await store(), now: { .unixEpoch + .days(30) }), insights: content,
            further: { EntityActivities() })
        return try await desk.occurrences(
            of: .host, ["HostName": host], over: range, width: .days(5), for: asker)
    }

    /// Ann on the first day thrice and on the seventh, Bob on the third.
    private static func store() async throws -> DuckDBEventStore {
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        let store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 2, readers: 4), now: { .unixEpoch })
        let schema = TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Host", .string), ColumnSchema("Who", .string),
        ])
        let visits: [(Int64, String)] = [(1, "ann"), (2, "ann"), (3, "ann"), (50, "bob"), (51, "bob"), (150, "ann")]
        let rows = visits.map { hour, who -> [Value] in
            [.datetime(.unixEpoch + .hours(hour)), .string("srv"), .string(who)]
        }
        try await store.append([EventBatch(table: "Visits", rows: Table(schema: schema, rows: rows))])
        return store
    }
}
