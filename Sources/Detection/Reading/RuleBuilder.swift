internal import Casebook
internal import Chronology
internal import JSON
internal import Sigma
internal import Vocabulary

/// Makes an analytics rule of a YAML map, collecting findings.
struct RuleBuilder {
    let fields: YAMLMapping
    let position: SigmaPosition
    var findings: [RuleFinding] = []

    init(fields: YAMLMapping, position: SigmaPosition) {
        self.fields = fields
        self.position = position
    }

    /// The rule, or nil when findings of gravity `error` forbid it.
    mutating func build() -> AnalyticsRule? {
        checkNames()
        guard let timing = timing(), let query = query() else { return nil }
        let name = text("name", most: 256) ?? text("displayName", most: 256) ?? ""
        if name.isEmpty { report(.error, .missingField, "'name' is missing", nil) }
        var rule = AnalyticsRule(
            id: identifier(name: name), name: name, description: text("description", most: 5_000) ?? "",
            severity: severity(), query: query, timing: timing, position: position)
        rule.tactics = tactics()
        rule.techniques = techniques()
        rule.eventGrouping = eventGrouping()
        rule.suppression = suppression()
        rule.entityMappings = entityMappings()
        rule.entityColumns = entityColumns()
        rule.customDetails = customDetails()
        rule.alertOverride = alertOverride()
        rule.incident = incidentConfiguration()
        rule.isEnabled = boolean(fields["enabled"]) ?? true
        rule.version = version()
        rule.templateID = fields["alertRuleTemplateName"]?.text?.lowercased() ?? ""
        rule.status = fields["status"]?.text ?? ""
        rule.tags = fields["tags"]?.texts ?? []
        rule.dataConnectors = dataConnectors()
        rule.position = fields["query"]?.position ?? position
        return findings.contains { $0.gravity == .error } ? nil : rule
    }

    private static let knownNames: Set<String> = [
        "id", "kind", "name", "displayName", "description", "severity", "status", "tags", "requiredDataConnectors",
        "query", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold", "tactics",
        "relevantTechniques",
        "techniques", "subTechniques", "entityMappings", "sentinelEntitiesMappings", "customDetails",
        "alertDetailsOverride", "eventGroupingSettings", "suppressionEnabled", "suppressionDuration",
        "incidentConfiguration", "version", "enabled", "metadata",
        "References", "tests", "alertRuleTemplateName", "templateVersion", "productFilter", "severitiesFilter",
        "displayNamesFilter", "displayNamesExcludeFilter", "sourceSettings", "scenarioExclusionPatterns",
        "lastModifiedUtc", "alertRulesCreatedByTemplateCount", "createdDateUTC", "lastUpdatedDateUTC",
    ]

    private mutating func checkNames() {
        for (name, value) in fields.members where !Self.knownNames.contains(name) {
            let near = Self.knownNames.first { $0.lowercased() == name.lowercased() }
            let hint = near.map { "; '\($0)' is meant, perhaps" } ?? ""
            report(
                .warning, .unknownField, "'\(name)' is no field of analytics rules and is left out\(hint)",
                value.position)
        }
    }

    mutating func identifier(name: String) -> String {
        guard let value = fields["id"], let id = value.text, !id.isEmpty else {
            report(.warning, .missingField, "'id' is missing; one is made of the name", nil)
            return StableIdentifier.make(["rule", name])
        }
        if !StableIdentifier.isGUID(id) { report(.warning, .invalidID, "'\(id)' is no GUID", value.position) }
        return id.lowercased()
    }

    mutating func query() -> String? {
        guard let value = fields["query"], let query = value.text, !query[...].trimmingBlanks.isEmpty else {
            report(.error, .missingField, "'query' is missing", nil)
            return nil
        }
        if query.count > 10_000 {
            report(
                .warning, .tooLong, "the query has \(query.count) characters; Sentinel allows 10,000", value.position)
        }
        if query.contains(Self.wholeWorkspace) {
            report(
                .warning, .queryScope, "Sentinel refuses 'search *' and 'union *' in rules; name the tables",
                value.position)
        }
        return query
    }

    /// `search *`, `union *`, `union withsource=T *`.
    private static var wholeWorkspace: Regex<Substring> {
        /(?i:\b(?:search|union)\s+(?:\w+\s*=\s*\w+\s+)*\*)/
    }

    mutating func severity() -> Severity {
        guard let value = fields["severity"], let text = value.text else {
            report(.warning, .missingField, "'severity' is missing; Medium is taken", nil)
            return .medium
        }
        if let severity = Severity(lenient: text) { return severity }
        report(
            .warning, .unknownSeverity, "'\(text)' is no severity (Informational, Low, Medium, High); Medium is taken",
            value.position)
        return .medium
    }

    mutating func tactics() -> [Tactic] {
        var tactics: [Tactic] = []
        for (text, place) in list(fields["tactics"]) {
            guard let tactic = Tactic(lenient: text) else {
                report(.warning, .unknownTactic, "'\(text)' is no tactic of ATT&CK and is left out", place)
                continue
            }
            if tactic.rawValue != text {
                report(.warning, .unknownTactic, "the tactic '\(text)' is spelled \(tactic.rawValue)", place)
            }
            if !tactics.contains(tactic) { tactics.append(tactic) }
        }
        return tactics
    }

    mutating func techniques() -> [String] {
        if let value = fields["techniques"], fields["relevantTechniques"] == nil, fields["displayName"] == nil {
            report(.warning, .unknownField, "rule files name this list 'relevantTechniques'", value.position)
        }
        var techniques: [String] = []
        for name in ["relevantTechniques", "techniques", "subTechniques"] {
            for (text, place) in list(fields[name]) {
                guard let technique = AttackReference.technique(text) else {
                    report(.warning, .unknownTechnique, "'\(text)' is no technique such as T1110 or T1110.003", place)
                    continue
                }
                if !techniques.contains(technique) { techniques.append(technique) }
            }
        }
        return techniques
    }

    private mutating func eventGrouping() -> EventGrouping {
        guard let value = fields["eventGroupingSettings"]?.mapping?["aggregationKind"], let text = value.text else {
            return .singleAlert
        }
        if let kind = EventGrouping.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) {
            return kind
        }
        report(.warning, .invalidValue, "'\(text)' is neither SingleAlert nor AlertPerResult", value.position)
        return .singleAlert
    }

    private mutating func suppression() -> TimeSpan? {
        guard boolean(fields["suppressionEnabled"]) == true else { return nil }
        return duration("suppressionDuration") ?? .hours(5)
    }

    mutating func version() -> String {
        guard let value = fields["version"] ?? fields["templateVersion"], let text = value.text else { return "" }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        if numbers.count != 3 || !numbers.allSatisfy({ Int($0) != nil }) {
            report(.warning, .invalidValue, "the version '\(text)' is not three numbers such as 1.0.0", value.position)
        }
        return text
    }

    private func dataConnectors() -> [DataConnector] {
        (fields["requiredDataConnectors"]?.sequence ?? []).compactMap { element in
            guard let mapping = element.mapping, let id = mapping["connectorId"]?.text else { return nil }
            return DataConnector(
                connectorID: id, dataTypes: (mapping["dataTypes"] ?? mapping["datatypes"])?.texts ?? [])
        }
    }
}

extension RuleBuilder {
    mutating func report(
        _ gravity: RuleFinding.Gravity, _ code: RuleFinding.Code, _ message: String, _ place: SigmaPosition?
    ) {
        findings.append(RuleFinding(gravity, code, message, at: place ?? position))
    }

    mutating func text(_ name: String, most: Int) -> String? {
        guard let value = fields[name], let text = value.text else { return nil }
        let trimmed = text[...].trimmingBlanks
        if trimmed.count > most {
            report(.warning, .tooLong, "'\(name)' has \(trimmed.count) characters; \(most) are allowed", value.position)
        }
        return trimmed
    }

    /// The texts of a list, or of a text with commas, each with its place.
    func list(_ value: YAMLValue?) -> [(String, SigmaPosition)] {
        guard let value else { return [] }
        if let elements = value.sequence {
            return elements.compactMap { element in element.text.map { ($0, element.position) } }
        }
        return (value.text ?? "").split(separator: ",").map { ($0.trimmingBlanks, value.position) }.filter {
            !$0.0.isEmpty
        }
    }

    func boolean(_ value: YAMLValue?) -> Bool? {
        switch value?.text?.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    mutating func duration(_ name: String) -> TimeSpan? { duration(fields[name], name) }

    mutating func duration(_ value: YAMLValue?, _ name: String) -> TimeSpan? {
        guard let value, let text = value.text else { return nil }
        if let span = DurationText.read(text) { return span }
        report(
            .warning, .invalidDuration, "'\(text)' is no duration for '\(name)'; write it like 5m, 1h, 1d or PT5H",
            value.position)
        return nil
    }
}
