internal import Sigma

/// What files of analytics rules gave: the rules that can run and all findings.
public struct RuleReading: Sendable {
    public var rules: [AnalyticsRule] = []
    /// Rules that make incidents of other products' alerts.
    public var incidentRules: [IncidentCreationRule] = []
    /// Rules that switch the built-in engines.
    public var engineRules: [EngineRule] = []
    public var findings: [RuleFinding] = []
    /// Documents that were rules or should have been.
    public var documents = 0

    public init() {}

    /// How many rules were read, of whatever kind.
    public var ruleCount: Int { rules.count + incidentRules.count + engineRules.count }

    /// Adds another file's reading.
    public mutating func append(_ other: RuleReading) {
        rules += other.rules
        incidentRules += other.incidentRules
        engineRules += other.engineRules
        findings += other.findings
        documents += other.documents
    }
}

/// Reads analytics rules leniently: what can be understood is taken, all the rest becomes a finding.
///
/// Takes the YAML of rule repositories, JSON of the same shape, and what Azure exports: ARM templates, and resources of the
/// API, single or in a list.
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
            guard let resources = RuleResources.fields(in: mapping) else {
                reading.add(mapping, at: document.position)
                continue
            }
            reading.documents += resources.count - 1
            if resources.isEmpty {
                reading.findings.append(
                    RuleFinding(.error, .notARule, "the template holds no analytics rule", at: document.position))
                reading.documents += 1
            }
            for (fields, position) in resources { reading.add(fields, at: position) }
        }
        return reading
    }
}

extension RuleReading {
    fileprivate mutating func add(_ fields: YAMLMapping, at position: SigmaPosition) {
        var builder = RuleBuilder(fields: fields, position: position)
        switch builder.buildAny() {
        case .query(let rule): rules.append(rule)
        case .incidentCreation(let rule): incidentRules.append(rule)
        case .engine(let rule): engineRules.append(rule)
        case nil: break
        }
        findings += builder.findings
    }
}
