internal import Casebook
internal import Chronology
internal import JSON
public import Sigma
public import StateStore
internal import Vocabulary

/// Joins the hits of durable blocks, of here and of sensors, to correlations and remembers what is needed for that over
/// restarts.
///
/// Hits are saved together with what came of them; then the alerts are recorded. If the process ends in between, they are
/// recorded at the next start, whatever comes first then. Hits that come again find themselves there.
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
        memory = CorrelationMemory(database: database, time: time, memory: correlator.memory)
        self.database = database
        self.time = time
        self.incidentLevel = incidentLevel
    }

    /// Takes other correlation rules; what is remembered of hits counts for them too.
    public func replace(_ correlator: SigmaCorrelator) async {
        await enter()
        defer { leave() }
        fresh = correlator
        memory = CorrelationMemory(database: database, time: time, memory: correlator.memory)
        current = nil
    }

    /// Those of the rules whose hits no correlation here joins.
    func strangers(among rules: Set<String>) -> Set<String> { rules.filter { !fresh.joins($0) } }

    /// Takes hits of durable events and gives each match's alert to `record`. The same hits again change nothing, nor does the
    /// order in which places that do not know each other bring them.
    func settle(_ hits: [SigmaHit], record: @Sendable (StreamFinding) async throws -> Void) async throws {
        await enter()
        defer { leave() }
        let now = time.now()
        let last = hits.map(\.time).max() ?? 0
        newest = (max(passed(at: now) ?? last, last), now)
        let unknown = try await memory.unknown(hits)
        try await work(saving: unknown, record: record) { correlator in unknown.flatMap { correlator.add($0) } }
    }

    /// Tells those matches whose time has run out while no hits came, and those of an earlier life that were not recorded.
    func close(now: Instant, record: @Sendable (StreamFinding) async throws -> Void) async throws {
        await enter()
        defer { leave() }
        let passed = passed(at: now)
        try await work(saving: [], record: record) { correlator in passed.map { correlator.advance(to: $0) } ?? [] }
    }

    /// How far events have come, with the time since the newest one.
    private func passed(at now: Instant) -> Int64? {
        newest.map { $0.event + Int64((now - $0.arrival).seconds * 1_000) }
    }

    private func work(
        saving hits: [SigmaHit], record: @Sendable (StreamFinding) async throws -> Void,
        _ step: (inout SigmaCorrelator) -> [SigmaCorrelationMatch]
    ) async throws {
        var correlator = try await restored(record)
        current = nil
        let now = time.now()
        let matches = step(&correlator).map { (match: $0, finding: finding($0, now)) }
        try await memory.save(hits, matches)
        if !matches.isEmpty {
            for (_, finding) in matches { try await record(finding) }
            try await memory.noteRecorded()
        }
        current = correlator
    }

    private func restored(_ record: @Sendable (StreamFinding) async throws -> Void) async throws -> SigmaCorrelator {
        if let current { return current }
        var correlator = fresh
        try await memory.restore(&correlator)
        let unrecorded = try await memory.unrecorded()
        if !unrecorded.isEmpty {
            for finding in unrecorded { try await record(finding) }
            try await memory.noteRecorded()
        }
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
