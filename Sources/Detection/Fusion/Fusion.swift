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

    /// What a pass led to.
    public struct Outcome: Sendable, Hashable {
        public var raised = 0
        public var extended = 0
        public var duplicates = 0

        public init(raised: Int = 0, extended: Int = 0, duplicates: Int = 0) {
            self.raised = raised
            self.extended = extended
            self.duplicates = duplicates
        }
    }

    private static let mostHeld = 50_000
    private static let restPerCost = 9
    private static let shortestRest = Duration.milliseconds(250)
    private static let longestRest = Duration.seconds(30)
    private static let actor = JournalActor.room("Fusion")

    private let casebook: Casebook
    private let store: FusionStore
    private let reader: JournalReader
    private let engine: FusionEngine
    private let anomalies: Anomalies
    private let time: TimeSource
    private let isInTrial: @Sendable (String) -> Bool
    private let logger: Logger
    private var signals: [String: FusionSignal] = [:]
    private var isRestored = false
    /// The state of the rule of kind `Fusion`.
    private var isEnabled = true

    /// - Parameter isInTrial: Whether the alerts of a rule, by its id, open no incidents yet; fusion leaves them out.
    public init(
        casebook: Casebook, database: StateDatabase, engine: FusionEngine = FusionEngine(),
        anomalies: @escaping Anomalies = { _ in [] }, time: TimeSource = .system,
        isInTrial: @escaping @Sendable (String) -> Bool = { _ in false }, logger: Logger
    ) {
        self.casebook = casebook
        store = FusionStore(database: database)
        reader = database.journal.reader("fusion")
        self.engine = engine
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
            for attack in engine.attacks(in: Array(signals.values), since: earliest) {
                try await raise(attack, &outcome)
            }
        }
        if let last = batch.last { try await reader.acknowledge(through: last.sequence) }
        return outcome
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
                let oldest = horizon ?? alert.content.startTime - engine.policy.horizon
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
        let oldest = newest - engine.policy.horizon
        signals = signals.filter { $0.value.end >= oldest }
        guard signals.count > Self.mostHeld else { return }
        let kept = signals.values.sorted { ($1.end, $1.id) < ($0.end, $0.id) }.prefix(Self.mostHeld)
        signals = Dictionary(uniqueKeysWithValues: kept.map { ($0.id, $0) })
    }

    private func takeAnomalies() async throws -> [FusionSignal] {
        let since = try await store.cursor("anomalies") ?? time.now() - engine.policy.window
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

    // MARK: effects

    private func raise(_ attack: FusedAttack, _ outcome: inout Outcome) async throws {
        let ids = attack.members.map(\.signal.id)
        let alerts = attack.members.compactMap(\.signal.alertID)
        let known = try await store.raised(with: ids)
        let raised: FusionStore.Raised
        if let first = known.first {
            guard let incident = try await casebook.incident(first.incident), incident.isOpen else { return }
            raised = first
            let others = try await fusedAlerts(known.dropFirst())
            let gathered = try await casebook.gather(alerts + others, into: first.incident, by: Self.actor)
            guard !gathered.moved.isEmpty || known.count > 1 else { return }
            try await tell(attack, in: gathered, asComment: first.joins)
            outcome.extended += 1
        } else {
            let alert = try await alert(of: attack)
            let holder = try await holder(of: alerts)
            let opens = holder == nil && !isInTrial(alert.ruleID)
            let recorded = try await casebook.record(
                alert, grouping: .separate, createIncident: opens, by: Self.actor)
            guard let incident = holder ?? recorded.incidentID else { return }
            raised = FusionStore.Raised(id: recorded.alertID, incident: incident, joins: holder != nil)
            let gathered = try await casebook.gather([recorded.alertID] + alerts, into: incident, by: Self.actor)
            try await tell(attack, in: gathered, asComment: raised.joins)
            outcome.raised += 1
        }
        try await store.save(raised, probability: attack.probability, members: ids, at: time.now())
    }

    /// The open incident that holds most of an attack's alerts already, several of them.
    private func holder(of alerts: [AlertID]) async throws -> IncidentID? {
        let incidents = try await casebook.alerts(alerts).compactMap(\.incidentID)
        let counts = Dictionary(incidents.map { ($0, 1) }, uniquingKeysWith: +)
        guard let (id, count) = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            count > 1, count * 2 > alerts.count, let incident = try await casebook.incident(id), incident.isOpen
        else { return nil }
        return id
    }

    private func fusedAlerts(_ raised: ArraySlice<FusionStore.Raised>) async throws -> [AlertID] {
        var ids: [AlertID] = []
        for attack in raised { ids += try await casebook.alerts(of: attack.incident).map(\.id) }
        return ids
    }

    /// Writes the story into the incident, with what could not be brought over; into one that is not fusion's own as a
    /// comment.
    private func tell(_ attack: FusedAttack, in gathered: GatheredAlerts, asComment: Bool) async throws {
        let incident = gathered.incident.id
        if asComment {
            let text = "**\(attack.title)**\n\n\(attack.story)"
            try await comment(String(text.prefix(CasebookLimits.commentCharacters)), on: incident)
        } else {
            var change = IncidentChange()
            change.title = String(attack.title.prefix(CasebookLimits.titleCharacters))
            change.description = String(attack.story.prefix(CasebookLimits.descriptionCharacters))
            try await casebook.update(incident, change, by: Self.actor)
        }
        var related: Set<IncidentID> = []
        for source in gathered.left.values where related.insert(source).inserted {
            guard let other = try await casebook.incident(source) else { continue }
            try await comment(
                "Alerts of incident \(other.number) belong to this attack; they stay there, since it was worked on.",
                on: incident)
        }
    }

    /// Says something on an incident, once.
    private func comment(_ text: String, on incident: IncidentID) async throws {
        let known = try await casebook.comments(of: incident)
        guard !known.contains(where: { $0.message == text }) else { return }
        _ = try await casebook.addComment(text, to: incident, by: Self.actor)
    }

    private func alert(of attack: FusedAttack) async throws -> NewAlert {
        var alert = NewAlert(
            displayName: attack.title, severity: .high, startTime: attack.start, endTime: attack.end,
            generatedTime: time.now())
        let seed = attack.members.map(\.signal.id).min() ?? ""
        alert.id = AlertID(StableIdentifier.make(["fusion", seed]))
        alert.ruleID = "Fusion"
        alert.ruleName = "Advanced Multistage Attack Detection"
        alert.alertType = "Fusion"
        alert.productName = FusedAttack.product
        alert.productComponentName = FusedAttack.product
        alert.description = attack.story
        alert.tactics = attack.tactics
        alert.techniques = attack.techniques
        alert.confidence = AlertConfidence(level: .high, score: attack.probability)
        alert.compromisedEntity = attack.mainSubjects.first ?? ""
        var seen: Set<String> = []
        for member in try await casebook.alerts(attack.members.compactMap(\.signal.alertID)) {
            for entity in member.content.entities where seen.insert(entity.identityKey).inserted {
                if alert.entities.count < 100 { alert.entities.append(entity) }
            }
        }
        alert.extendedProperties = [
            "Probability": "\((attack.probability * 1_000).rounded() / 1_000)",
            "Findings": String(attack.members.count), "Rules": String(attack.ruleCount),
            "Alert Ids": attack.members.compactMap { $0.signal.alertID?.rawValue }.joined(separator: ", "),
        ]
        alert.evidence = attack.members.map { member in
            [
                "Time": .string(member.signal.start.description), "Finding": .string(member.signal.title),
                "Id": .string(member.signal.id), "Product": .string(member.signal.product),
                "Tactics": .array(member.signal.tactics.map { .string($0.rawValue) }),
                "Evidence": .double(member.evidence + member.order),
                "Explanation": .string(attack.explanation(of: member)),
            ]
        }
        return alert
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
