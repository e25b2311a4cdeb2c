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

/// The life cycle of an installation: what takes events in, finds incidents in them, and reacts.
struct Life: Sendable {
    let core: Core
    let rules: Rules
    let intake: IngestPipeline
    let deadLetters: DeadLetterDesk
    let collector: Collector
    let collecting: CollectingServices
    let runner: RuleRunner
    let prioritizer: Prioritizer
    let notifications: NotificationEngine
    let response: ResponseEngine
    let export: TableExport
    let health: SourceHealth
    let monitor: HealthMonitor
    let threats: Threats

    /// Reads the content and builds every room. What is wrong with content is logged and left out.
    static func build(_ core: Core) async throws -> Life {
        let logger = core.logger
        let (content, faults) = CollectionContent.load(from: core.settings.contentFolder)
        for fault in faults { logger.warning("content left out", metadata: ["fault": "\(fault)"]) }
        for table in content.tables.tables.values { _ = try await core.events.ensure(table.name, table.schema) }
        let rules = Rules(core.settings)
        for finding in rules.findings where finding.gravity == .error {
            logger.warning("rule left out", metadata: ["finding": "\(finding)"])
        }
        let indicatorMatcher = IndicatorMatcher()
        let detector = StreamDetector([SigmaBlockMatcher(rules.sigma), indicatorMatcher], casebook: core.casebook)
        let threats = Threats(core, matcher: indicatorMatcher, detector: detector)
        let collector = Collector(content)
        var policy = RuleSchedule.Policy()
        policy.scheduledDelay = core.settings.detection.scheduledDelay
        policy.nearRealTimeDelay = core.settings.detection.nearRealTimeDelay
        let runner = RuleRunner(
            queries: StoreRuleQueries(store: core.events, environment: { core.queries.environment() }),
            casebook: core.casebook, states: RuleStates(core.database), time: core.time, policy: policy,
            logger: logger)
        try await runner.replaceRules(rules.analytics)
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
            core: core, rules: rules, intake: intake, deadLetters: DeadLetterDesk(core: core, detector: detector),
            collector: collector, collecting: try Collecting.services(core, content, intake: intake), runner: runner,
            prioritizer: Prioritizer(
                casebook: core.casebook, journal: core.database.journal, basis: Basis.load(core), time: core.time),
            notifications: try Mailing.engine(core),
            response: try Responding.engine(core),
            export: TableExport(
                casebook: core.casebook, journal: core.database.journal, store: core.events, logger: logger,
                incidentURL: { core.incidentURL($0) }), health: health, monitor: monitor, threats: threats)
    }

    /// The journal's readers.
    var readers: [Loop] {
        [
            loop("prioritization") { try await prioritizer.run() },
            loop("notification") { try await notifications.run() },
            loop("response") { try await response.run() },
            loop("export") { try await export.run() },
            loop("fusion") { try await threats.fusion.run() },
        ]
    }

    /// What runs by the clock: rules, and the priorities of incidents that wait.
    var schedules: [Loop] {
        var loops = [
            loop("rules") { await runner.run() },
            loop("health") { try await monitor.run() },
            loop("indicators") { try await threats.sweep.run() },
            loop("indicator tables") { try await threats.publish() },
            loop("waiting incidents") {
                while true {
                    try await Task.sleep(for: .seconds(600))
                    _ = try await prioritizer.refreshOpen()
                }
            },
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
            _ = try await threats.fusion.processPending()
            _ = try await prioritizer.processPending()
            _ = try await notifications.takePending()
            try await response.applyPending()
            try await export.drain()
            if try await core.database.journal.head().sequence == before { return }
        }
    }
}

/// What priorities are made of: the model and the assets of the content and data folders.
private enum Basis {
    static func load(_ core: Core) -> Prioritizer.Basis {
        var basis = Prioritizer.Basis()
        for folder in [core.settings.contentFolder, core.settings.dataFolder] {
            do {
                let model = folder.appending(path: "priority.yaml")
                if let text = ContentFiles.text(model) { basis.model = try ScoringModel(yaml: text, file: model.path) }
                let assets = folder.appending(path: "assets.yaml")
                if let text = ContentFiles.text(assets) {
                    basis.assets = try AssetInventory(yaml: text, file: assets.path)
                }
            } catch {
                core.logger.warning("priorities: file left out", metadata: ["fault": "\(error)"])
            }
        }
        return basis
    }
}
