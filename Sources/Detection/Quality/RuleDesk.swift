public import Casebook
public import Chronology
internal import Sigma
public import StateStore
public import Vocabulary

/// What is asked about rules as a whole: how good they are, what they would have done, what they cover.
public struct RuleDesk: Sendable {
    public let stages: RuleStages
    public let ledger: RuleQualityLedger
    public let backtests: BacktestJobs
    private let casebook: Casebook
    private let history: EventHistory
    private let catalogue: AttackCatalogue
    private let time: TimeSource
    private let known: @Sendable () async -> [KnownRule]

    /// - Parameter rules: all rules of the installation as they are now.
    public init(
        stages: RuleStages, ledger: RuleQualityLedger, backtests: BacktestJobs, casebook: Casebook,
        history: EventHistory, catalogue: AttackCatalogue, time: TimeSource = .system,
        rules: @escaping @Sendable () async -> [KnownRule]
    ) {
        self.stages = stages
        self.ledger = ledger
        self.backtests = backtests
        self.casebook = casebook
        self.history = history
        self.catalogue = catalogue
        self.time = time
        known = rules
    }

    /// All rules, in the order of their names.
    public func rules() async -> [KnownRule] { await known().sorted { ($0.name, $0.id) < ($1.name, $1.id) } }

    /// The rule of an id, in any letter case; or the only rule of that name.
    public func rule(_ text: String) async -> KnownRule? {
        let wanted = text.lowercased()
        let rules = await known()
        if let rule = rules.first(where: { $0.id.lowercased() == wanted }) { return rule }
        let named = rules.filter { $0.name.lowercased() == wanted }
        return named.count == 1 ? named[0] : nil
    }

    // MARK: Quality

    /// The measured quality of each rule that ever raised an alert; the noisiest first.
    public func qualities(days: Int = 30) async throws -> [RuleQuality] {
        try await ledger.qualities(at: time.now(), days: days)
    }

    /// All that is known of how good one rule is.
    public func dossier(of rule: KnownRule, days: Int = 30) async throws -> RuleDossier {
        let alerts = try await ClassifiedAlerts(ofRule: rule.id, in: casebook)
        return RuleDossier(
            quality: try await ledger.quality(of: rule.id, at: time.now(), days: days),
            noisyEntities: alerts.noisyEntities(), exclusions: ExclusionSearch(rule, alerts).suggestions())
    }

    // MARK: Back-tests

    /// The last days up to now.
    public func range(last span: TimeSpan) -> TimeRange {
        let now = time.now()
        return TimeRange(start: now - span, end: now)
    }

    /// The rule that a file's text holds, as it would be if it were added.
    ///
    /// - Returns: nil, with the findings, when the text holds no rule that can run.
    public static func rule(inFile text: String, named file: String) -> (rule: KnownRule?, findings: [RuleFinding]) {
        if RuleFormat(of: text) == .sigma {
            let reading = SigmaReader().read(text, file: file)
            return (reading.rules.first.map { KnownRule(.sigma($0)) }, reading.findings.map { RuleFinding($0) })
        }
        let reading = RuleReader.read(text, file: file)
        return (reading.rules.first.map { KnownRule(.analytics($0)) }, reading.findings)
    }

    /// Back-tests the rules in trial that were not since they came, for what their reports promote.
    public func testTrials(over span: TimeSpan) async {
        for rule in await known() where stages.isInTrial(rule.id) {
            guard await backtests.last(of: rule.id) == nil else { continue }
            // When too many wait, the next round takes the rest.
            guard
                let job = try? await backtests.start(
                    rule, over: range(last: span), isKnown: true, by: .room("Detection"))
            else { return }
            _ = await backtests.finish(job.id)
        }
    }

    // MARK: Coverage

    /// Which techniques the enabled rules look for; a table counts as present with rows in the last days.
    public func coverage(days: Int = 7) async throws -> AttackCoverage {
        let enabled = await rules().filter(\.isEnabled)
        let needs = try await needs(of: enabled, events: Set(history.eventTables))
        let latest = try await history.latest(of: Set(needs.flatMap(\.tables)).sorted())
        let since = time.now() - .days(Int64(max(1, days)))
        func isPresent(_ table: String) -> Bool { latest[table].map { $0 >= since } ?? false }
        var readers: [String: Int] = [:]
        let rules = zip(enabled, needs).map { rule, need -> AttackCoverage.Rule in
            for table in need.tables { readers[table, default: 0] += 1 }
            let present = need.tables.filter(isPresent)
            let missing = need.tables.filter { !isPresent($0) }
            let hasData = need.isAnyEnough ? !present.isEmpty : missing.isEmpty
            return AttackCoverage.Rule(
                id: rule.id, name: rule.name, kind: rule.kind, isInTrial: stages.isInTrial(rule.id),
                techniques: rule.techniques, tactics: rule.tactics, present: present, missing: missing,
                hasData: hasData)
        }
        let sources = readers.map { table, count in
            AttackCoverage.DataSource(
                table: table, latest: latest[table], isPresent: isPresent(table), rules: count)
        }
        return AttackCoverage(rules, sources: sources, catalogue: catalogue)
    }

    /// The tables that rules read; several of which one is enough where they hold the same kind of events.
    private func needs(
        of rules: [KnownRule], events: Set<String>
    ) async throws -> [(tables: [String], isAnyEnough: Bool)] {
        let queries = rules.map { rule in
            if case .analytics(let analytics) = rule.logic { analytics.query } else { "" }
        }
        return zip(rules, try await history.tables(of: queries)).map { rule, named in
            switch rule.logic {
            case .analytics(let analytics):
                let tables = named.filter { events.contains($0) }
                let declared = Set(analytics.dataConnectors.flatMap(\.dataTypes))
                // A query over a normalising function reads whichever of its tables are there.
                let own = tables.filter { declared.contains($0) }
                return own.isEmpty
                    ? (tables, tables.count > Self.mostTablesOfOneKind)
                    : (own, declared.count > Self.mostTablesOfOneKind)
            case .sigma(let sigma): return ((SigmaTables.names(for: sigma.logSource) ?? []).sorted(), true)
            }
        }
    }

    /// A rule that reads more tables than this reads the same kind of events from wherever they come.
    private static let mostTablesOfOneKind = 3
}

/// All that is known of how good a rule is.
public struct RuleDossier: Sendable {
    public var quality: RuleQuality
    /// The entities that its noise names most often.
    public var noisyEntities: [NoisyEntity]
    public var exclusions: [SuggestedExclusion]
}
