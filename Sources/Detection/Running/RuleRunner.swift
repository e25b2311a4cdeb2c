public import Casebook
public import Chronology
internal import KQLValues
public import Logging
public import StateStore
internal import Vocabulary

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

    private var rules: [String: AnalyticsRule] = [:]
    private var known: [String: RuleStates.State] = [:]
    private var isLoaded = false

    /// - Parameters:
    ///   - mostAtOnce: How many queries run side by side.
    ///   - onHealth: Told of each run, after it was saved.
    public init(
        queries: any RuleQueries, casebook: Casebook, states: RuleStates, time: TimeSource = .system,
        policy: RuleSchedule.Policy = RuleSchedule.Policy(), mostAtOnce: Int = 2,
        logger: Logger = Logger(label: "tocsin.detection"),
        onHealth: @escaping @Sendable (RuleHealth) async -> Void = { _ in }
    ) {
        self.queries = queries
        self.casebook = casebook
        self.states = states
        self.time = time
        self.policy = policy
        self.mostAtOnce = max(1, mostAtOnce)
        self.logger = logger
        self.onHealth = onHealth
    }

    /// Takes these rules instead of the present ones. A rule that was known goes on with its schedule.
    public func replaceRules(_ rules: [AnalyticsRule]) async throws {
        try await load()
        self.rules = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for rule in rules where known[rule.id] == nil {
            known[rule.id] = RuleStates.State(
                schedule: RuleSchedule(startingAt: time.now()), isEnabled: nil, alerts: 0)
        }
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
        try await states.setEnabled(isEnabled, of: id, schedule: state.schedule)
    }

    /// Makes all runs that are due, at most `mostAtOnce` at a time; gives the instant when the next one is due.
    @discardableResult
    public func runDue() async throws -> Instant {
        try await load()
        var due: [(AnalyticsRule, RuleSchedule.Run)] = []
        var next = time.now() + .minutes(1)
        for rule in rules.values.sorted(by: { $0.id < $1.id }) {
            guard var state = known[rule.id], state.isEnabled ?? rule.isEnabled else { continue }
            switch state.schedule.next(at: time.now(), timing: rule.timing, policy: policy) {
            case .run(let run): due.append((rule, run))
            case .wait(let until): next = min(next, until)
            case .disabled: break
            }
            known[rule.id] = state
        }
        guard !due.isEmpty else { return next }
        try await make(due)
        return time.now()
    }

    /// Runs a rule over a window of one's choice and records its alerts; the schedule stays as it is.
    public func run(rule id: String, _ run: RuleSchedule.Run) async throws -> RuleHealth? {
        guard let rule = rules[id] else { return nil }
        let outcome = await attempt(rule, run)
        return outcome.health(of: rule, run, at: time.now(), status: outcome.error == nil ? .success : .failure)
    }

    /// Runs rules until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                let next = try await runDue()
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
                rule: rule, isEnabled: ($0.isEnabled ?? rule.isEnabled) && !$0.schedule.isDisabledByFailures,
                schedule: $0.schedule, alerts: $0.alerts)
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
        known[rule.id] = state
        let health = outcome.health(of: rule, run, at: now, status: status)
        try await states.save(state.schedule, of: rule.id, alerts: outcome.newAlerts, health: health)
        await onHealth(health)
    }

    /// Runs the query and records the alerts; never throws, so that one rule's failure is its own.
    private func attempt(_ rule: AnalyticsRule, _ run: RuleSchedule.Run) async -> RunOutcome {
        let clock = ContinuousClock()
        let began = clock.now
        var outcome = RunOutcome()
        do {
            let result = try await queries.run(rule.query, run)
            outcome.results = result.rows.rowCount
            let alerts = AlertBuilder(rule, run: run).alerts(
                for: result.rows, generatedAt: time.now(), tables: result.tables)
            for alert in alerts {
                let recorded = try await casebook.record(
                    alert, grouping: rule.incident.grouping, createIncident: rule.incident.createsIncident,
                    by: .room("Detection"))
                outcome.alerts += 1
                if recorded.isNew { outcome.newAlerts += 1 }
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

/// What one attempt at a run gave.
private struct RunOutcome {
    var results = 0
    var alerts = 0
    var newAlerts = 0
    var error: RuleQueryError?
    var duration = Duration.zero

    func health(
        of rule: AnalyticsRule, _ run: RuleSchedule.Run, at now: Instant, status: RuleHealth.Status
    ) -> RuleHealth {
        let message = error.map { "\($0.code): \($0.message)" } ?? "\(results) results, \(newAlerts) new alerts"
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        return RuleHealth(
            time: now, ruleID: rule.id, ruleName: rule.name, status: status, message: message, window: run.window,
            results: results, alerts: newAlerts, seconds: seconds)
    }
}
