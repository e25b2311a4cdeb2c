import Chronology
import Detection
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import Sigma
import StateStore
import TestSupport
import Testing
import Vocabulary

@Suite struct BehaviorRunnerTests {
    private static let start = Instant(ticks: 639_000_432_000_000_000)

    private static let behavior = BehaviorReader.read(
        """
        id: 0b8f5a9e-7f43-4f5c-9a0e-6a6a4a7b1001
        name: Many signals
        description: An account gives more signals than usual.
        destination: Anomalies
        queryFrequency: 1h
        queryPeriod: 1d
        tactics: [Discovery]
        relevantTechniques: [T1087]
        query: |
          Signals
          | where TimeGenerated >= ago(1h)
          | summarize Observed = count() by UserName
          | where Observed >= 5
          | extend Score = toint(Observed)
        entityMappings:
          - entityType: Account
            fieldMappings: [{identifier: Name, columnName: UserName}]
        version: 1.0.0
        """, file: "many.yaml")

    private let clock = RuleRunnerTests.ManualClock(Self.start)
    private let store: DuckDBEventStore
    private let database: StateDatabase

    init() async throws {
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 2, memoryLimit: "1GB", readers: 2),
            now: { Self.start })
        database = try Self.newDatabase()
        _ = try await store.ensure(
            "Anomalies",
            TableSchema([
                ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Id", .string), ColumnSchema("Score", .real),
                ColumnSchema("RuleName", .string), ColumnSchema("UserName", .string), ColumnSchema("Tactics", .string),
                ColumnSchema("EndTime", .datetime), ColumnSchema("Entities", .dynamic),
                ColumnSchema("ExtendedProperties", .dynamic),
            ]))
    }

    private static func newDatabase() throws -> StateDatabase {
        try StateDatabase.inMemory(rooms: [DetectionTables.migrations])
    }

    private func runner(_ database: StateDatabase) async throws -> BehaviorRunner {
        let runner = BehaviorRunner(
            queries: StoreRuleQueries(
                store: store, environment: { QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:])) }),
            store: store, states: RuleStates(database), time: clock.source)
        try await runner.replaceBehaviors(Self.behavior.behaviors)
        return runner
    }

    /// One signal a minute before the start, by each of the accounts in turn.
    private func addSignals(_ counts: KeyValuePairs<String, Int>) async throws {
        var rows = RowBuilder(["TimeGenerated": .datetime, "UserName": .string])
        for (name, count) in counts {
            for number in 0..<count {
                rows.add([
                    "TimeGenerated": .datetime(Self.start - .minutes(Int64(number + 1))), "UserName": .string(name),
                ])
            }
        }
        try await store.append([rows.batch("Signals")])
    }

    private func anomalies() async throws -> [[Value]] {
        let table = try await store.query(
            StoreQuery(
                "Anomalies | project UserName, Score, Tactics, EndTime, Entities, ExtendedProperties",
                environment: QueryEnvironment(catalogue: .standard, tables: store.layout),
                options: CompileOptions(now: Self.start, isLenient: false))
        ).result.table
        return (0..<table.rowCount).map { table.row($0) }
    }

    @Test func `what is unusual becomes a row with its score, its times and its entities`() async throws {
        try await addSignals(["ann": 9, "bob": 3])
        let runner = try await runner(database)
        clock.advance(by: .minutes(5))
        try await runner.runDue()
        let rows = try await anomalies()
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(row[0] == .string("ann") && row[1] == .real(1) && row[2] == .string("Discovery"))
        #expect(row[3] == .datetime(Self.start))
        #expect(row[4] == .dynamic(try JSON(parsing: #"[{"$id":"1","Type":"account","Name":"ann"}]"#)))
        #expect(row[5] == .dynamic(try JSON(parsing: #"{"Observed":9}"#)))
        #expect(await runner.statuses().map(\.rows) == [1])
    }

    @Test func `a run made again after a crash writes nothing twice`() async throws {
        try await addSignals(["ann": 9])
        let first = try await runner(database)
        // The second does not know that the first ran: its state was lost between the rows and the schedule.
        let second = try await runner(try Self.newDatabase())
        clock.advance(by: .minutes(5))
        try await first.runDue()
        try await second.runDue()
        #expect(try await anomalies().count == 1)
        #expect(await second.statuses().map(\.rows) == [0])
        #expect(await second.statuses().map(\.schedule.nextNominalTime) == [Self.start + .hours(1)])
    }

    @Test func `ordinary behaviour writes nothing and tells of its health`() async throws {
        try await addSignals(["ann": 3, "bob": 4])
        let runner = try await runner(database)
        clock.advance(by: .minutes(5))
        try await runner.runDue()
        #expect(try await anomalies().isEmpty)
        let health = try await RuleStates(database).health(of: Self.behavior.behaviors[0].id)
        #expect(health.map(\.status) == [.success])
        #expect(health.map(\.message) == ["0 results, 0 written to Anomalies"])
    }

    @Test func `windows missed are made up for, but none older than the store remembers`() async throws {
        try await addSignals(["ann": 9])
        let runner = try await runner(database)
        clock.advance(by: .days(5))
        for _ in 0..<80 { try await runner.runDue() }
        let health = try await RuleStates(database).health(of: Self.behavior.behaviors[0].id)
        #expect(health.count == 48)
        #expect(await runner.statuses().map(\.schedule.skippedRuns) == [72])
    }

    @Test func `a behaviour whose table is missing says so`() async throws {
        let runner = try await runner(database)
        clock.advance(by: .minutes(5))
        try await runner.runDue()
        let health = try await RuleStates(database).health(of: Self.behavior.behaviors[0].id)
        #expect(health.map(\.status) == [.failure])
        #expect(health.first?.message.contains("Signals") == true)
    }
}

@Suite struct BehaviorReaderTests {
    private static func findings(_ text: String) -> [RuleFinding] { BehaviorReader.read(text, file: "b.yaml").findings }

    @Test func `what is wrong with a file is told with its place`() {
        let findings = Self.findings(
            """
            id: 0b8f5a9e-7f43-4f5c-9a0e-6a6a4a7b1002
            name: Odd
            destination: Alerts
            queryFrequency: 1h
            queryPeriod: 14d
            query: T
            severity: High
            """)
        #expect(findings.map(\.code) == [.unknownField, .invalidValue])
        #expect(findings.map(\.position.line) == [7, 3])
    }

    @Test(arguments: ["queryPeriod: 30m", "queryPeriod: 400d", ""])
    func `a period that cannot be is refused`(period: String) {
        let text = """
            id: 0b8f5a9e-7f43-4f5c-9a0e-6a6a4a7b1003
            name: Odd
            destination: Anomalies
            queryFrequency: 1h
            query: T
            tactics: [Discovery]
            version: 1.0.0
            """
        let reading = BehaviorReader.read("\(text)\n\(period)\n", file: "b.yaml")
        #expect(reading.behaviors.isEmpty)
        #expect(reading.findings.contains { $0.gravity == .error && $0.message.contains("queryPeriod") })
    }

    @Test func `a query must give what its destination needs`() throws {
        let text = """
            id: 0b8f5a9e-7f43-4f5c-9a0e-6a6a4a7b1004
            name: Odd
            destination: Anomalies
            queryFrequency: 1h
            queryPeriod: 1d
            query: print UserName = "ann"
            """
        let behavior = try #require(BehaviorReader.read(text, file: "b.yaml").behaviors.first)
        let check = QueryCheck(
            behavior.query,
            environment: QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:])))
        #expect(behavior.findings(check).map(\.code) == [.queryColumn])
    }
}
