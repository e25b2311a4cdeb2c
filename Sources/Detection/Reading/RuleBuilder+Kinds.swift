internal import Sigma
internal import Vocabulary

/// A rule of any kind, as it was read.
public enum ReadRule: Sendable {
    case query(AnalyticsRule)
    case incidentCreation(IncidentCreationRule)
    case engine(EngineRule)
}

extension RuleBuilder {
    /// The rule, or nil when findings of gravity `error` forbid it.
    mutating func buildAny() -> ReadRule? {
        let kind = fields["kind"]?.text?.lowercased() ?? ""
        if kind == IncidentCreationRule.kind.lowercased() { return incidentCreation().map { .incidentCreation($0) } }
        if let engine = EngineRule.Engine.allCases.first(where: { $0.rawValue.lowercased() == kind }) {
            return engineRule(engine).map { .engine($0) }
        }
        return build().map { .query($0) }
    }

    private mutating func incidentCreation() -> IncidentCreationRule? {
        let name = ruleName() ?? ""
        guard let value = fields["productFilter"], let product = value.text, !product.isEmpty else {
            report(.error, .missingField, "'productFilter' is missing: the product whose alerts become incidents", nil)
            return nil
        }
        if !IncidentCreationRule.knownProducts.contains(product) {
            report(
                .warning, .invalidValue,
                "'\(product)' is no product that Sentinel knows; alerts that name it are taken",
                value.position)
        }
        var rule = IncidentCreationRule(id: identifier(name: name), name: name, product: product, position: position)
        rule.description = text("description", most: 5_000) ?? ""
        rule.severities = severities(fields["severitiesFilter"])
        rule.displayNames = list(fields["displayNamesFilter"]).map(\.0)
        rule.excludedNames = list(fields["displayNamesExcludeFilter"]).map(\.0)
        rule.isEnabled = boolean(fields["enabled"]) ?? true
        rule.version = version()
        rule.templateID = fields["alertRuleTemplateName"]?.text?.lowercased() ?? ""
        return findings.contains { $0.gravity == .error } ? nil : rule
    }

    private mutating func severities(_ value: YAMLValue?) -> Set<Severity> {
        var severities: Set<Severity> = []
        for (text, place) in list(value) {
            guard let severity = Severity(lenient: text) else {
                report(
                    .warning, .unknownSeverity, "'\(text)' is no severity (Informational, Low, Medium, High)", place)
                continue
            }
            severities.insert(severity)
        }
        return severities
    }

    private mutating func engineRule(_ engine: EngineRule.Engine) -> EngineRule? {
        let name = ruleName() ?? engine.rawValue
        var rule = EngineRule(id: identifier(name: name), name: name, engine: engine, position: position)
        rule.description = text("description", most: 5_000) ?? ""
        if fields["severity"] != nil { rule.severity = severity() }
        rule.tactics = tactics()
        rule.techniques = techniques()
        rule.isEnabled = boolean(fields["enabled"]) ?? true
        rule.sources = (fields["sourceSettings"]?.sequence ?? []).compactMap { source($0) }
        rule.exclusionPatterns = (fields["scenarioExclusionPatterns"]?.sequence ?? []).compactMap {
            $0.mapping?["exclusionPattern"]?.text
        }
        rule.version = version()
        rule.templateID = fields["alertRuleTemplateName"]?.text?.lowercased() ?? ""
        return findings.contains { $0.gravity == .error } ? nil : rule
    }

    private mutating func source(_ value: YAMLValue) -> EngineRule.Source? {
        guard let mapping = value.mapping, let name = mapping["sourceName"]?.text else {
            report(.warning, .missingField, "a source setting needs 'sourceName'", value.position)
            return nil
        }
        let subtypes = (mapping["sourceSubTypes"]?.sequence ?? []).compactMap { element -> EngineRule.Subtype? in
            guard let subtype = element.mapping, let name = subtype["sourceSubTypeName"]?.text else { return nil }
            let filters = subtype["severityFilters"]?.mapping?["filters"]?.sequence ?? []
            let excluded = filters.compactMap { filter -> Severity? in
                guard let filter = filter.mapping, boolean(filter["enabled"]) == false else { return nil }
                return filter["severity"]?.text.flatMap { Severity(lenient: $0) }
            }
            return EngineRule.Subtype(
                name: name, isEnabled: boolean(subtype["enabled"]) ?? true, excludedSeverities: Set(excluded))
        }
        return EngineRule.Source(name: name, isEnabled: boolean(mapping["enabled"]) ?? true, subtypes: subtypes)
    }

    private mutating func ruleName() -> String? {
        let name = text("name", most: 256) ?? text("displayName", most: 256)
        if name?.isEmpty ?? true { report(.error, .missingField, "'name' is missing", nil) }
        return name
    }
}
