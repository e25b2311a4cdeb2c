import Foundation
import Sigma

/// Rules read from folders and compiled, with the time that took.
struct RuleLoad: Sendable {
    let ruleSet: SigmaRuleSet
    let readSeconds: Double
    let findings: Int

    /// - Parameter limit: so many rules are compiled, taken evenly over all.
    init(_ folders: [URL], limit: Int) throws {
        let start = ContinuousClock.now
        var reading = SigmaReading()
        for file in Self.files(in: folders) {
            reading.append(SigmaReader().read(try String(contentsOf: file, encoding: .utf8), file: file.path))
        }
        findings = reading.findings.count
        readSeconds = (ContinuousClock.now - start) / .seconds(1)
        var rules = reading.rules
        if rules.count > limit { rules = (0..<limit).map { rules[$0 * rules.count / limit] } }
        ruleSet = SigmaRuleSet(rules)
    }

    private static func files(in folders: [URL]) -> [URL] {
        folders.flatMap { folder in
            let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "yml" }
        }.sorted { $0.path < $1.path }
    }
}
