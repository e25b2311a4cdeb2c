import Casebook
import Chronology
import Detection
import EventStore
import KQL
import KQLFunctions
import KQLValues
import Records
import StateStore
import Testing
import Vocabulary

/// Rules whose queries take too much, beside one that does not.
@Suite struct ExplodingRuleTests {
    private static let start = Instant(ticks: 639_000_000_000_000_000)
    private static let seconds = 5.0

    private static let rows = Table(
        schema: TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("User", .string),
            ColumnSchema("_IngestionTime", .datetime),
        ]),
        rows: [[.datetime(start - .minutes(1)), .string("ann"), .datetime(start - .minutes(1))]])

    private static let queries = StoreRuleQueries(
        store: MemoryStore(name: "Signals", rows: rows),
        environment: { QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:])) },
        limits: ExecutionLimits(rows: 200_000, bytes: 32 << 20, seconds: seconds))

    private static func rule(_ id: String, _ query: String) -> AnalyticsRule {
        AnalyticsRule(
            id: id, name: id, severity: .medium, query: query,
            timing: .scheduled(.init(frequency: .minutes(5), period: .hours(2))))
    }

    @Test(arguments: [
        "range a from 1 to 100000 step 1 | extend k = 1 "
            + "| join kind=inner (range b from 1 to 100000 step 1 | extend k = 1) on k",
        "Signals | mv-expand a = range(1, 1000) | mv-expand b = range(1, 1000) | mv-expand c = range(1, 1000)",
        "range a from 1 to 1000000000000 step 1 | summarize make_list(a)",
        "Signals | extend a = repeat(strrep('x', 1000), 1600) | mv-expand b = range(1, 1000) | extend c = tostring(a)",
        "union (range a from 1 to 150000 step 1), (range a from 1 to 150000 step 1) | sort by a asc | extend p = prev(a)",
    ])
    func `a query that explodes fails in time with an error that says why`(query: String) async throws {
        let run = RuleSchedule.Run(nominalTime: Self.start + .minutes(5), timing: Self.rule("x", query).timing)
        let began = ContinuousClock.now
        let error = try await #require(throws: RuleQueryError.self) { _ = try await Self.queries.run(query, run) }
        // On a busy machine the limit of time may be met before that of memory.
        #expect(error.isPermanent != (error.code == "execution.timeout"), "\(error)")
        #expect(["limit", "more than", "longer than"].contains { error.message.contains($0) }, "\(error)")
        #expect(ContinuousClock.now - began < .seconds(2 * Self.seconds))
    }

    @Test func `a rule that explodes hurts itself only: it fails, is told of and disabled while the others go on`()
        async throws
    {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let clock = RuleRunnerTests.ManualClock(Self.start)
        let runner = RuleRunner(
            queries: Self.queries, casebook: Casebook(database: database, time: clock.source),
            states: RuleStates(database), time: clock.source)
        let greedy = "Signals | mv-expand a = range(1, 1000) | mv-expand b = range(1, 1000)"
        try await runner.replaceRules([Self.rule("modest", "Signals | project User"), Self.rule("greedy", greedy)])
        for _ in 0..<12 {
            clock.advance(by: .minutes(5))
            try await runner.runDue()
        }
        let statuses = await runner.statuses()
        #expect(statuses.map { [$0.id: $0.isEnabled] } == [["greedy": false], ["modest": true]])
        #expect(statuses.first?.rule.name == "AUTO DISABLED greedy")
        #expect(statuses.first?.rule.description.contains("execution.row-limit") == true)
        let health = try await RuleStates(database).health(of: "greedy")
        #expect(health.count == 10)
        #expect(health.first?.status == .disabled)
        #expect(health.first?.message.contains("execution.row-limit") == true)
        let others = try await RuleStates(database).health(of: "modest")
        #expect(others.count >= 11 && others.allSatisfy { $0.status == .success && $0.alerts == 1 })
    }

    @Test func `a rule that explodes on an event leaves the stream and fails in its run; others go on in the stream`()
        async throws
    {
        let matcher = KQLBlockMatcher()
        let visible = Table(
            schema: TableSchema(Array(Self.rows.schema.columns.prefix(2))), rows: [Array(Self.rows.row(0).prefix(2))])
        let greedy = Self.rule(
            "greedy", "Signals | mv-expand a = range(1, 1000) to typeof(long) | mv-expand b = range(1, 1000)")
        let modest = Self.rule("modest", "Signals | project TimeGenerated, User")
        let environment = QueryEnvironment(
            catalogue: .standard, tables: FixedTableCatalog(["Signals": visible.schema]))
        matcher.replace([greedy, modest], environment: environment)
        #expect(matcher.streamedRules == ["greedy", "modest"])
        let block = StreamedBlock(
            records: RecordBatch(), rows: [EventBatch(table: "Signals", rows: visible)],
            receivedAt: Self.start + .minutes(2))
        for _ in 0..<2 { #expect(matcher.findings(in: block).map(\.alert.ruleID) == ["modest"]) }
        #expect(matcher.streamedRules == ["modest"])
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let clock = RuleRunnerTests.ManualClock(Self.start)
        let runner = RuleRunner(
            queries: Self.queries, casebook: Casebook(database: database, time: clock.source),
            states: RuleStates(database), time: clock.source,
            streamed: StreamedRuns(matcher, store: MemoryStore(name: "Signals", rows: Self.rows)))
        try await runner.replaceRules([greedy, modest])
        clock.advance(by: .minutes(10))
        try await runner.runDue()
        let health = try await RuleStates(database).health(of: "greedy")
        #expect(health.first?.status == .failure)
        #expect(health.first?.message.contains("execution.row-limit") == true)
        #expect(try await RuleStates(database).health(of: "modest").first?.status == .success)
    }
}
