import Detection
import Foundation
import Sigma

/// Rules read from folders, as an installation reads them, and compiled, with the time that took.
struct RuleLoad: Sendable {
    let ruleSet: SigmaRuleSet
    let readSeconds: Double
    let findings: Int

    /// - Parameter limit: so many rules are compiled, taken evenly over all.
    init(_ folders: [URL], limit: Int) {
        let start = ContinuousClock.now
        let (reading, findings) = RuleFolder.sigmaRules(in: folders)
        self.findings = findings.count
        readSeconds = (ContinuousClock.now - start) / .seconds(1)
        var rules = reading.rules
        if rules.count > limit { rules = (0..<limit).map { rules[$0 * rules.count / limit] } }
        ruleSet = SigmaRuleSet(rules)
    }
}
