internal import Chronology
internal import Detection
internal import Foundation
internal import Sigma

/// The rules of an installation as they were read: what ships with Tocsin and the configured folders.
struct Rules: Sendable {
    let analytics: [AnalyticsRule]
    /// The scheduled and near-real-time rules that ship, whether they are in force or not.
    let templates: [AnalyticsRule]
    let incidentCreation: [IncidentCreationRule]
    let engines: [EngineRule]
    let sigma: [SigmaRule]
    /// Joins hits of Sigma rules.
    let correlator: SigmaCorrelator
    let behaviors: [Behavior]
    let findings: [RuleFinding]

    init(_ settings: Settings) {
        let shipped = RuleFolder.analyticsRules(in: [Self.shippedFolder(settings)])
        // What was written through the API stands in place of what ships under the same id.
        var analytics = RuleFolder.analyticsRules(in: Self.written(settings).folders)
        analytics.append(shipped)
        analytics.append(RuleFolder.analyticsRules(in: Self.configuredFolders(settings)))
        analytics.keepFirst(without: Set(Self.written(settings).markedNames))
        let placeholders = SigmaPlaceholders.load(Self.placeholderFile(settings))
        let sigma = RuleFolder.sigmaRules(in: Self.sigmaFolders(settings), placeholders: placeholders.values)
        let behaviors = BehaviorReader.behaviors(in: [Self.behaviorFolder(settings)])
        self.analytics = analytics.rules
        templates = shipped.rules
        incidentCreation = analytics.incidentRules
        engines = analytics.engineRules
        self.sigma = sigma.reading.rules
        var policy = SigmaCorrelator.Policy()
        policy.lateness = Int64(settings.detection.correlationLateness.seconds * 1_000)
        correlator = SigmaCorrelator(sigma.reading.correlations, rules: sigma.reading.rules, policy: policy)
        self.behaviors = behaviors.behaviors
        findings =
            analytics.findings + TemplateVersions.findings(analytics.rules) + sigma.findings + behaviors.findings
            + placeholders.findings
    }

    static func analyticsFolders(_ settings: Settings) -> [URL] {
        written(settings).folders + [shippedFolder(settings)] + configuredFolders(settings)
    }

    private static func shippedFolder(_ settings: Settings) -> URL { settings.contentFolder.appending(path: "rules") }

    private static func configuredFolders(_ settings: Settings) -> [URL] {
        settings.detection.ruleFolders.map { URL(filePath: $0) }
    }

    /// The rules that were written through the API.
    static func written(_ settings: Settings) -> ResourceFolder {
        ResourceFolder(settings.dataFolder.appending(path: "rules"))
    }

    static func behaviorFolder(_ settings: Settings) -> URL { settings.contentFolder.appending(path: "behavior") }

    /// The values that Sigma rules name by placeholders.
    static func placeholderFile(_ settings: Settings) -> URL {
        settings.contentFolder.appending(path: "sigma-placeholders.yaml")
    }

    static func sigmaFolders(_ settings: Settings) -> [URL] {
        [settings.contentFolder.appending(path: "sigma")] + settings.detection.sigmaFolders.map { URL(filePath: $0) }
    }
}

extension RuleReading {
    /// Drops rules of an id that another rule before them has, and of the ids given.
    fileprivate mutating func keepFirst(without ids: Set<String>) {
        var seen = ids
        rules.removeAll { !seen.insert($0.id).inserted }
        incidentRules.removeAll { !seen.insert($0.id).inserted }
        engineRules.removeAll { !seen.insert($0.id).inserted }
    }
}
