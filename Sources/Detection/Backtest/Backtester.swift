public import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import Records
internal import Sigma
public import Vocabulary

/// Replays a rule over the events that are stored. Nothing is recorded.
public struct Backtester: Sendable {
    /// Bounds of one back-test; at a bound the report says so.
    public struct Limits: Sendable, Hashable {
        public var runs = 50_000
        public var alerts = 20_000
        public var seconds = 1_800.0
        /// Rows that a Sigma rule is matched on at a time, roughly.
        public var rowsAtOnce = 50_000

        public init() {}
    }

    private let queries: any RuleQueries
    private let history: EventHistory
    private let casebook: Casebook
    private let limits: Limits

    public init(queries: any RuleQueries, history: EventHistory, casebook: Casebook, limits: Limits = Limits()) {
        self.queries = queries
        self.history = history
        self.casebook = casebook
        self.limits = limits
    }

    /// Replays a rule over a range. When the task is cancelled, the report tells of what was done until then.
    ///
    /// - Parameter onProgress: told now and then which share of the range is done, 0 to 1.
    public func run(
        _ rule: KnownRule, over range: TimeRange, onProgress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> BacktestReport {
        var replay = Replay(rule, range, limits, onProgress)
        do {
            switch rule.logic {
            case .analytics(let analytics): try await replayRuns(analytics, &replay)
            case .sigma(let sigma): try await match(sigma, &replay)
            }
        } catch is CancellationError {
            replay.report.incompleteReason = "cancelled"
        }
        var report = replay.finished()
        // What was found is held against the casebook even when the back-test was cut short.
        try await KnownIncidents(casebook, over: range).compare(replay.alerts, into: &report)
        return report
    }

    // MARK: Analytics rules

    private func replayRuns(_ rule: AnalyticsRule, _ replay: inout Replay) async throws {
        var activity = TableActivity()
        let lookback = BacktestWindows.lookback(rule.timing)
        let whole = TimeRange(start: replay.range.start - lookback, end: replay.range.end)
        for table in try await history.tables(of: [rule.query])[0] {
            activity.add(table, try await history.hours(of: table, in: whole))
        }
        replay.note(activity)
        var windows = BacktestWindows(rule.timing, suppression: rule.suppression, over: replay.range)
        var emptyGivesNothing: Bool?
        while let run = windows.next() {
            try Task.checkCancellation()
            if replay.isOverBounds() { return }
            let isEmpty = activity.isEmpty(in: run.window)
            if isEmpty, emptyGivesNothing == true {
                replay.report.cost.emptyWindows += 1
                windows.passed(run, raisedAlert: false)
                continue
            }
            let found = await alerts(rule, run, &replay)
            if isEmpty, emptyGivesNothing == nil { emptyGivesNothing = found?.isEmpty }
            var raised = found ?? []
            if rule.timing == .nearRealTime, !raised.isEmpty {
                raised = []
                for minute in windows.minutes(of: run) where !activity.isEmpty(in: minute.window) {
                    try Task.checkCancellation()
                    raised += await alerts(rule, minute, &replay) ?? []
                }
            }
            replay.add(raised)
            windows.passed(run, raisedAlert: !raised.isEmpty)
            replay.progress(to: run.window.end)
        }
    }

    /// The alerts of one run; nil when its query failed.
    private func alerts(_ rule: AnalyticsRule, _ run: RuleSchedule.Run, _ replay: inout Replay) async -> [NewAlert]? {
        let start = ContinuousClock.now
        defer { replay.noteRun((ContinuousClock.now - start) / .seconds(1)) }
        do {
            let result = try await queries.run(rule.query, run)
            replay.report.cost.results += result.rows.rowCount
            return AlertBuilder(rule, run: run).alerts(
                for: result.rows, generatedAt: run.nominalTime, tables: result.tables)
        } catch {
            replay.fail(error.message)
            return nil
        }
    }

    // MARK: Sigma

    private func match(_ rule: SigmaRule, _ replay: inout Replay) async throws {
        var policy = SigmaBlockMatcher.Policy()
        policy.lowestLevel = .informational
        policy.mostFindingsPerBlock = limits.alerts
        let matcher = SigmaBlockMatcher([rule], policy: policy)
        let wanted = SigmaTables.names(for: rule.logSource)
        var activity = TableActivity()
        for table in history.eventTables where wanted?.contains(table) ?? true {
            activity.add(table, try await history.hours(of: table, in: replay.range))
        }
        replay.note(activity)
        for part in activity.parts(of: replay.range, rowsAtOnce: limits.rowsAtOnce) {
            for table in activity.tables(in: part) {
                try Task.checkCancellation()
                if replay.isOverBounds() { return }
                await match(matcher, table, part, &replay)
            }
            replay.progress(to: part.end)
        }
    }

    private func match(
        _ matcher: SigmaBlockMatcher, _ table: String, _ range: TimeRange, _ replay: inout Replay
    ) async {
        let start = ContinuousClock.now
        defer { replay.noteRun((ContinuousClock.now - start) / .seconds(1)) }
        do {
            let rows = try await history.rows(of: table, in: range)
            var reader = RecordReader()
            reader.feed(StoredRecords.lines(of: rows))
            reader.finish()
            while let block = reader.next() ?? reader.flush() {
                let found = matcher.findings(in: StreamedBlock(records: block.records, receivedAt: range.end))
                replay.report.cost.results += found.reduce(0) { $0 + $1.events }
                replay.add(found.map(\.alert))
            }
        } catch {
            replay.fail("\(error)")
        }
    }
}

/// A back-test on its way.
private struct Replay {
    let range: TimeRange
    var report: BacktestReport
    private(set) var alerts: [NewAlert] = []
    private var seen: Set<AlertID> = []
    private var rowsByDay: [Instant: Int] = [:]
    private let limits: Backtester.Limits
    private let start = ContinuousClock.now
    private let onProgress: @Sendable (Double) -> Void
    private static let mostFailures = 10
    private static let mostSamples = 100
    private static let mostEntities = 20

    init(
        _ rule: KnownRule, _ range: TimeRange, _ limits: Backtester.Limits,
        _ onProgress: @escaping @Sendable (Double) -> Void
    ) {
        self.range = range
        self.limits = limits
        self.onProgress = onProgress
        report = BacktestReport(rule: rule, range: range)
    }

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    mutating func note(_ activity: TableActivity) {
        report.tables = activity.totals(in: range).map { BacktestReport.TableRows(table: $0.table, rows: $0.rows) }
        rowsByDay = activity.days(in: range)
    }

    mutating func add(_ found: [NewAlert]) {
        for alert in found {
            guard alerts.count < limits.alerts else { return }
            if let id = alert.id, !seen.insert(id).inserted { continue }
            alerts.append(alert)
        }
    }

    mutating func noteRun(_ seconds: Double) {
        report.cost.runs += 1
        report.cost.slowestRunSeconds = max(report.cost.slowestRunSeconds, seconds)
    }

    mutating func fail(_ message: String) {
        report.cost.failedRuns += 1
        if report.failures.count < Self.mostFailures, !report.failures.contains(message) {
            report.failures.append(message)
        }
    }

    /// Whether a bound is reached, which ends the back-test.
    mutating func isOverBounds() -> Bool {
        if report.cost.runs >= limits.runs {
            report.incompleteReason = "more than \(limits.runs) runs; take a shorter range"
        } else if alerts.count >= limits.alerts {
            report.incompleteReason = "more than \(limits.alerts) alerts"
        } else if seconds >= limits.seconds {
            report.incompleteReason = "it took more than \(Int(limits.seconds)) s; take a shorter range"
        }
        return report.incompleteReason != nil
    }

    func progress(to instant: Instant) {
        onProgress(min(1, max(0, (instant - range.start).seconds / max(1, range.duration.seconds))))
    }

    /// The entities that most alerts name; what people call alike counts as one.
    private func namedEntities() -> [BacktestReport.NamedEntity] {
        var named: [String: BacktestReport.NamedEntity] = [:]
        for alert in alerts {
            var seen: Set<String> = []
            for entity in alert.entities {
                let name = "\(entity.kind.rawValue) \(entity.friendlyName.lowercased())"
                guard seen.insert(name).inserted else { continue }
                named[name, default: BacktestReport.NamedEntity(entity: entity, alerts: 0)].alerts += 1
            }
        }
        let ranked = named.sorted { ($1.value.alerts, $0.key) < ($0.value.alerts, $1.key) }
        return ranked.prefix(Self.mostEntities).map(\.value)
    }

    func finished() -> BacktestReport {
        var report = report
        report.alerts = alerts.count
        report.cost.seconds = seconds
        var byDay: [Instant: Int] = [:]
        for alert in alerts { byDay[alert.generatedTime.startOfDay, default: 0] += 1 }
        var day = range.start.startOfDay
        while day < range.end {
            report.days.append(BacktestReport.Day(start: day, alerts: byDay[day] ?? 0, rows: rowsByDay[day] ?? 0))
            day = day + .days(1)
        }
        report.entities = namedEntities()
        report.samples = alerts.prefix(Self.mostSamples).map { alert in
            BacktestReport.Sample(
                title: alert.displayName, severity: alert.severity, start: alert.startTime,
                entities: alert.entities.prefix(10).map { "\($0.kind.rawValue) \($0.friendlyName)" }, incidents: [])
        }
        return report
    }
}

extension Instant {
    /// Midnight, UTC, of this instant's day.
    var startOfDay: Instant {
        let day = TimeSpan.days(1).ticks
        return Instant(ticks: ticks.floorDivided(by: day) * day)
    }
}

extension BacktestWindows {
    /// How far the first window reaches back beyond the range.
    static func lookback(_ timing: RuleTiming) -> TimeSpan {
        switch timing {
        case .scheduled(let schedule): schedule.period
        case .nearRealTime: .zero
        }
    }
}
