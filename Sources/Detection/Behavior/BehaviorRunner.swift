public import Chronology
public import EventStore
internal import KQLValues
public import Logging
public import StateStore
internal import Vocabulary

/// Runs behaviours when they are due and writes what they find.
///
/// A run's rows are stored under the run's name before the schedule is saved. After a crash between the two the run is
/// made again, and the store, which knows the name, stores nothing twice.
public actor BehaviorRunner {
    /// A behaviour with what is known of it.
    public struct Status: Sendable, Identifiable {
        public var behavior: Behavior
        public var isEnabled: Bool
        public var schedule: RuleSchedule
        /// Rows written so far.
        public var rows: Int
        public var id: String { behavior.id }
    }

    private let queries: any RuleQueries
    private let store: any EventStore
    private let states: RuleStates
    private let time: TimeSource
    private let policy: RuleSchedule.Policy
    private let logger: Logger
    private let onHealth: @Sendable (RuleHealth) async -> Void

    private var behaviors: [Behavior] = []
    private var known: [String: RuleStates.State] = [:]
    private var isLoaded = false

    /// - Parameters:
    ///   - policy: Runs are made up for as long as the store knows their names, whatever it says.
    ///   - onHealth: Told of each run, after it was saved.
    public init(
        queries: any RuleQueries, store: any EventStore, states: RuleStates, time: TimeSource = .system,
        policy: RuleSchedule.Policy = RuleSchedule.Policy(), logger: Logger = Logger(label: "tocsin.behavior"),
        onHealth: @escaping @Sendable (RuleHealth) async -> Void = { _ in }
    ) {
        self.queries = queries
        self.store = store
        self.states = states
        self.time = time
        var policy = policy
        policy.longestCatchUp = min(policy.longestCatchUp, DeliveryID.remembered)
        self.policy = policy
        self.logger = logger
        self.onHealth = onHealth
    }

    /// Takes these behaviours instead of the present ones. One that was known goes on with its schedule.
    public func replaceBehaviors(_ behaviors: [Behavior]) async throws {
        try await load()
        self.behaviors = behaviors.sorted { $0.name < $1.name }
        for behavior in behaviors where known[behavior.id] == nil {
            known[behavior.id] = RuleStates.State(
                schedule: RuleSchedule(startingAt: time.now()), isEnabled: nil, alerts: 0)
        }
    }

    /// All behaviours by name, with their state.
    public func statuses() -> [Status] {
        behaviors.compactMap { behavior in
            known[behavior.id].map { state in
                Status(
                    behavior: behavior,
                    isEnabled: (state.isEnabled ?? behavior.isEnabled) && !state.schedule.isDisabledByFailures,
                    schedule: state.schedule, rows: state.alerts)
            }
        }
    }

    /// Makes the runs that are due, one after the other, for each reads much of the past; gives the instant when the next
    /// one is due.
    @discardableResult
    public func runDue() async throws -> Instant {
        try await load()
        var next = time.now() + .minutes(1)
        for behavior in behaviors {
            guard var state = known[behavior.id], state.isEnabled ?? behavior.isEnabled else { continue }
            let action = state.schedule.next(at: time.now(), timing: behavior.timing, policy: policy)
            known[behavior.id] = state
            switch action {
            case .run(let run):
                try await makeAndSave(behavior, run)
                if Task.isCancelled { return next }
                next = min(next, time.now())
            case .wait(let until): next = min(next, until)
            case .disabled: break
            }
        }
        return next
    }

    /// Runs behaviours until the task is cancelled; throws when what became of a run cannot be saved.
    public func run() async throws {
        while !Task.isCancelled {
            let next = try await runDue()
            let wait = min(max((next - time.now()).seconds, 0.05), 30)
            try await Task.sleep(for: .seconds(wait))
        }
    }

    private func load() async throws {
        guard !isLoaded else { return }
        let stored = try await states.all()
        guard !isLoaded else { return }
        known.merge(stored) { _, stored in stored }
        isLoaded = true
    }

    private func makeAndSave(_ behavior: Behavior, _ run: RuleSchedule.Run) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let outcome = await attempt(behavior, run)
        if Task.isCancelled { return }
        let now = time.now()
        guard var state = known[behavior.id] else { return }
        let status = state.schedule.conclude(
            run, error: outcome.error, raisedAlert: false, suppression: nil, at: now, timing: behavior.timing,
            policy: policy)
        state.alerts += outcome.written
        known[behavior.id] = state
        let health = RuleHealth(
            time: now, ruleID: behavior.id, ruleName: behavior.name, status: status,
            message: outcome.message(behavior.destination), window: run.window, results: outcome.results,
            alerts: outcome.written, seconds: (clock.now - began) / .seconds(1))
        try await states.save(state.schedule, of: behavior.id, alerts: outcome.written, health: health)
        if outcome.error != nil {
            logger.warning(
                "a behaviour failed", metadata: ["behavior": "\(behavior.name)", "error": "\(health.message)"])
        }
        await onHealth(health)
    }

    /// Runs the query and stores its rows; never throws, so that one behaviour's failure is its own.
    private func attempt(_ behavior: Behavior, _ run: RuleSchedule.Run) async -> Outcome {
        var outcome = Outcome()
        do {
            let results = try await queries.run(behavior.query, run).rows
            outcome.results = results.rowCount
            let destination = behavior.destination.rawValue
            guard let schema = store.schemas[destination] else {
                throw RuleQueryError(
                    code: "unknown-table", message: "there is no table \(destination)", isPermanent: true)
            }
            let rows = BehaviorRows(behavior: behavior, run: run, schema: schema)
            guard let batch = rows.batch(of: results) else { return outcome }
            let name = DeliveryID("behavior:\(behavior.id):\(run.window.end.ticks)")
            if try await store.append([batch], delivery: name) == .stored { outcome.written = batch.rowCount }
        } catch let error as RuleQueryError {
            outcome.error = error
        } catch {
            outcome.error = RuleQueryError(code: "event-store", message: "\(error)", isPermanent: false)
        }
        return outcome
    }
}

/// What one attempt at a run gave.
private struct Outcome {
    var results = 0
    var written = 0
    var error: RuleQueryError?

    func message(_ destination: Behavior.Destination) -> String {
        if let error { return "\(error.code): \(error.message)" }
        let most = BehaviorRows.mostPerRun
        let rest = results > most ? "; more than the \(most) most unusual are not written" : ""
        return "\(results) results, \(written) written to \(destination.rawValue)\(rest)"
    }
}
