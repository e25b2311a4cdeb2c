internal import Sigma

/// What files of analytics rules gave: the rules that can run and all findings.
public struct RuleReading: Sendable {
    public var rules: [AnalyticsRule] = []
    public var findings: [RuleFinding] = []
    /// Documents that were rules or should have been.
    public var documents = 0

    public init() {}

    /// Adds another file's reading.
    public mutating func append(_ other: RuleReading) {
        rules += other.rules
        findings += other.findings
        documents += other.documents
    }
}

/// Reads analytics rules from YAML (or JSON of the same shape), leniently: what can be understood is taken, all the
/// rest becomes a finding.
public enum RuleReader {
    /// Reads all documents of a file's text; `file` is its name in findings.
    public static func read(_ text: String, file: String) -> RuleReading {
        var reading = RuleReading()
        var faults: [SigmaFinding] = []
        let documents = YAMLDocuments.read(text, file: file, findings: &faults)
        reading.findings = faults.map { RuleFinding($0) }
        reading.documents = max(documents.count, faults.isEmpty ? 0 : 1)
        for document in documents {
            guard let mapping = document.mapping else {
                reading.findings.append(
                    RuleFinding(
                        .error, .notARule, "a rule is a YAML map with name, kind and query", at: document.position))
                continue
            }
            var builder = RuleBuilder(fields: mapping, position: document.position)
            if let rule = builder.build() { reading.rules.append(rule) }
            reading.findings += builder.findings
        }
        return reading
    }
}
