public import Sigma
public import Vocabulary

/// A rule of whatever kind, as far as quality, back-tests and coverage look at it.
public struct KnownRule: Sendable, Identifiable {
    public enum Logic: Sendable {
        case analytics(AnalyticsRule)
        case sigma(SigmaRule)
    }

    public var logic: Logic
    public var isEnabled: Bool
    /// Ships with Tocsin, in contrast to rules that were added.
    public var isShipped: Bool

    public init(_ logic: Logic, isEnabled: Bool = true, isShipped: Bool = false) {
        self.logic = logic
        self.isEnabled = isEnabled
        self.isShipped = isShipped
    }

    public var id: String {
        switch logic {
        case .analytics(let rule): rule.id
        case .sigma(let rule): rule.id
        }
    }

    public var name: String {
        switch logic {
        case .analytics(let rule): rule.name
        case .sigma(let rule): rule.title.isEmpty ? rule.id : rule.title
        }
    }

    /// `Scheduled`, `NRT`, `Sigma`.
    public var kind: String {
        switch logic {
        case .analytics(let rule): rule.timing.kind
        case .sigma: "Sigma"
        }
    }

    public var severity: Severity {
        switch logic {
        case .analytics(let rule): rule.severity
        case .sigma(let rule): rule.level.severity
        }
    }

    public var tactics: [Tactic] {
        switch logic {
        case .analytics(let rule): rule.tactics
        case .sigma(let rule): AttackReference.read(tags: rule.tags).tactics
        }
    }

    /// `T1110`, `T1110.003`.
    public var techniques: [String] {
        switch logic {
        case .analytics(let rule): rule.techniques
        case .sigma(let rule): AttackReference.read(tags: rule.tags).techniques
        }
    }

    /// The fields of results that name entities.
    var identifyingFields: Set<String> {
        switch logic {
        case .analytics(let rule): Set(rule.entityMappings.flatMap { $0.fields.map(\.column) })
        case .sigma: []
        }
    }

    /// What excludes results that meet all terms, in the rule's own language.
    func exclusionText(_ terms: [SuggestedExclusion.Term]) -> String {
        switch logic {
        case .analytics:
            let conditions = terms.map { "\(Self.kqlName($0.field)) == \(Self.kqlText($0.value))" }
            return "| where not(\(conditions.joined(separator: " and ")))"
        case .sigma(let rule):
            let fields = terms.map { "    \(Self.lastPart($0.field)): \(Self.sigmaText($0.value))" }
            return """
                title: Known and expected
                logsource: {\(Self.logSource(rule.logSource))}
                filter:
                  rules: [\(rule.id)]
                  expected:
                \(fields.joined(separator: "\n"))
                  condition: not expected
                """
        }
    }

    private static func kqlName(_ field: String) -> String {
        let isPlain = field.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isPlain && field.first?.isNumber == false ? field : "['\(escaped(field, quote: "'"))']"
    }

    private static func kqlText(_ value: String) -> String { "\"\(escaped(value, quote: "\""))\"" }

    private static func escaped(_ text: String, quote: String) -> String {
        text.replacing("\\", with: "\\\\").replacing(quote, with: "\\" + quote).replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r").replacing("\t", with: "\\t")
    }

    private static func lastPart(_ field: String) -> String {
        field.split(separator: ".").last.map(String.init) ?? field
    }

    /// Wildcards and the backslashes before them are escaped, and the whole is quoted for YAML.
    private static func sigmaText(_ value: String) -> String {
        var text = ""
        for character in value {
            if character == "*" || character == "?" { text += "\\" }
            text.append(character)
        }
        return "'\(text.replacing("'", with: "''"))'"
    }

    private static func logSource(_ source: SigmaLogSource) -> String {
        [("product", source.product), ("category", source.category), ("service", source.service)]
            .compactMap { name, value in value.map { "\(name): \($0)" } }.joined(separator: ", ")
    }
}
