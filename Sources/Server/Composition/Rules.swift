internal import Detection
internal import Foundation
internal import Sigma

/// The rules of an installation as they were read at start: what ships with Tocsin and the configured folders.
struct Rules: Sendable {
    let analytics: [AnalyticsRule]
    let sigma: [SigmaRule]
    /// Joins hits of Sigma rules.
    let correlator: SigmaCorrelator
    let findings: [RuleFinding]

    init(_ settings: Settings) {
        func folders(_ shipped: String, _ further: [String]) -> [URL] {
            [settings.contentFolder.appending(path: shipped)] + further.map { URL(filePath: $0) }
        }
        let analytics = RuleFolder.analyticsRules(in: folders("rules", settings.detection.ruleFolders))
        let sigma = RuleFolder.sigmaRules(in: folders("sigma", settings.detection.sigmaFolders))
        self.analytics = analytics.rules
        self.sigma = sigma.reading.rules
        correlator = SigmaCorrelator(sigma.reading.correlations, rules: sigma.reading.rules)
        findings = analytics.findings + sigma.findings
    }
}
