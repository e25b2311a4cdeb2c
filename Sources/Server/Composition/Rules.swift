internal import Detection
internal import Foundation
internal import Sigma

/// The rules of an installation as they were read: what ships with Tocsin and the configured folders.
struct Rules: Sendable {
    let analytics: [AnalyticsRule]
    let incidentCreation: [IncidentCreationRule]
    let engines: [EngineRule]
    let sigma: [SigmaRule]
    /// Joins hits of Sigma rules.
    let correlator: SigmaCorrelator
    let behaviors: [Behavior]
    let findings: [RuleFinding]

    init(_ settings: Settings) {
        let analytics = RuleFolder.analyticsRules(in: Self.analyticsFolders(settings))
        let sigma = RuleFolder.sigmaRules(in: Self.sigmaFolders(settings))
        let behaviors = BehaviorReader.behaviors(in: [Self.behaviorFolder(settings)])
        self.analytics = analytics.rules
        incidentCreation = analytics.incidentRules
        engines = analytics.engineRules
        self.sigma = sigma.reading.rules
        correlator = SigmaCorrelator(sigma.reading.correlations, rules: sigma.reading.rules)
        self.behaviors = behaviors.behaviors
        findings =
            analytics.findings + TemplateVersions.findings(analytics.rules) + sigma.findings + behaviors.findings
    }

    static func analyticsFolders(_ settings: Settings) -> [URL] {
        [settings.contentFolder.appending(path: "rules")] + settings.detection.ruleFolders.map { URL(filePath: $0) }
    }

    static func behaviorFolder(_ settings: Settings) -> URL { settings.contentFolder.appending(path: "behavior") }

    static func sigmaFolders(_ settings: Settings) -> [URL] {
        [settings.contentFolder.appending(path: "sigma")] + settings.detection.sigmaFolders.map { URL(filePath: $0) }
    }
}
