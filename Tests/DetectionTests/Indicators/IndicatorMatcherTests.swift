import Casebook
import Chronology
import Detection
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import Logging
import Records
import StateStore
import TestSupport
import Testing
import ThreatIntelligence
import Vocabulary

@Suite struct IndicatorMatcherTests {
    private static let now = Instant(ticks: 639_000_000_000_000_000)

    private static func database() throws -> StateDatabase {
        try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
    }

    private static func events() throws -> DuckDBEventStore {
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        return try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 1, readers: 2), now: { now })
    }

    private static func rows(_ table: String, _ columns: [(String, [String])], at time: Instant = now) -> EventBatch {
        let count = columns.first?.1.count ?? 0
        let schema = TableSchema(
            [ColumnSchema("TimeGenerated", .datetime)] + columns.map { ColumnSchema($0.0, .string) })
        let values: [[Value]] = (0..<count).map { row in
            [.datetime(time)] + columns.map { .string($0.1[row]) }
        }
        return EventBatch(table: table, rows: Table(schema: schema, rows: values))
    }

    private static func block(_ batches: EventBatch...) -> StreamedBlock {
        StreamedBlock(records: RecordBatch(), rows: batches, receivedAt: now)
    }

    private static func indicators(_ csv: String) -> [Indicator] {
        IndicatorReader(.init(source: "feed", now: now - .days(1))).read(csv).indicators
    }

    private static func matcher(_ store: IndicatorStore, _ csv: String) async throws -> IndicatorMatcher {
        try await store.save(indicators(csv))
        let matcher = IndicatorMatcher()
        try await matcher.refresh(from: store)
        return matcher
    }

    @Test func `columns of any table are matched, and matches of one hour are one alert`() async throws {
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        let matcher = try await Self.matcher(store, "value,confidence\n203.0.113.7,90\nevil.example,50\n")
        let findings = matcher.findings(
            in: Self.block(
                Self.rows(
                    "CommonSecurityLog",
                    [
                        ("DestinationIP", ["203.0.113.7", "203.0.113.7", "203.0.113.8"]),
                        ("SourceHostName", ["ws1", "ws1", "ws1"]), ("DeviceAction", ["allow", "allow", "allow"]),
                    ]),
                Self.rows("DnsEvents", [("Name", ["x"]), ("Computer", ["dc1"])]),
                Self.rows("Odd_CL", [("remote_domain_s", ["a.evil.example"]), ("Computer", ["ws2"])])))
        #expect(findings.count == 2)
        #expect(findings.map(\.events) == [2, 1])
        let first = try #require(findings.first)
        #expect(first.alert.severity == .high)
        #expect(first.alert.compromisedEntity == "ws1")
        #expect(first.alert.entities.contains(Entity(kind: .ip, identifiers: ["Address": "203.0.113.7"])))
        #expect(first.alert.extendedProperties["Matched Column"] == "DestinationIP")
        #expect(findings.last?.alert.severity == .medium)
    }

    @Test func `what was blocked weighs less`() async throws {
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        let matcher = try await Self.matcher(store, "value,confidence\n203.0.113.7,75\n")
        let findings = matcher.findings(
            in: Self.block(
                Self.rows("CommonSecurityLog", [("DestinationIP", ["203.0.113.7"]), ("DeviceAction", ["Denied"])])))
        #expect(findings.map(\.alert.severity) == [.low])
        #expect(findings.first?.createsIncident == false)
    }

    @Test func `expired, revoked, removed and allowed values do not match`() async throws {
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        let expired = (Self.now - .hours(1)).description
        let matcher = try await Self.matcher(
            store,
            "value,valid_until,revoked,id\n203.0.113.1,\(expired),,\n203.0.113.2,,true,\n203.0.113.3,,,indicator--3\n203.0.113.4,,,\n"
        )
        try await store.allow(try Observable(detecting: "203.0.113.4/32"), reason: "ours")
        let block = Self.block(
            Self.rows("T_CL", [("SrcIp", ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"])]))
        try await matcher.refresh(from: store)
        #expect(matcher.findings(in: block).map { $0.alert.providerAlertID } == ["indicator--3"])
        #expect(try await store.delete("indicator--3"))
        try await matcher.refresh(from: store)
        #expect(matcher.findings(in: block).isEmpty)
        matcher.isEnabled = false
        #expect(matcher.findings(in: block).isEmpty)
    }

    @Test func `an indicator that changes is matched in its new form only`() async throws {
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        let matcher = try await Self.matcher(store, "value,id\na.example,indicator--1\n")
        try await store.save(Self.indicators("value,id\nb.example,indicator--1\n"))
        try await matcher.refresh(from: store)
        let block = Self.block(Self.rows("T_CL", [("DestinationHost", ["a.example", "b.example"])]))
        #expect(matcher.findings(in: block).map { $0.alert.extendedProperties["Indicator Value"] } == ["b.example"])
        #expect(matcher.indicatorCount == 1)
    }

    @Test func `a pattern of two values needs both in one event`() async throws {
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        let matcher = try await Self.matcher(
            store, "pattern\n[ipv4-addr:value = '203.0.113.7' AND domain-name:value = 'evil.example']\n")
        func findings(_ name: String, _ address: String) -> Int {
            matcher.findings(
                in: Self.block(Self.rows("T_CL", [("HttpHost", [name]), ("DstIpAddr", [address])]))
            ).count
        }
        #expect(findings("evil.example", "203.0.113.7") == 1)
        #expect(findings("evil.example", "203.0.113.8") == 0)
        #expect(findings("good.example", "203.0.113.7") == 0)
    }

    @Test func `the same rows in other blocks give the same alerts`() async throws {
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        let matcher = try await Self.matcher(store, "evil.example\n")
        let one = Self.rows("T_CL", [("Url", ["http://evil.example/a"]), ("Computer", ["h"])])
        let two = Self.rows("T_CL", [("Url", ["http://evil.example/b"]), ("Computer", ["h"])])
        let ids = matcher.findings(in: Self.block(one, two)).map(\.alert.id)
        #expect(ids.count == 1)
        #expect(matcher.findings(in: Self.block(two)).map(\.alert.id) == ids)
    }

    @Test func `history is searched for a new indicator, once, and goes on where it was`() async throws {
        let database = try Self.database()
        let casebook = Casebook(database: database, time: .fixed(Self.now))
        let events = try Self.events()
        var batches: [EventBatch] = []
        for day in 0..<40 {
            let name = day % 10 == 3 ? "www.evil.example" : "good\(day).example"
            batches.append(
                Self.rows(
                    "DnsEvents", [("QueryName", [name]), ("Computer", ["h\(day)"])], at: Self.now - .days(Int64(day))))
        }
        try await events.append(batches)
        let store = IndicatorStore(database, time: .fixed(Self.now))
        try await store.save(Self.indicators("value,valid_from\nevil.example,2020-01-01T00:00:00Z\n"))
        let matcher = IndicatorMatcher()
        func sweep() -> IndicatorSweep {
            IndicatorSweep(
                store: events, indicators: store, matcher: matcher,
                detector: StreamDetector([matcher], casebook: casebook),
                environment: { QueryEnvironment(catalogue: .standard, tables: StoreLayout()) },
                time: .fixed(Self.now), logger: Logger(label: "test"))
        }
        #expect(try await sweep().processPending() == 3)
        #expect(try await sweep().processPending() == 0)
        #expect(try await casebook.alerts().map(\.content.compromisedEntity).sorted() == ["h13", "h23", "h3"])
        // A network cannot be filtered by words, and is found all the same.
        try await store.save(Self.indicators("value,valid_from\n198.51.100.0/24,2020-01-01T00:00:00Z\n"))
        try await events.append([Self.rows("T_CL", [("SrcIpAddr", ["198.51.100.9"])], at: Self.now - .hours(2))])
        #expect(try await sweep().processPending() == 1)
    }

    @Test func `indicators are rows in which rules find them`() async throws {
        let events = try Self.events()
        let store = IndicatorStore(try Self.database(), time: .fixed(Self.now))
        try await store.save(Self.indicators("value,confidence\n203.0.113.7,90\nevil.example,\n"))
        let publisher = IndicatorPublisher(indicators: store, store: events, time: .fixed(Self.now))
        #expect(try await publisher.publishDue() == 2)
        #expect(try await publisher.publishDue() == 0)
        let environment = QueryEnvironment(catalogue: .standard, tables: events.layout)
        let query = """
            ThreatIntelligenceIndicator | summarize arg_max(TimeGenerated, *) by IndicatorId
            | where Active == true and ExpirationDateTime > now() and isnotempty(NetworkIP)
            | join kind=inner (ThreatIntelIndicators | where IsActive and ObservableKey == "ipv4-addr:value") on $left.NetworkIP == $right.ObservableValue
            | project NetworkIP, ConfidenceScore, Confidence
            """
        let result = try await events.query(
            StoreQuery(query, environment: environment, options: CompileOptions(now: Self.now)))
        #expect(result.result.table.rowCount == 1)
        #expect(result.result.table.columns.map { $0[0].text } == ["203.0.113.7", "90", "90"])
    }
}
