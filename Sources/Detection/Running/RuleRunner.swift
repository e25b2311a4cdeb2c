public import Casebook
public import Chronology
internal import KQLValues
public import Logging
public import StateStore
public import Vocabulary

/// Runs analytics rules when they are due and records their alerts.
///
/// A run's alerts are recorded before the schedule is saved. After a crash between the two the run is made again and
/// its alerts, which have the same identifiers, change nothing.
public actor RuleRunner {
    /// A rule with what is known of it.
    public struct Status: Sendable, Identifiable {
        public var rule: AnalyticsRule
        public var isEnabled: Bool
        public var schedule: RuleSchedule
        /// Alerts raised so far.
        public var alerts: Int
        /// How its last run came by the rows of its look-back, in words; nil where there is nothing to choose.
        public var reading: String?
        public var id: String { rule.id }
    }

    private let queries: any RuleQueries
    private let casebook: Casebook
    private let states: RuleStates
    private let time: TimeSource
    private let policy: RuleSchedule.Policy
    private let mostAtOnce: Int
    private let logger: Logger
    private let onHealth: @Sendable (RuleHealth) async -> Void
    private let streamed: StreamedRuns?
    private let isInTrial: @Sendable (String) -> Bool

    private var rules: [String: AnalyticsRule] = [:]
    private var known: [String: RuleStates.State] = [:]
    private var isLoaded = false
    /// Rules whose last run took long; they wait for each other, not the others for them.
    private var slow: Set<String> = []

    /// Which rules are run.
    public enum Lane: Sendable {
        case all
        /// Those whose last run was quick.
        case quick
        /// Those whose last run took long.
        case slow
    }

    private static let slowSeconds = 10.0

    /// - Parameters:
    ///   - mostAtOnce: How many queries run side by side.
    ///   - streamed: How rules that are matched in the stream make their runs.
    ///   - isInTrial: Whether the alerts of a rule, by its id, open no incidents yet.
    ///   - onHealth: Told of each run, after it was saved.
    public init(
        queries: any RuleQueries, casebook: Casebook, states: RuleStates, time: TimeSource = .system,
        policy: RuleSchedule.Policy = RuleSchedule.Policy(), mostAtOnce: Int = 2,
        streamed: StreamedRuns? = nil, logger: Logger = Logger(label: "tocsin.detection"),
        isInTrial: @escaping @Sendable (String) -> Bool = { _ in false },
        onHealth: @escaping @Sendable (RuleHealth) async -> Void = { _ in }
    ) {
        self.queries = queries
        self.casebook = casebook
        self.states = states
        self.time = time
        self.policy = policy
        self.mostAtOnce = max(1, mostAtOnce)
        self.streamed = streamed
        self.logger = logger
        self.onHealth = onHealth
        self.isInTrial = isInTrial
    }

    /// Takes these rules instead of the present ones. A rule that was known goes on with its schedule.
    public func replaceRules(_ rules: [AnalyticsRule]) async throws {
        try await load()
        self.rules = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let now = time.now()
        for rule in rules where known[rule.id] == nil {
            known[rule.id] = RuleStates.State(
                schedule: RuleSchedule(startingAt: now + place(of: rule, among: rules.count)), isEnabled: nil, alerts: 0
            )
        }
        muteDisabledRules()
    }

    private func muteDisabledRules() {
        let disabled = rules.values.filter { status($0)?.isEnabled == false }
        streamed?.mute(Set(disabled.map(\.id)))
    }

    /// How long after the others a new rule starts, so that thousands of rules do not all run at the same instant.
    private func place(of rule: AnalyticsRule, among count: Int) -> TimeSpan {
        let frequency =
            if case .scheduled(let schedule) = rule.timing { schedule.frequency } else { TimeSpan.minutes(1) }
        let spread = min(frequency.ticks, Int64(count - 1) * policy.startInterval.ticks)
        guard spread > 0 else { return .zero }
        return TimeSpan(ticks: Int64(StableIdentifier.number(rule.id) % UInt64(spread)))
    }

    /// All rules by name, with their state.
    public func statuses() -> [Status] {
        rules.values.sorted { $0.name < $1.name }.compactMap { status($0) }
    }

    /// Enables or disables a rule. Enabling one that failures disabled starts its schedule anew.
    public func setEnabled(_ isEnabled: Bool, rule id: String) async throws {
        guard var state = known[id] else { return }
        if isEnabled && (state.schedule.isDisabledByFailures || state.isEnabled == false) {
            state.schedule.restart(at: time.now())
        }
        state.isEnabled = isEnabled
        known[id] = state
        muteDisabledRules()
        try await states.setEnabled(isEnabled, of: id, schedule: state.schedule)
    }

    /// Makes all runs that are due, at most `mostAtOnce` at a time; gives the instant when the next one is due.
    @discardableResult
    public func runDue(_ lane: Lane = .all) async throws -> Instant {
        try await load()
        var due: [(AnalyticsRule, RuleSchedule.Run)] = []
        var next = time.now() + .minutes(1)
        for rule in rules.values.sorted(by: { $0.id < $1.id }) {
            guard lane == .all || (lane == .slow) == slow.contains(rule.id) else { continue }
            guard var state = known[rule.id], state.isEnabled ?? rule.isEnabled else { continue }
            switch state.schedule.next(at: time.now(), timing: rule.timing, policy: policy) {
            case .run(let run): due.append((rule, run))
            case .wait(let until): next = min(next, until)
            case .disabled: break
            }
            known[rule.id] = state
        }
        guard !due.isEmpty else { return next }
        try await make(due.sorted { $0.1.nominalTime < $1.1.nominalTime })
        return time.now()
    }

    /// Runs a rule over a window of one's choice and records its alerts; the schedule stays as it is.
    ///
    /// - Returns: nil when there is no such rule.
    public func run(rule id: String, _ run: RuleSchedule.Run) async throws -> RuleHealth? {
        guard let rule = rules[id] else { return nil }
        let outcome = await attempt(rule, run)
        var health = outcome.health(
            of: rule, run, at: time.now(), status: outcome.error == nil ? .success : .failure)
        health.isManual = true
        try await states.note(health)
        await onHealth(health)
        return health
    }

    /// Runs a rule by hand as its schedule would run it with that nominal time.
    public func run(rule id: String, nominalTime: Instant) async throws -> RuleHealth? {
        guard let rule = rules[id] else { return nil }
        return try await run(rule: id, RuleSchedule.Run(nominalTime: nominalTime, timing: rule.timing))
    }

    /// Runs a rule by hand over each window of its schedule whose nominal time lies in a range: the windows that were
    /// missed, because the rule was disabled or its data came later than its runs.
    public func rerun(rule id: String, _ range: TimeRange) async throws -> [RuleHealth]? {
        guard let rule = rules[id], let state = known[id] else { return nil }
        var outcomes: [RuleHealth] = []
        for time in state.schedule.nominalTimes(in: range, timing: rule.timing) {
            guard !Task.isCancelled, let health = try await run(rule: id, nominalTime: time) else { break }
            outcomes.append(health)
        }
        return outcomes
    }

    /// Runs rules until the task is cancelled; those that take long run beside the others, one at a time.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.run(.quick) }
            group.addTask { await self.run(.slow) }
        }
    }

    private func run(_ lane: Lane) async {
        while !Task.isCancelled {
            do {
                let next = try await runDue(lane)
                let wait = min(max((next - time.now()).seconds, 0.05), 5)
                try await Task.sleep(for: .seconds(wait))
            } catch is CancellationError {
                return
            } catch {
                logger.error("rules could not be run", metadata: ["error": "\(error)"])
                // A cancelled sleep ends the loop above.
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }

    private func load() async throws {
        guard !isLoaded else { return }
        let stored = try await states.all()
        guard !isLoaded else { return }
        known.merge(stored) { _, stored in stored }
        isLoaded = true
    }

    private func status(_ rule: AnalyticsRule) -> Status? {
        known[rule.id].map {
            Status(
                rule: $0.schedule.isDisabledByFailures ? rule.marked($0.schedule.failureCode) : rule,
                isEnabled: ($0.isEnabled ?? rule.isEnabled) && !$0.schedule.isDisabledByFailures,
                schedule: $0.schedule, alerts: $0.alerts, reading: $0.reading)
        }
    }

    private func make(_ due: [(AnalyticsRule, RuleSchedule.Run)]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (rule, run)) in due.enumerated() {
                if index >= mostAtOnce { try await group.next() }
                group.addTask { try await self.makeAndSave(rule, run) }
            }
            try await group.waitForAll()
        }
    }

    private func makeAndSave(_ rule: AnalyticsRule, _ run: RuleSchedule.Run) async throws {
        let outcome = await attempt(rule, run)
        if Task.isCancelled { return }
        let now = time.now()
        guard var state = known[rule.id] else { return }
        let status = state.schedule.conclude(
            run, error: outcome.error, raisedAlert: outcome.alerts > 0, suppression: rule.suppression, at: now,
            timing: rule.timing, policy: policy)
        state.alerts += outcome.newAlerts
        if outcome.error == nil { state.reading = outcome.chosenReading }
        known[rule.id] = state
        if status == .disabled { muteDisabledRules() }
        let health = outcome.health(of: rule, run, at: now, status: status)
        if health.seconds > Self.slowSeconds { slow.insert(rule.id) } else { slow.remove(rule.id) }
        try await states.save(
            state.schedule, of: rule.id, alerts: outcome.newAlerts, reading: state.reading, health: health)
        await onHealth(health)
    }

    /// Runs the query and records the alerts; never throws, so that one rule's failure is its own.
    private func attempt(_ rule: AnalyticsRule, _ run: RuleSchedule.Run) async -> RunOutcome {
        let clock = ContinuousClock()
        let began = clock.now
        var outcome = RunOutcome()
        do {
            for finding in try await findings(rule, run, &outcome) {
                outcome.alerts += 1
                if try await record(finding) { outcome.newAlerts += 1 }
            }
        } catch let error as RuleQueryError {
            outcome.error = error
        } catch {
            outcome.error = RuleQueryError(code: "casebook", message: "\(error)", isPermanent: false)
        }
        outcome.duration = clock.now - began
        return outcome
    }
}

extension RuleRunner {
    /// What a run finds: by the matching of the stream for rules that are matched there, else by the rule's query.
    private func findings(
        _ rule: AnalyticsRule, _ run: RuleSchedule.Run, _ outcome: inout RunOutcome
    ) async throws(RuleQueryError) -> [StreamFinding] {
        if let found = try await streamed?.findings(of: rule, run, at: time.now()) {
            outcome.results = found.reduce(0) { $0 + $1.events }
            return found
        }
        let result = try await queries.run(rule.query, run)
        outcome.results = result.rows.rowCount
        outcome.reading = result.reading
        let alerts = AlertBuilder(rule, run: run).alerts(
            for: result.rows, generatedAt: time.now(), tables: result.tables)
        return alerts.map { alert in
            StreamFinding(
                alert: alert, grouping: rule.incident.createsIncident ? rule.incident.grouping : nil,
                events: alert.evidence.count)
        }
    }

    /// Records an alert; gives whether it is new. One that would add nothing takes no transaction.
    private func record(_ finding: StreamFinding) async throws -> Bool {
        if finding.grows, let id = finding.alert.id, let known = try await casebook.alert(id),
            known.content.grown(by: finding.alert) == known.content
        {
            return false
        }
        return try await casebook.record(
            finding.alert, grouping: finding.grouping ?? .sharedEntities(),
            createIncident: finding.createsIncident && !isInTrial(finding.alert.ruleID), growing: finding.grows,
            by: .room("Detection")
        ).isNew
    }
}

extension AnalyticsRule {
    /// The rule as it is shown once failures have disabled it.
    fileprivate func marked(_ failure: String?) -> AnalyticsRule {
        var rule = self
        rule.name = "AUTO DISABLED \(name)"
        rule.description +=
            "\n\nThe rule was disabled after failing again and again: \(failure ?? "unknown"). Its health rows say more; "
            + "enable it when the cause is gone."
        return rule
    }
}

/// What one attempt at a run gave.
private struct RunOutcome {
    var results = 0
    var alerts = 0
    var newAlerts = 0
    var reading: LookBackReading?
    var error: RuleQueryError?
    var duration = Duration.zero

    func health(
        of rule: AnalyticsRule, _ run: RuleSchedule.Run, at now: Instant, status: RuleHealth.Status
    ) -> RuleHealth {
        let told = chosenReading.map { "; \($0)" } ?? ""
        let message =
            error.map { "\($0.code): \($0.message)" } ?? "\(results) results, \(newAlerts) new alerts\(told)"
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        var health = RuleHealth(
            time: now, ruleID: rule.id, ruleName: rule.name, status: status, message: message, window: run.window,
            results: results, alerts: newAlerts, seconds: seconds)
        health.kind = rule.timing.kind
        health.reading = reading
        return health
    }

    /// What was read, where there was something to choose.
    var chosenReading: String? {
        reading.flatMap { $0 == .whole(.onlyWay) ? nil : "\($0)" }
    }
}
