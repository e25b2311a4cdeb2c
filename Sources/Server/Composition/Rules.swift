internal import Detection
internal import Foundation
internal import Sigma

/// The rules of an installation as they were read at start: what ships with Tocsin and the configured folders.
struct Rules: Sendable {
    let analytics: [AnalyticsRule]
    let sigma: [SigmaRule]
    let behaviors: [Behavior]
    let findings: [RuleFinding]

    init(_ settings: Settings) {
        func folders(_ shipped: String, _ further: [String]) -> [URL] {
            [settings.contentFolder.appending(path: shipped)] + further.map { URL(filePath: $0) }
        }
        let analytics = RuleFolder.analyticsRules(in: folders("rules", settings.detection.ruleFolders))
        let sigma = RuleFolder.sigmaRules(in: folders("sigma", settings.detection.sigmaFolders))
        let behaviors = BehaviorReader.behaviors(in: [settings.contentFolder.appending(path: "behavior")])
        self.analytics = analytics.rules
        self.sigma = sigma.reading.rules
        self.behaviors = behaviors.behaviors
        findings = analytics.findings + sigma.findings + behaviors.findings
    }
}
