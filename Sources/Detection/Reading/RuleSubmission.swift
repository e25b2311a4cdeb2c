public import JSON
internal import Sigma

/// A rule in the shape of Azure's API, read as strictly as that API does: what a file is forgiven is refused here.
public struct RuleSubmission: Sendable {
    /// Why the rule is refused, and the field at fault, such as `properties.queryFrequency`.
    public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
        public let target: String
    }

    public let rule: ReadRule
    /// The rule as it is to be kept in a file: name, kind and properties, whole.
    public let resource: JSON
    /// What is odd but taken.
    public let warnings: [String]

    private static let required: [String: [String]] = [
        "scheduled": [
            "displayName", "enabled", "query", "queryFrequency", "queryPeriod", "severity", "suppressionDuration",
            "suppressionEnabled", "triggerOperator", "triggerThreshold",
        ],
        "nrt": ["displayName", "enabled", "query", "severity", "suppressionDuration", "suppressionEnabled"],
        "microsoftsecurityincidentcreation": ["displayName", "enabled", "productFilter"],
    ]

    /// Findings that are only warnings in a file.
    private static let strict: Set<RuleFinding.Code> = [
        .invalidValue, .unknownSeverity, .invalidDuration, .invalidSchedule, .unknownEntity, .unknownIdentifier,
        .unknownTactic, .unknownTechnique, .tooMany, .tooLong, .missingField, .queryScope,
    ]

    /// - Parameters:
    ///   - id: the resource's name.
    ///   - check: compiles a query.
    public init(
        id: String, kind: String, properties: JSON, check: (String) -> QueryCheck
    ) throws(Refusal) {
        for name in Self.required[kind.lowercased()] ?? ["enabled"] where properties[name]?.isNull ?? true {
            throw Refusal(description: "'\(name)' is required", target: "properties.\(name)")
        }
        var members = properties.objectValue ?? [:]
        // The name stands in the path, and engines have names of their own.
        if members["displayName"] == nil { members["displayName"] = .string(kind) }
        for (key, value) in members where value.isNull { members[key] = nil }
        // What the API only ever answers.
        for name in ["lastModifiedUtc", "templateVersion"] where members[name]?.stringValue?.isEmpty ?? false {
            members[name] = nil
        }
        resource = ["name": .string(id), "kind": .string(kind), "properties": .object(members)]
        let reading = RuleReader.read(resource.description, file: id)
        for finding in reading.findings
        where finding.gravity == .error || Self.strict.contains(finding.code) && !Self.isSpelling(finding) {
            throw Refusal(description: finding.message, target: Self.target(of: finding, in: members))
        }
        warnings = reading.findings.map(\.message)
        if let rule = reading.rules.first {
            for fault in check(rule.query).faults where fault.isError {
                throw Refusal(
                    description: "the query fails at line \(fault.line), column \(fault.column): \(fault.message)",
                    target: "properties.query")
            }
            self.rule = .query(rule)
        } else if let rule = reading.incidentRules.first {
            self.rule = .incidentCreation(rule)
        } else if let rule = reading.engineRules.first {
            self.rule = .engine(rule)
        } else {
            throw Refusal(description: "the body is no rule of a known kind", target: "kind")
        }
    }

    /// A word in another letter case than the documented one is understood.
    private static func isSpelling(_ finding: RuleFinding) -> Bool { finding.message.contains("is spelled") }

    /// The property that the finding's sentence names or whose value it quotes.
    private static func target(of finding: RuleFinding, in members: JSONObject) -> String {
        let quoted = finding.message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        for word in quoted {
            if members[word] != nil || required.values.contains(where: { $0.contains(word) }) {
                return "properties.\(word)"
            }
            if let (name, _) = members.first(where: { $0.value.description.contains("\"\(word)\"") }) {
                return "properties.\(name)"
            }
        }
        switch finding.code {
        case .invalidSchedule: return "properties.queryPeriod"
        case .queryScope: return "properties.query"
        case .unknownEntity, .unknownIdentifier: return "properties.entityMappings"
        case .unknownKind, .unsupportedKind: return "kind"
        default: return "properties"
        }
    }
}
