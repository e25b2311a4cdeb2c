public import Casebook
public import Chronology
public import StateStore

/// All that people and programs do about assets, priorities and service levels.
public final class PriorityDesk: Sendable {
    public let book: AssetBook
    public let serviceLevels: ServiceLevels
    public let history: ModelHistory
    public let prioritizer: Prioritizer
    private let overrides: PriorityOverrides
    private let casebook: Casebook
    private let precisions: @Sendable () async throws -> [String: RulePrecision]

    /// At most so many incidents are scored by a simulation, the newest.
    public static let simulationLimit = 20_000

    public init(
        casebook: Casebook, database: StateDatabase, time: TimeSource, serviceLevels: ServiceLevelPolicy,
        precisions: @escaping @Sendable () async throws -> [String: RulePrecision] = { [:] }
    ) {
        let levels = ServiceLevels(casebook: casebook, database: database, policy: serviceLevels, time: time)
        let overrides = PriorityOverrides(database, time: time)
        book = AssetBook(store: AssetStore(database, time: time))
        history = ModelHistory(database, time: time)
        self.serviceLevels = levels
        self.overrides = overrides
        self.casebook = casebook
        self.precisions = precisions
        prioritizer = Prioritizer(
            casebook: casebook, journal: database.journal, time: time, precisions: precisions,
            evidence: { try await PriorityDesk.evidence(of: $0, casebook, levels, overrides) })
    }

    /// Takes weights, and what files say of assets; notes other weights in the history. Open incidents are scored anew when
    /// `rescoring`.
    public func use(
        _ model: ScoringModel, text: String, listed: AssetInventory, rescoring: Bool = true, by actor: JournalActor
    ) async throws {
        book.use(listed)
        try await history.adopt(model, text: text, by: actor)
        let basis = Prioritizer.Basis(model: model, assets: try await book.refresh())
        if rescoring { try await prioritizer.use(basis) } else { prioritizer.begin(with: basis) }
    }

    /// The weights that score now.
    public var model: ScoringModel { prioritizer.currentBasis.model }

    /// Takes what a file of assets says into the inventory, and scores open incidents anew when that changed something.
    ///
    /// - Parameter isWhole: the file is all that the source knows: what it said earlier and no longer does is gone.
    public func take(
        _ reading: AssetReading, from source: AssetSource, isWhole: Bool, isTrial: Bool, by actor: JournalActor
    ) async throws -> AssetDifference {
        // A file with faults may lack what is still there.
        let difference = try await book.store.take(
            reading.assets, from: source, isWhole: isWhole && reading.faults.isEmpty, isTrial: isTrial, by: actor)
        if !isTrial, !difference.isEmpty { try await renew() }
        return difference
    }

    /// Removes an asset.
    ///
    /// - Throws: `PrioritizationError` with code `notFound`.
    public func remove(_ id: AssetID, by actor: JournalActor) async throws {
        try await book.store.remove(id, by: actor)
        try await renew()
    }

    /// Makes the index anew and scores with it.
    public func renew() async throws {
        try await prioritizer.use(
            Prioritizer.Basis(model: prioritizer.currentBasis.model, assets: try await book.refresh()))
    }

    /// Sets an incident's score by hand, and scores it.
    ///
    /// - Throws: `PrioritizationError` with code `notFound` or `invalidField`.
    public func override(
        _ id: IncidentID, score: Int, reason: String, until: Instant?, by actor: JournalActor
    ) async throws {
        try await requireIncident(id)
        try await overrides.set(score, of: id, reason: reason, until: until, by: actor)
        try await prioritizer.refresh(id)
    }

    /// Lets the model score an incident again.
    ///
    /// - Returns: False when its score was not set by hand.
    public func removeOverride(of id: IncidentID, by actor: JournalActor) async throws -> Bool {
        try await requireIncident(id)
        let wasSet = try await overrides.remove(of: id, by: actor)
        if wasSet { try await prioritizer.refresh(id) }
        return wasSet
    }

    /// What a person has set; nil when the model's word counts.
    public func override(of id: IncidentID) async throws -> PriorityOverride? {
        try await overrides.overrides(of: [id])[id]
    }

    /// What other weights would do to the order of the newest incidents.
    public func simulate(_ model: ScoringModel) async throws -> PrioritySimulation {
        var incidents: [Incident] = []
        var evidence: [IncidentID: IncidentEvidence] = [:]
        for offset in stride(from: 0, to: PriorityDesk.simulationLimit, by: 500) {
            let page = try await casebook.incidents(
                IncidentQuery(order: .by(.number, descending: true), limit: 500, offset: offset))
            incidents += page.incidents.filter { $0.mergedInto == nil }
            let ids = page.incidents.map(\.id)
            evidence.merge(
                try await PriorityDesk.evidence(of: ids, casebook, serviceLevels, overrides)
            ) { $1 }
            if page.incidents.count < 500 { break }
        }
        let basis = prioritizer.currentBasis
        return PrioritySimulation(
            incidents, old: basis.model, new: model, assets: basis.assets, precisions: try await precisions(),
            evidence: evidence)
    }

    private func requireIncident(_ id: IncidentID) async throws {
        guard try await casebook.incident(id) != nil else {
            throw PrioritizationError(.notFound, "there is no incident \(id)")
        }
    }

    private static func evidence(
        of ids: [IncidentID], _ casebook: Casebook, _ levels: ServiceLevels, _ overrides: PriorityOverrides
    ) async throws -> [IncidentID: IncidentEvidence] {
        let findings = try await casebook.findings(of: ids)
        let deadlines = try await levels.deadlines(of: ids)
        let set = try await overrides.overrides(of: ids)
        return Dictionary(
            ids.map { id in
                (id, IncidentEvidence(findings: findings[id] ?? [], deadline: deadlines[id], override: set[id]))
            }, uniquingKeysWith: { $1 })
    }
}
