internal import Sigma

/// Compares rules with the templates that they were made of.
public enum TemplateVersions {
    /// Tells of each rule whose template, a rule of the id that it names, is there in a newer version.
    public static func findings(_ rules: [AnalyticsRule]) -> [RuleFinding] {
        let templates = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return rules.compactMap { rule in
            guard !rule.templateID.isEmpty, rule.templateID != rule.id, let template = templates[rule.templateID],
                isNewer(template.version, than: rule.version)
            else { return nil }
            return RuleFinding(
                .warning, .newerTemplate,
                "the rule was made of version \(rule.version) of its template; version \(template.version) is in "
                    + template.position.file, at: rule.position)
        }
    }

    private static func isNewer(_ text: String, than other: String) -> Bool {
        let numbers = [text, other].map { $0.split(separator: ".").map { Int($0) ?? 0 } }
        return !other.isEmpty && numbers[1].lexicographicallyPrecedes(numbers[0])
    }
}
