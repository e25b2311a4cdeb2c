public import Casebook
public import StateStore
internal import Synchronization

/// Keeps every incident's priority up to date: a reader of the journal that scores what has changed.
public final class Prioritizer: Sendable {
    /// The weights and the assets, which can be replaced while it runs.
    public struct Basis: Sendable {
        public var model: ScoringModel
        public var assets: AssetInventory

        public init(model: ScoringModel = .standard, assets: AssetInventory = .empty) {
            self.model = model
            self.assets = assets
        }
    }

    private let casebook: Casebook
    private let reader: JournalReader
    private let time: TimeSource
    private let basis: Mutex<Basis>
    private let precisions: @Sendable () async throws -> [String: RulePrecision]
    private let evidence: @Sendable ([IncidentID]) async throws -> [IncidentID: IncidentEvidence]
    private static let actor = JournalActor.room("Prioritization")

    /// - Parameters:
    ///   - precisions: how good rules are by their ids, as measured until now.
    ///   - evidence: what is known of incidents besides themselves; nil: what their alerts say of how sure they are.
    public init(
        casebook: Casebook, journal: Journal, basis: Basis = Basis(), time: TimeSource = .system,
        precisions: @escaping @Sendable () async throws -> [String: RulePrecision] = { [:] },
        evidence: (@Sendable ([IncidentID]) async throws -> [IncidentID: IncidentEvidence])? = nil
    ) {
        self.casebook = casebook
        self.evidence =
            evidence ?? { try await casebook.findings(of: $0).mapValues { IncidentEvidence(findings: $0) } }
        self.time = time
        self.precisions = precisions
        self.basis = Mutex(basis)
        reader = journal.reader("prioritization")
    }

    /// Scores as the journal grows, until the task is cancelled.
    public func run() async throws {
        while true { try await process(try await reader.nextBatch(settling: .milliseconds(50))) }
    }

    /// Scores what the journal holds now.
    ///
    /// - Returns: How many incidents got another score or other reasons.
    @discardableResult
    public func processPending() async throws -> Int {
        var count = 0
        try await reader.drain { count += try await process($0) }
        return count
    }

    /// Takes other weights or assets, and scores all open incidents anew.
    @discardableResult
    public func use(_ new: Basis) async throws -> Int {
        basis.withLock { $0 = new }
        return try await refreshOpen()
    }

    /// Takes weights and assets before there is anything to score.
    func begin(with first: Basis) { basis.withLock { $0 = first } }

    /// Scores all open incidents anew; to be called now and then, since waiting counts.
    @discardableResult
    public func refreshOpen() async throws -> Int {
        let measured = try await precisions()
        var count = 0
        var next = 0
        while true {
            let page = try await casebook.incidents(
                IncidentQuery(
                    .and([.status([.new, .active]), .number(next...Int.max)]), order: .by(.number, descending: false),
                    limit: 200))
            guard let last = page.incidents.last else { return count }
            count += try await score(page.incidents, measured)
            next = last.number + 1
        }
    }

    /// Scores one incident anew, as after its score was set or taken back by hand.
    public func refresh(_ id: IncidentID) async throws {
        guard let incident = try await casebook.incident(id) else { return }
        _ = try await score([incident], try await precisions())
    }

    /// The weights and the assets that score now.
    public var currentBasis: Basis { basis.withLock { $0 } }

    @discardableResult
    private func process(_ batch: [JournalEntry]) async throws -> Int {
        let changed = Set(
            batch.compactMap { $0.kind == .incidentScored ? nil : CasebookEvent($0)?.incidentID })
        let incidents = changed.isEmpty ? [] : try await casebook.incidents(changed.sorted()).filter(\.isOpen)
        let count = incidents.isEmpty ? 0 : try await score(incidents, try await precisions())
        if let last = batch.last { try await reader.acknowledge(through: last.sequence) }
        return count
    }

    private func score(_ incidents: [Incident], _ measured: [String: RulePrecision]) async throws -> Int {
        guard !incidents.isEmpty else { return 0 }
        let known = try await evidence(incidents.map(\.id))
        let (basis, now) = (basis.withLock { $0 }, time.now())
        let priorities = incidents.map { incident in
            let evidence = known[incident.id] ?? .none
            return (
                incident.id,
                basis.model.priority(
                    of: incident, assets: basis.assets, precisions: measured, evidence: evidence, now: now)
            )
        }
        return try await casebook.setPriorities(
            Dictionary(priorities, uniquingKeysWith: { $1 }), by: Prioritizer.actor)
    }
}
