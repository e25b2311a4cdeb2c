internal import Casebook
internal import Chronology
internal import JSON
public import Sigma
public import StateStore
internal import Vocabulary

/// Joins the hits of durable blocks to correlations and remembers what is needed for that over restarts.
///
/// Alerts are recorded before the hits are saved, and their identifiers follow from the hits: if the process ends in between,
/// the block that comes again makes the same alerts. A block that comes again later finds its hits there.
public actor SigmaCorrelations {
    private var fresh: SigmaCorrelator
    private var memory: CorrelationMemory
    private let database: StateDatabase
    private let time: TimeSource
    /// Correlations below this level make alerts without incidents.
    private let incidentLevel: SigmaLevel
    /// nil: to be filled from what was saved, at first and after a failure.
    private var current: SigmaCorrelator?
    private var newest: (event: Int64, arrival: Instant)?
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter database: opened with `DetectionTables.migrations` among its rooms.
    public init(
        _ correlator: SigmaCorrelator = SigmaCorrelator([], rules: []), database: StateDatabase, time: TimeSource,
        incidentLevel: SigmaLevel = .medium
    ) {
        fresh = correlator
        memory = CorrelationMemory(database: database, memory: correlator.memory)
        self.database = database
        self.time = time
        self.incidentLevel = incidentLevel
    }

    /// Takes other correlation rules; what is remembered of hits counts for them too.
    public func replace(_ correlator: SigmaCorrelator) async {
        await enter()
        defer { leave() }
        fresh = correlator
        memory = CorrelationMemory(database: database, memory: correlator.memory)
        current = nil
    }

    /// Takes hits of a durable block and gives each match's alert to `record`. The same hits again change nothing.
    func settle(_ hits: [SigmaHit], record: @Sendable (StreamFinding) async throws -> Void) async throws {
        await enter()
        defer { leave() }
        let last = hits.map(\.time).max() ?? 0
        newest = (max(newest?.event ?? last, last), time.now())
        try await work(saving: hits, record: record) { correlator in hits.flatMap { correlator.add($0) } }
    }

    /// Tells those matches whose time has run out while no hits came.
    func close(now: Instant, record: @Sendable (StreamFinding) async throws -> Void) async throws {
        await enter()
        defer { leave() }
        guard let newest else { return }
        let passed = newest.event + Int64((now - newest.arrival).seconds * 1_000)
        try await work(saving: [], record: record) { $0.advance(to: passed) }
    }

    private func work(
        saving hits: [SigmaHit], record: @Sendable (StreamFinding) async throws -> Void,
        _ step: (inout SigmaCorrelator) -> [SigmaCorrelationMatch]
    ) async throws {
        var correlator = try await restored()
        current = nil
        let matches = step(&correlator)
        let now = time.now()
        for match in matches { try await record(finding(match, now)) }
        try await memory.save(hits, matches)
        current = correlator
    }

    private func restored() async throws -> SigmaCorrelator {
        if let current { return current }
        var correlator = fresh
        try await memory.restore(&correlator)
        return correlator
    }

    private func enter() async {
        if isBusy { await withCheckedContinuation { waiting.append($0) } } else { isBusy = true }
    }

    private func leave() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }

    private func finding(_ match: SigmaCorrelationMatch, _ now: Instant) -> StreamFinding {
        let header = match.correlation.header
        let attack = AttackReference.read(tags: header.tags)
        var alert = NewAlert(
            displayName: header.title.isEmpty ? header.id : header.title, severity: header.level.severity,
            startTime: Instant(unixSeconds: Double(match.start) / 1_000),
            endTime: Instant(unixSeconds: Double(match.end) / 1_000), generatedTime: now)
        alert.id = AlertID(
            StableIdentifier.make(["sigma correlation", header.id] + match.group + [String(match.start)]))
        alert.ruleID = header.id
        alert.ruleName = header.title
        alert.alertType = "Sigma"
        alert.productComponentName = "Sigma"
        alert.description = header.description
        alert.tactics = attack.tactics
        alert.techniques = attack.techniques
        alert.extendedProperties = [
            "Sigma Rule Id": header.id, "Sigma Level": header.level.rawValue, "Sigma Author": header.author,
            "References": header.references.joined(separator: "\n"),
            "Correlation": match.correlation.kind.rawValue, "Correlation Value": String(match.value),
            "Correlation Hits": String(match.hits),
        ]
        for (name, value) in zip(match.correlation.groupBy, match.group) { alert.extendedProperties[name] = value }
        for payload in match.payloads {
            // A payload is an alert's JSON of our own making; an empty one stands for evidence beyond the bound.
            guard let json = try? JSON(parsing: payload), let hit = try? NewAlert(json: json) else { continue }
            alert.evidence += hit.evidence
            if alert.compromisedEntity.isEmpty { alert.compromisedEntity = hit.compromisedEntity }
            for entity in hit.entities where !alert.entities.contains(entity) { alert.entities.append(entity) }
        }
        return StreamFinding(
            alert: alert, grouping: header.level.rank >= incidentLevel.rank ? .sharedEntities() : nil,
            events: match.hits)
    }
}
