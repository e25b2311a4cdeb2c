internal import Casebook
internal import Chronology
internal import KQL
internal import KQLFunctions
internal import KQLValues
internal import Synchronization
internal import Vocabulary

/// An analytics rule whose query is decided event by event.
///
/// Its events are counted in the windows `[k·f, (k+1)·f)` of the rule's frequency f since year 1 (a minute for NRT rules), by
/// `TimeGenerated`. So the stream, the schedule and a repeated run all make the same alerts of the same events, whatever
/// blocks they come in and whenever the rule was started.
final class KQLStreamRule: Sendable {
    let rule: AnalyticsRule
    let query: RowwiseQuery
    /// Per input, what its rows pass; nil: all rows must be looked at.
    let covers: [RowCover?]
    let tables: [String]
    private let step: TimeSpan
    private let memory = Mutex(Memory())

    private static let timeColumn = ColumnSchema("TimeGenerated", .datetime)

    /// Nil when the rule has to wait for its schedule: its query looks at several events together, it does not compile, or
    /// what it raises hangs on the number of results or on earlier runs.
    init?(_ rule: AnalyticsRule, environment: QueryEnvironment) {
        guard rule.timing.trigger == RuleTrigger(.greaterThan, 0), rule.suppression == nil,
            !rule.query.contains("ingestion_time")
        else { return nil }
        var options = CompileOptions(now: .unixEpoch, isLenient: true)
        options.keepsNow = true
        // A rule whose query does not compile is told of by its scheduled run.
        guard let compiled = try? KQLEngine.compile(rule.query, environment: environment, options: options),
            compiled.results.count == 1, !compiled.primary.isOpen, let query = RowwiseQuery(compiled.primary.plan),
            query.inputs.allSatisfy({ input in
                environment.tables.schema(of: input.table)?.columns.contains(Self.timeColumn) == true
            })
        else { return nil }
        self.rule = rule
        self.query = query
        covers = query.inputs.map { RowCover($0.conditions + $0.consequences) }
        tables = Set(query.inputs.map(\.table)).sorted()
        step =
            switch rule.timing {
            case .scheduled(let schedule): schedule.frequency
            case .nearRealTime: .minutes(1)
            }
    }

    /// The rows of an input that meet its conditions, with when they happened.
    struct Rows {
        /// Exactly the input's columns.
        var table: Table
        var times: [Instant?]

        mutating func append(_ other: Rows) {
            for index in table.columns.indices { table.columns[index].append(contentsOf: other.table.columns[index]) }
            table.rowCount += other.table.rowCount
            times += other.times
        }
    }

    /// What some rows of the inputs lead to, window by window.
    ///
    /// - Throws: when the query fails on these rows or takes too much.
    func findings(of rows: [Rows], at now: Instant) throws(ExecutionError) -> [StreamFinding] {
        var byWindow: [Int64: [[Int]]] = [:]
        for (input, rows) in rows.enumerated() {
            for (row, time) in rows.times.enumerated() {
                guard let time else { continue }
                let number = time.ticks.floorDivided(by: step.ticks)
                byWindow[number, default: Array(repeating: [], count: query.inputs.count)][input].append(row)
            }
        }
        return try findings(of: rows, byWindow.sorted { $0.key < $1.key }[...], at: now)
    }

    /// What some windows lead to. Most rows lead to nothing, which is seen by looking at all of them at once; only where
    /// there is something is it looked for in fewer windows.
    private func findings(
        of rows: [Rows], _ windows: ArraySlice<(key: Int64, value: [[Int]])>, at now: Instant
    ) throws(ExecutionError) -> [StreamFinding] {
        guard let (number, chosen) = windows.first else { return [] }
        if windows.count == 1 {
            let window = TimeRange(
                start: Instant(ticks: number * step.ticks), end: Instant(ticks: (number + 1) * step.ticks))
            return findings(in: window, try results(of: rows, chosen, at: window.end), at: now)
        }
        if !query.dependsOnNow {
            let all = query.inputs.indices.map { input in windows.flatMap { $0.value[input] } }
            // What is too much at once may not be too much in parts.
            if let together = try? results(of: rows, all, at: now), together.rowCount == 0 { return [] }
        }
        let middle = windows.startIndex + windows.count / 2
        return try findings(of: rows, windows[..<middle], at: now) + findings(of: rows, windows[middle...], at: now)
    }

    /// What the query gives for chosen rows of each input.
    private func results(of rows: [Rows], _ chosen: [[Int]], at now: Instant) throws(ExecutionError) -> Table {
        let tables = zip(rows, chosen).enumerated().map { input, pair in
            met(pair.0.table.gather(pair.1), by: query.inputs[input])
        }
        return try StreamExecution.run(query.plan(over: tables), at: now)
    }

    /// The rows that meet an input's conditions, as far as these do not hang on the present.
    func filtered(
        _ table: Table, times: [Instant?], by input: RowwiseQuery.Input
    ) throws(ExecutionError) -> Rows {
        let steady = input.conditions.filter { !$0.dependsOnNow }
        // The times are one column more, which the conditions pass on.
        var timed = table
        timed.schema.columns.append(ColumnSchema("", .datetime))
        timed.columns.append(.datetime(Vector(times.map { $0?.ticks }, filler: 0)))
        var met = try StreamExecution.run(
            steady.reduce(Plan.values(timed)) { .filter(Filter(input: $0, predicate: $1)) }, at: .unixEpoch)
        met.schema.columns.removeLast()
        guard case .datetime(let kept)? = met.columns.popLast() else { return Rows(table: table.gather([]), times: []) }
        return Rows(table: met, times: kept.instants)
    }

    private func met(_ table: Table, by input: RowwiseQuery.Input) -> Plan {
        input.conditions.filter(\.dependsOnNow).reduce(Plan.values(table)) { .filter(Filter(input: $0, predicate: $1)) }
    }

    private func findings(in window: TimeRange, _ results: Table, at now: Instant) -> [StreamFinding] {
        let run = RuleSchedule.Run(nominalTime: window.end, window: window, isByIngestionTime: false)
        let most = AlertBuilder.mostAlerts(of: rule) - 1
        let alerts = AlertBuilder(rule, run: run).partialAlerts(for: results, generatedAt: now, tables: tables) {
            content in
            memory.withLock { $0.standsAlone(content, in: window.start, most: most) }
        }
        return alerts.map { alert in
            StreamFinding(
                alert: alert, grouping: rule.incident.createsIncident ? rule.incident.grouping : nil,
                events: alert.evidence.count, grows: true)
        }
    }

    /// Which results of the latest windows have alerts of their own.
    private struct Memory {
        private var contents: [Instant: Set<String>] = [:]
        private static let mostWindows = 64

        mutating func standsAlone(_ content: String, in window: Instant, most: Int) -> Bool {
            if contents[window]?.contains(content) == true { return true }
            guard contents[window, default: []].count < most else { return false }
            contents[window, default: []].insert(content)
            if contents.count > Self.mostWindows, let oldest = contents.keys.min() { contents[oldest] = nil }
            return true
        }
    }
}
