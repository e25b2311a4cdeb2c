public import Casebook
public import Chronology
internal import JSON
public import Logging
public import StateStore
internal import Vocabulary

/// Fuses what the journal tells of alerts, and anomalies, into incidents of several stages.
///
/// It reads the journal with a durable cursor. What it does is known by stable identifiers, so that doing it again after
/// a crash changes nothing.
public actor Fusion {
    /// Reads anomalies that were stored from an instant on.
    public typealias Anomalies = @Sendable (_ since: Instant) async throws -> [FusionSignal]

    /// Tells what became of the alerts of rules, by their ids.
    public typealias Records = @Sendable () async throws -> [String: RuleRecord]

    /// What a pass led to.
    public struct Outcome: Sendable, Hashable {
        public var raised = 0
        public var extended = 0
        public var duplicates = 0
        /// Attacks that are notably more or less probable than when they were last looked at.
        public var reconsidered = 0

        public init(raised: Int = 0, extended: Int = 0, duplicates: Int = 0, reconsidered: Int = 0) {
            self.raised = raised
            self.extended = extended
            self.duplicates = duplicates
            self.reconsidered = reconsidered
        }
    }

    private static let mostHeld = 50_000
    private static let restPerCost = 9
    private static let shortestRest = Duration.milliseconds(250)
    private static let longestRest = Duration.seconds(30)
    static let actor = JournalActor.room("Fusion")
    /// Attacks are looked at again when findings of this much time have come.
    private static let reviewEvery = TimeSpan.days(1)

    private let casebook: Casebook
    private let store: FusionStore
    private let reader: JournalReader
    private let incidents: FusionIncidents
    private let policy: FusionPolicy
    private let records: Records
    private var engine: FusionEngine
    private let anomalies: Anomalies
    private let time: TimeSource
    private let isInTrial: @Sendable (String) -> Bool
    private let logger: Logger
    private var signals: [String: FusionSignal] = [:]
    private var isRestored = false
    /// The newest finding when attacks were last looked at again.
    private var reviewed: Instant?
    /// The state of the rule of kind `Fusion`.
    private var isEnabled = true

    /// - Parameters:
    ///   - records: by rule, what became of its alerts.
    ///   - isInTrial: Whether the alerts of a rule, by its id, open no incidents yet; fusion leaves them out.
    public init(
        casebook: Casebook, database: StateDatabase, policy: FusionPolicy = FusionPolicy(),
        records: @escaping Records = { [:] }, anomalies: @escaping Anomalies = { _ in [] }, time: TimeSource = .system,
        isInTrial: @escaping @Sendable (String) -> Bool = { _ in false }, logger: Logger
    ) {
        self.casebook = casebook
        store = FusionStore(database: database)
        reader = database.journal.reader("fusion")
        incidents = FusionIncidents(
            casebook: casebook, store: store, time: time, policy: policy, isInTrial: isInTrial)
        self.policy = policy
        self.records = records
        engine = FusionEngine(policy: policy)
        self.anomalies = anomalies
        self.time = time
        self.isInTrial = isInTrial
        self.logger = logger
    }

    public func setEnabled(_ isEnabled: Bool) { self.isEnabled = isEnabled }

    /// Fuses as the journal grows, until the task is cancelled.
    ///
    /// A pass costs in proportion to all findings held, so it rests after each for several times as long as the pass took
    /// and then takes what came meanwhile together.
    public func run() async throws {
        let clock = ContinuousClock()
        while true {
            let batch = try await reader.nextBatch(limit: 1_000)
            let cost = try await clock.measure { _ = try await process(batch) }
            try await clock.sleep(for: min(max(cost * Self.restPerCost, Self.shortestRest), Self.longestRest))
        }
    }

    /// Fuses what the journal holds now.
    @discardableResult
    public func processPending() async throws -> Outcome {
        var outcome = Outcome()
        try await reader.drain(limit: 1_000) { batch in
            let part = try await process(batch)
            outcome.raised += part.raised
            outcome.extended += part.extended
            outcome.duplicates += part.duplicates
            outcome.reconsidered += part.reconsidered
        }
        return outcome
    }

    @discardableResult
    private func process(_ batch: [JournalEntry]) async throws -> Outcome {
        try await restore()
        var outcome = Outcome()
        var fresh: [FusionSignal] = []
        let recorded = batch.filter { $0.kind == .alertRecorded }.map { AlertID($0.subject) }
        for alert in recorded.isEmpty ? [] : try await casebook.alerts(recorded) {
            guard !isInTrial(alert.content.ruleID), let signal = FusionSignal(alert) else { continue }
            signals[signal.id] = signal
            fresh.append(signal)
        }
        if !fresh.isEmpty { fresh += try await takeAnomalies() }
        if isEnabled, let earliest = fresh.map(\.start).min() {
            prune()
            outcome.duplicates = try await joinDuplicates(fresh)
            try await look(for: earliest, &outcome)
        }
        if let last = batch.last { try await reader.acknowledge(through: last.sequence) }
        return outcome
    }

    /// Raises the attacks that findings since an instant are a part of. Daily those of the whole window are looked at again,
    /// and those that were raised: what has come since tells better what is usual.
    private func look(for earliest: Instant, _ outcome: inout Outcome) async throws {
        guard let newest = signals.values.map(\.end).max() else { return }
        let isReview = reviewed.map { newest - $0 >= Self.reviewEvery } ?? true
        if isReview {
            reviewed = newest
            await refreshRecords()
        }
        let survey = engine.survey(Array(signals.values))
        let since = isReview ? min(earliest, newest - policy.window) : earliest
        var met: Set<AlertID> = []
        for attack in survey.attacks(since: since) {
            guard let done = try await incidents.raise(attack, isHindsight: attack.end < earliest) else { continue }
            met.insert(done.id)
            switch done.change {
            case .raised: outcome.raised += 1
            case .extended: outcome.extended += 1
            case .reconsidered: outcome.reconsidered += 1
            case .none: break
            }
        }
        guard isReview else { return }
        for standing in try await store.standing(since: time.now() - policy.horizon)
        where !met.contains(standing.raised.id) {
            guard let attack = survey.attack(around: Set(standing.members)) else { continue }
            if try await incidents.reconsider(standing.raised, attack) { outcome.reconsidered += 1 }
        }
    }

    private func refreshRecords() async {
        do {
            engine = FusionEngine(policy: policy, records: try await records())
        } catch {
            logger.warning("the records of rules could not be read for fusion", metadata: ["error": "\(error)"])
        }
    }

    /// Reads back the findings that tell what is usual.
    private func restore() async throws {
        guard !isRestored else { return }
        var offset = 0
        var horizon: Instant?
        paging: while signals.count < Self.mostHeld {
            let page = try await casebook.alerts(limit: 1_000, offset: offset)
            if page.isEmpty { break }
            offset += page.count
            for alert in page {
                let oldest = horizon ?? alert.content.startTime - policy.horizon
                horizon = oldest
                if alert.content.endTime < oldest, alert.recordedTime < oldest { break paging }
                if !isInTrial(alert.content.ruleID), let signal = FusionSignal(alert) { signals[signal.id] = signal }
            }
        }
        isRestored = true
    }

    /// Forgets what lies beyond the horizon, and the oldest when there are too many.
    private func prune() {
        guard let newest = signals.values.map(\.end).max() else { return }
        let oldest = newest - policy.horizon
        signals = signals.filter { $0.value.end >= oldest }
        guard signals.count > Self.mostHeld else { return }
        let kept = signals.values.sorted { ($1.end, $1.id) < ($0.end, $0.id) }.prefix(Self.mostHeld)
        signals = Dictionary(uniqueKeysWithValues: kept.map { ($0.id, $0) })
    }

    private func takeAnomalies() async throws -> [FusionSignal] {
        let since = try await store.cursor("anomalies") ?? time.now() - policy.window
        do {
            let found = try await anomalies(since)
            let new = found.filter { signals[$0.id] == nil }
            for signal in new { signals[signal.id] = signal }
            // Those that come late are seen within an hour; the same one is known by its identifier.
            try await store.setCursor("anomalies", max(since, time.now() - .hours(1)))
            return new
        } catch {
            logger.warning("anomalies could not be read for fusion", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Puts alerts that tell the same as one of another product into that one's incident.
    private func joinDuplicates(_ fresh: [FusionSignal]) async throws -> Int {
        var count = 0
        var byKey: [String: [FusionSignal]] = [:]
        for signal in signals.values {
            for subject in signal.subjects where subject.isStrong { byKey[subject.key, default: []].append(signal) }
        }
        for signal in fresh.sorted(by: { ($0.start, $0.id) < ($1.start, $1.id) }) {
            guard let id = signal.alertID else { continue }
            let candidates = signal.subjects.flatMap { byKey[$0.key] ?? [] }
            let earlier = candidates.filter {
                ($0.start, $0.id) < (signal.start, signal.id) && DuplicateFindings.isSame($0, signal)
            }
            guard let first = earlier.min(by: { ($0.start, $0.id) < ($1.start, $1.id) }), let other = first.alertID,
                let target = try await casebook.alert(other)?.incidentID,
                let incident = try await casebook.incident(target), incident.isOpen,
                let own = try await casebook.alert(id)?.incidentID, own != target
            else { continue }
            let gathered = try await casebook.gather([id], into: target, by: Self.actor)
            count += gathered.moved.count
        }
        return count
    }
}
