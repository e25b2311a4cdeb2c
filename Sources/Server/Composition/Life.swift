internal import API
internal import Casebook
internal import Chronology
internal import Collection
internal import Detection
internal import EventStore
internal import Export
internal import Foundation
internal import HTTPAdapter
internal import Investigation
internal import Logging
internal import Notification
internal import Prioritization
internal import Response
internal import SMTPChannel
internal import StateStore
internal import Suppression
internal import Watchlists

/// The life cycle of an installation: what takes events in, finds incidents in them, and reacts.
struct Life: Sendable {
    let core: Core
    let library: RuleLibrary
    let ruleHealth: RuleHealthLog
    let intake: IngestPipeline
    let deadLetters: DeadLetterDesk
    let collector: Collector
    let collecting: CollectingServices
    let runner: RuleRunner
    let behaviors: BehaviorRunner
    let priorities: Priorities
    let notifications: NotificationEngine
    let response: ResponseEngine
    let export: TableExport
    let records: RecordExport
    let suppressor: Suppressor
    let health: SourceHealth
    let monitor: HealthMonitor
    let proving: Proving
    let threats: Threats
    let watchlists: WatchlistDesk

    /// Reads the content and builds every room. What is wrong with content is logged and left out.
    static func build(_ core: Core) async throws -> Life {
        let logger = core.logger
        let (content, faults) = CollectionContent.load(from: core.settings.contentFolder)
        for fault in faults { logger.warning("content left out", metadata: ["fault": "\(fault)"]) }
        for table in content.tables.tables.values { _ = try await core.events.ensure(table.name, table.schema) }
        let stream = KQLBlockMatcher()
        let products = ProductAlertMatcher()
        let sigma = ReplaceableMatcher(SigmaBlockMatcher([]))
        let indicators = IndicatorMatcher()
        let stages = try await RuleStages(core.database, time: core.time)
        let correlations = SigmaCorrelations(database: core.database, time: core.time)
        let detector = StreamDetector(
            [sigma, stream, products, indicators], casebook: core.casebook, correlations: correlations,
            isInTrial: { stages.isInTrial($0) })
        let ruleHealth = RuleHealthLog(resourcePrefix: core.settings.workspace.names.securityInsights)
        let threats = Threats(
            core, matcher: indicators, detector: detector, isInTrial: { stages.isInTrial($0) })
        let collector = Collector(content)
        var policy = RuleSchedule.Policy()
        policy.scheduledDelay = core.settings.detection.scheduledDelay
        policy.nearRealTimeDelay = core.settings.detection.nearRealTimeDelay
        let queries = StoreRuleQueries(
            store: core.events, environment: { core.queries.environment() },
            slices: RuleSlices(core.database, core.settings.detection.incremental, time: core.time))
        let runner = RuleRunner(
            queries: queries, casebook: core.casebook, states: RuleStates(core.database), time: core.time,
            policy: policy, streamed: StreamedRuns(stream, store: core.events), logger: logger,
            isInTrial: { stages.isInTrial($0) },
            onHealth: { ruleHealth.note($0) })
        let behaviors = BehaviorRunner(
            queries: queries, store: core.events, states: RuleStates(core.database), time: core.time, policy: policy,
            logger: logger, onHealth: { ruleHealth.note($0) })
        let library = try await RuleLibrary.load(
            core.settings,
            RuleLibrary.Places(
                stream: stream, products: products, sigma: sigma, correlations: correlations, runner: runner,
                behaviors: behaviors,
                environment: { core.queries.environment() },
                engines: { rules in
                    indicators.isEnabled = rules.isOn(.threatIntelligence)
                    await threats.fusion.setEnabled(rules.isOn(.fusion))
                },
                admit: {
                    try await stages.enroll($0.known(core.settings), usesTrial: core.settings.detection.trial)
                }), tables: core.events.schemas, logger: logger)
        let known: @Sendable () async -> [KnownRule] = {
            let enabled = Dictionary(
                await runner.statuses().map { ($0.id, $0.isEnabled) }, uniquingKeysWith: { first, _ in first })
            return library.current.known(core.settings) { enabled[$0] }
        }
        let health = SourceHealth(ledger: core.settings.health.ledger())
        let monitor = HealthMonitor(
            health: health, store: core.events, memory: SourceMemory(core.database),
            incidents: HealthIncidents(casebook: core.casebook), computer: ProcessInfo.processInfo.hostName,
            time: core.time, logger: logger)
        try await monitor.restore()
        let intake = IngestPipeline(
            collector: collector, sink: StoreSink(store: core.events, detector: detector), ledger: health.ledger,
            time: core.time, logger: logger)
        return Life(
            core: core, library: library, ruleHealth: ruleHealth, intake: intake,
            deadLetters: DeadLetterDesk(core: core, detector: detector),
            collector: collector, collecting: try Collecting.services(core, content, intake: intake), runner: runner,
            behaviors: behaviors,
            priorities: try await Priorities(core, precisions: Proving.precisions(core, known)),
            notifications: try Mailing.engine(core),
            response: try Responding.engine(core),
            export: TableExport(
                casebook: core.casebook, journal: core.database.journal, store: core.events, logger: logger,
                incidentURL: { core.incidentURL($0) }),
            records: RecordExport(
                casebook: core.casebook, journal: core.database.journal, store: core.events, logger: logger),
            suppressor: Suppressor(
                casebook: core.casebook, rules: SuppressionRules(core.database, time: core.time),
                journal: core.database.journal),
            health: health, monitor: monitor,
            proving: Proving(core, stages: stages, rules: known), threats: threats,
            watchlists: WatchlistDesk(
                lists: core.watchlists, publisher: WatchlistPublisher(core.watchlists, store: core.events)))
    }

    /// The rules that are in force.
    var rules: Rules { library.current }

    /// The journal's readers.
    var readers: [Loop] {
        [
            loop("prioritization") { try await priorities.desk.prioritizer.run() },
            loop("service levels") { try await priorities.desk.serviceLevels.run() },
            loop("notification") { try await notifications.run() },
            loop("response") { try await response.run() },
            loop("export") { try await export.run() },
            loop("suppression") { try await suppressor.run() },
            loop("record export") { try await records.run() },
            loop("rule quality") { try await proving.followJournal() },
            loop("fusion") { try await threats.fusion.run() },
        ]
    }

    /// What runs by the clock: rules, and the priorities of incidents that wait.
    var schedules: [Loop] {
        var loops = [
            loop("rules") { await runner.run() },
            loop("behaviour") { try await behaviors.run() },
            loop("rule files") {
                while true {
                    try await Task.sleep(for: .seconds(2))
                    try await library.refresh(
                        tables: core.events.schemas, watchlists: core.watchlists.changes.position)
                }
            },
            loop("rule health") {
                while true {
                    try await Task.sleep(for: .seconds(5))
                    try await ruleHealth.flush(to: core.events)
                }
            },
            loop("health") { try await monitor.run() },
            loop("rule trials") { try await proving.watchTrials() },
            loop("rule tables") { try await proving.writeTables() },
            loop("correlations") {
                while true {
                    try await Task.sleep(for: .seconds(30))
                    try await deadLetters.detector.closeCorrelations(now: core.time.now())
                }
            },
            loop("watchlists") { try await watchlists.run() },
            loop("indicators") { try await threats.sweep.run() },
            loop("indicator tables") { try await threats.publish() },
            loop("waiting incidents") {
                while true {
                    try await Task.sleep(for: .seconds(600))
                    _ = try await priorities.desk.prioritizer.refreshOpen()
                }
            },
            loop("priority files") { try await priorities.followFiles() },
            loop("learned assets") { try await priorities.learn() },
            loop("identities") { try await IdentityTable(core: core, book: priorities.desk.book).run() },
        ]
        if core.events is any StoreUpkeep {
            loops.append(loop("retention") { try await RetentionLoop(core: core).run() })
        }
        return loops
    }

    /// The ways in that run by themselves.
    var listeners: Listeners {
        Listeners(
            settings: core.settings, intake: intake, board: health.connectors, database: core.database, time: core.time,
            logger: core.logger)
    }

    func loop(_ name: String, _ body: @escaping @Sendable () async throws -> Void) -> Loop {
        Loop(name: name, logger: core.logger, body: body)
    }

    /// Works through the journal until every reader has seen all of it; for the end of a short-lived installation.
    func settle() async throws {
        for _ in 0..<100 {
            let before = try await core.database.journal.head().sequence
            try await proving.desk.ledger.processPending()
            _ = try await threats.fusion.processPending()
            _ = try await priorities.desk.prioritizer.processPending()
            try await priorities.desk.serviceLevels.processPending()
            _ = try await notifications.takePending()
            try await response.applyPending()
            try await export.drain()
            try await records.drain()
            try await suppressor.drain()
            if try await core.database.journal.head().sequence == before { return }
        }
    }
}

extension RuleSlices {
    /// Nil when all rules are to read their whole look-back.
    fileprivate init?(_ database: StateDatabase, _ runs: Settings.IncrementalRuns, time: TimeSource) {
        switch runs {
        case .measured: self.init(database, time: time)
        case .always: self.init(database, time: time, policy: .alwaysSlices)
        case .never: return nil
        }
    }
}
