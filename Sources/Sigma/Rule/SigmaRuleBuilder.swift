/// Makes a rule of a YAML map, collecting findings.
struct SigmaRuleBuilder {
    let mapping: YAMLMapping
    let position: SigmaPosition
    let placeholders: [String: [String]]
    private(set) var findings: [SigmaFinding] = []
    /// What an aggregation in the rule's condition became.
    private(set) var correlation: SigmaCorrelation?

    init(mapping: YAMLMapping, position: SigmaPosition, placeholders: [String: [String]]) {
        self.mapping = mapping
        self.position = position
        self.placeholders = placeholders
    }

    /// The rule, or nil when findings of gravity `error` forbid it.
    mutating func build() -> SigmaRule? {
        guard let detection = mapping["detection"], case .mapping(let parts) = detection.content else {
            report(.error, .missingField, "'detection' with at least one selection and a 'condition' is missing", nil)
            return nil
        }
        let header = SigmaHeader(mapping, position: position, findings: &findings)
        let detections = namedDetections(parts)
        let conditions = readConditions(parts, detections: detections, header: header, at: detection.position)
        guard !findings.contains(where: { $0.gravity == .error }) else { return nil }
        return SigmaRule(
            id: correlation?.rules.first ?? header.id,
            name: correlation == nil ? header.name : nil,
            title: header.title,
            description: header.description,
            level: header.level,
            status: header.status,
            author: header.author,
            references: header.references,
            tags: header.tags,
            falsePositives: header.falsePositives,
            logSource: logSource(),
            detections: detections,
            conditions: conditions,
            extras: header.extras,
            position: position)
    }

    /// The filter that the value of `filter` describes, or nil when findings of gravity `error` forbid it.
    mutating func buildFilter(_ value: YAMLValue) -> SigmaFilter? {
        guard let parts = value.mapping else {
            report(.error, .invalidValue, "'filter' is a map of rules, selections and a condition", value.position)
            return nil
        }
        let header = SigmaHeader(mapping, position: position, findings: &findings)
        let rules = parts["rules"]?.texts ?? []
        let detections = namedDetections(
            YAMLMapping(members: parts.members.filter { $0.key != "rules" }))
        let conditions = readConditions(parts, detections: detections, header: header, at: value.position)
        if correlation != nil {
            report(.error, .invalidCondition, "a filter's condition cannot aggregate", value.position)
        }
        guard !findings.contains(where: { $0.gravity == .error }) else { return nil }
        return SigmaFilter(
            header: header, logSource: logSource(), rules: rules.map { $0.lowercased() } == ["any"] ? [] : rules,
            detections: detections, condition: conditions.count == 1 ? conditions[0] : .any(conditions))
    }

    private mutating func logSource() -> SigmaLogSource {
        guard let value = mapping["logsource"], case .mapping(let members) = value.content else {
            report(.warning, .missingField, "'logsource' is missing; the rule is tried on every event", nil)
            return SigmaLogSource()
        }
        return SigmaLogSource(
            category: members["category"]?.text?.lowercased(),
            product: members["product"]?.text?.lowercased(),
            service: members["service"]?.text?.lowercased())
    }

    private mutating func namedDetections(_ parts: YAMLMapping) -> [SigmaNamedDetection] {
        var detections: [SigmaNamedDetection] = []
        for (name, value) in parts.members where name != "condition" && name != "timeframe" {
            if let detection = read(value) {
                detections.append(SigmaNamedDetection(name: name, detection: detection))
            }
        }
        return detections
    }

    private mutating func readConditions(
        _ parts: YAMLMapping, detections: [SigmaNamedDetection], header: SigmaHeader, at place: SigmaPosition
    ) -> [SigmaCondition] {
        guard let value = parts["condition"], !value.texts.isEmpty else {
            report(.error, .missingField, "'condition' is missing in 'detection'", place)
            return []
        }
        var conditions: [SigmaCondition] = []
        for text in value.texts {
            let halves = text.split(separator: "|", maxSplits: 1)
            do {
                let condition = try SigmaConditionParser.parse(String(halves.first ?? ""))
                check(condition, detections: detections, at: value.position)
                conditions.append(condition)
            } catch {
                let message = "\(error.reason) (character \(error.offset + 1) of the condition '\(text)')"
                report(.error, .invalidCondition, message, value.position)
            }
            if halves.count == 2 { aggregate(String(halves[1]), parts, header, at: value.position) }
        }
        return conditions
    }

    /// Makes a correlation of an aggregation of Sigma 1; the rule itself then only finds the events.
    private mutating func aggregate(
        _ text: String, _ parts: YAMLMapping, _ header: SigmaHeader, at place: SigmaPosition
    ) {
        do {
            let aggregation = try SigmaAggregation(text)
            guard let timespan = SigmaCorrelationBuilder.seconds(parts["timeframe"]?.text ?? "") else {
                report(.error, .missingField, "an aggregation needs a 'timeframe' such as 15m in 'detection'", place)
                return
            }
            correlation = SigmaCorrelation(
                header: header, kind: aggregation.kind, rules: [header.id + "/events"], groupBy: aggregation.groupBy,
                timespan: timespan, bounds: [aggregation.bound], fields: aggregation.fields, aliases: [:],
                generates: false)
            report(
                .warning, .deprecated, "the aggregation is read as a correlation rule; Sigma 2 wants it written as one",
                place)
        } catch {
            report(.error, .invalidCondition, error.reason, place)
        }
    }

    private mutating func check(
        _ condition: SigmaCondition, detections: [SigmaNamedDetection], at place: SigmaPosition
    ) {
        switch condition {
        case .detection(let name):
            guard !detections.contains(where: { $0.name == name }) else { return }
            let known = detections.map(\.name).joined(separator: ", ")
            report(.error, .unknownDetection, "the condition names '\(name)'; there are: \(known)", place)
        case .not(let inner): check(inner, detections: detections, at: place)
        case .all(let parts), .any(let parts):
            for part in parts { check(part, detections: detections, at: place) }
        case .quantified(_, let pattern):
            guard !detections.contains(where: { pattern.matches($0.name) }) else { return }
            report(.error, .unknownDetection, "no detection is named like the condition's pattern", place)
        }
    }

    private mutating func read(_ value: YAMLValue) -> SigmaDetection? {
        switch value.content {
        case .mapping(let members):
            return .all(members.members.compactMap { readItem(key: $0.key, value: $0.value) })
        case .sequence(let values):
            let keywords = values.filter { if case .mapping = $0.content { false } else { true } }
            var parts = values.compactMap { (element: YAMLValue) -> SigmaDetection? in
                if case .mapping = element.content { read(element) } else { nil }
            }
            if !keywords.isEmpty {
                let list = YAMLValue(content: .sequence(keywords), position: value.position)
                if let item = readItem(key: "", value: list) { parts.append(item) }
            }
            return .any(parts)
        case .scalar: return readItem(key: "", value: value)
        case .null:
            report(.error, .invalidValue, "the detection is empty", value.position)
            return nil
        }
    }

    private mutating func readItem(key: String, value: YAMLValue) -> SigmaDetection? {
        var reader = SigmaItemReader(placeholders: placeholders)
        let item = reader.read(key: key, value: value)
        findings += reader.findings
        return item.map { .item($0) }
    }

    private mutating func report(
        _ gravity: SigmaFinding.Gravity, _ code: SigmaFinding.Code, _ message: String, _ place: SigmaPosition?
    ) {
        findings.append(SigmaFinding(gravity, code, message, at: place ?? position))
    }
}
