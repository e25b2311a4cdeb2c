internal import Casebook
public import Chronology
public import EventStore
internal import JSON
public import KQL
internal import KQLValues
public import Records
internal import Sigma
internal import Vocabulary

/// What tests of rules need around them.
public struct RuleTestSurroundings: Sendable {
    /// What a log source made of raw text.
    public struct Collected: Sendable {
        public var records: RecordBatch
        public var rows: [EventBatch]
        /// Why some of the text was not understood.
        public var faults: [String]

        public init(records: RecordBatch, rows: [EventBatch], faults: [String]) {
            self.records = records
            self.rows = rows
            self.faults = faults
        }
    }

    /// The tables and saved functions that queries may name.
    public var environment: QueryEnvironment
    /// Reads raw text as a log source does; nil: the source is to be recognised.
    public var collect: @Sendable (_ text: String, _ source: String?, _ now: Instant) -> Collected

    public init(
        environment: QueryEnvironment,
        collect: @escaping @Sendable (_ text: String, _ source: String?, _ now: Instant) -> Collected
    ) {
        self.environment = environment
        self.collect = collect
    }
}

/// Runs the tests that rule files carry, in memory: queries by the real engine, alerts by what makes them of real runs.
public struct RuleTestRunner: Sendable {
    private static let limits = ExecutionLimits(rows: 1_000_000, bytes: 256 << 20, seconds: 30)

    private let surroundings: RuleTestSurroundings

    public init(_ surroundings: RuleTestSurroundings) {
        self.surroundings = surroundings
    }

    /// Runs all tests of a file. Deep queries need more stack than the cooperative threads have.
    public func run(_ file: RuleTestFile) -> [RuleTestResult] {
        let matcher = file.sigma.isEmpty ? nil : SigmaBlockMatcher(file.sigma, policy: Self.policy)
        return file.rules.flatMap { rule in
            rule.tests.map { test in
                let start = ContinuousClock.now
                var result = RuleTestResult(
                    ruleID: rule.id, ruleName: rule.name, test: test, differences: [], notes: [], seconds: 0)
                let input = TestInput(test, surroundings)
                result.differences = input.faults
                if let analytics = rule.analytics {
                    run(analytics, input, into: &result)
                } else if let matcher {
                    match(rule, matcher, input, into: &result)
                }
                result.seconds = (ContinuousClock.now - start) / .seconds(1)
                return result
            }
        }
    }

    /// Also rules that the stream leaves out for their low level can be tested.
    private static var policy: SigmaBlockMatcher.Policy {
        var policy = SigmaBlockMatcher.Policy()
        policy.lowestLevel = .informational
        return policy
    }

    // MARK: Analytics rules

    private func run(_ rule: AnalyticsRule, _ input: TestInput, into result: inout RuleTestResult) {
        let run = RuleSchedule.Run(rule.timing, endingAt: input.clock.now)
        var tables = TestTables()
        for batch in input.collected.flatMap(\.rows) { tables.add(batch, known: surroundings.environment.tables) }
        tables.add(result.test.events, input.clock, known: surroundings.environment.tables)
        result.differences += tables.faults
        guard tables.faults.isEmpty else { return }
        do {
            let rows = try rows(rule, run, tables, result.test)
            let alerts = AlertBuilder(rule, run: run).alerts(for: rows, generatedAt: input.clock.now)
            compare(alerts, into: &result)
            if !result.isPassed { result.notes += notes(rows.rowCount, tables, run) }
        } catch {
            result.differences.append(
                TestDifference("query", expected: "rows", got: "\(error)", at: rule.position))
        }
    }

    private func rows(
        _ rule: AnalyticsRule, _ run: RuleSchedule.Run, _ tables: TestTables, _ test: RuleTest
    ) throws -> Table {
        var environment = surroundings.environment
        environment.tables = WithTestTables(base: environment.tables, added: tables.added)
        if !run.isByIngestionTime {
            environment.timeRange = TimeBounds(lower: run.window.start, upper: run.window.end - TimeSpan(ticks: 1))
        }
        environment.watchlists = FixedWatchlists(
            Dictionary(test.watchlists.map { ($0.alias, $0.table) }, uniquingKeysWith: { _, last in last }))
        let start = ContinuousClock.now
        return try KQLEngine.run(
            rule.query, environment: environment,
            options: CompileOptions(now: run.nominalTime, isLenient: true), tables: tables, limits: Self.limits,
            clock: { (ContinuousClock.now - start) / .seconds(1) }
        ).table
    }

    private func notes(_ count: Int, _ tables: TestTables, _ run: RuleSchedule.Run) -> [String] {
        let window = run.isByIngestionTime ? "" : " over \(run.window.start) to \(run.window.end)"
        return ["the query gave \(count) rows\(window)"]
            + tables.counts.map { table, rows in
                let inside = tables.count(of: table, from: run.window.start, to: run.window.end)
                return run.isByIngestionTime || inside == rows
                    ? "\(table) has \(rows) rows" : "\(table) has \(rows) rows, \(inside) of them in the window"
            }
    }

    // MARK: Sigma

    private func match(
        _ rule: RuleTestFile.Rule, _ matcher: SigmaBlockMatcher, _ input: TestInput, into result: inout RuleTestResult
    ) {
        var blocks = input.collected.map {
            StreamedBlock(records: $0.records, rows: $0.rows, receivedAt: input.clock.now)
        }
        let records = TestRecords.batch(result.test.events, input.clock)
        if records.count > 0 { blocks.append(StreamedBlock(records: records, receivedAt: input.clock.now)) }
        var alerts: [NewAlert] = []
        for finding in blocks.flatMap({ matcher.findings(in: $0) }) where finding.alert.ruleID == rule.id {
            if !alerts.contains(where: { $0.id == finding.alert.id }) { alerts.append(finding.alert) }
        }
        compare(alerts, into: &result)
        if !result.isPassed {
            result.notes.append("\(blocks.reduce(0) { $0 + $1.records.count }) records were matched")
        }
    }

    private func compare(_ alerts: [NewAlert], into result: inout RuleTestResult) {
        if alerts.count != result.test.alerts {
            result.differences.append(
                TestDifference(
                    "alerts", expected: String(result.test.alerts), got: String(alerts.count),
                    at: result.test.alertsPosition))
        }
        guard let first = alerts.first else { return }
        result.differences += AlertComparison(first, result.test.expectation).differences
    }
}

/// A test's raw lines, collected, and its clock.
private struct TestInput {
    let collected: [RuleTestSurroundings.Collected]
    let clock: TestClock
    let faults: [TestDifference]

    init(_ test: RuleTest, _ surroundings: RuleTestSurroundings) {
        let arrival = test.now ?? TestClock.standard
        collected = test.lines.map { surroundings.collect($0.text, $0.source, arrival) }
        faults = zip(test.lines, collected).flatMap { lines, collected in
            collected.faults.map {
                TestDifference("lines", expected: "text that the source understands", got: $0, at: lines.position)
            }
        }
        let times = collected.flatMap(\.rows).flatMap { batch -> [Instant] in
            guard let index = batch.schema.index(of: "TimeGenerated") else { return [] }
            return (0..<batch.rowCount).compactMap { row in
                if case .datetime(let time) = batch.columns[index][row] { time } else { nil }
            }
        }
        clock = TestClock(test, collected: times)
    }
}

/// The known tables and those of a test.
private struct WithTestTables: TableCatalog {
    let base: any TableCatalog
    let added: [String: TableSchema]

    var tableNames: [String] { Set(base.tableNames).union(added.keys).sorted() }

    func schema(of table: String) -> TableSchema? { added[table] ?? base.schema(of: table) }
}

extension RuleSchedule.Run {
    /// The run of a rule whose window ends at `end`.
    init(_ timing: RuleTiming, endingAt end: Instant) {
        let period: TimeSpan =
            switch timing {
            case .scheduled(let schedule): schedule.period
            case .nearRealTime: .days(1)
            }
        self.init(
            nominalTime: end, window: TimeRange(start: end - period, end: end),
            isByIngestionTime: timing == .nearRealTime)
    }
}

extension TestWatchlist {
    /// As `_GetWatchlist` gives it: the items' columns as text, the first also as `SearchKey`.
    fileprivate var table: Table {
        var names: [String] = []
        for name in items.flatMap({ $0.members.map(\.key) }) where !names.contains(name) { names.append(name) }
        let schema = TableSchema(
            [ColumnSchema("SearchKey", .string), ColumnSchema("WatchlistItem", .dynamic)]
                + names.map { ColumnSchema($0, .string) })
        let rows = items.map { item -> [Value] in
            let cells = names.map { Value.string(item[$0]?.text ?? "") }
            let object = JSONObject(item.members.map { ($0.key, TestValue.json($0.value, number: 1)) }) { _, last in
                last
            }
            return [cells.first ?? .string(""), .dynamic(.object(object))] + cells
        }
        return Table(schema: schema, rows: rows)
    }
}
