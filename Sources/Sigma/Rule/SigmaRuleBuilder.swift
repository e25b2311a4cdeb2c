/// Makes a rule of a YAML map, collecting findings.
struct SigmaRuleBuilder {
    let mapping: YAMLMapping
    let position: SigmaPosition
    let placeholders: [String: [String]]
    private(set) var findings: [SigmaFinding] = []

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
        let title = mapping["title"]?.text ?? ""
        if title.isEmpty { report(.warning, .missingField, "'title' is missing", nil) }
        let id = mapping["id"]?.text ?? title
        if id.isEmpty { report(.error, .missingField, "the rule has neither 'id' nor 'title'", nil) }
        let detections = namedDetections(parts)
        let conditions = readConditions(parts, detections: detections, at: detection.position)
        guard !findings.contains(where: { $0.gravity == .error }) else { return nil }
        return SigmaRule(
            id: id,
            title: title,
            description: mapping["description"]?.text ?? "",
            level: level(),
            status: mapping["status"]?.text ?? "",
            author: mapping["author"]?.text ?? "",
            references: mapping["references"]?.texts ?? [],
            tags: mapping["tags"]?.texts ?? [],
            falsePositives: mapping["falsepositives"]?.texts ?? [],
            logSource: logSource(),
            detections: detections,
            conditions: conditions,
            position: position)
    }

    private mutating func level() -> SigmaLevel {
        guard let value = mapping["level"] else { return .medium }
        if let level = SigmaLevel(rawValue: value.text?.lowercased() ?? "") { return level }
        let known = SigmaLevel.allCases.map(\.rawValue).joined(separator: ", ")
        report(.warning, .unknownLevel, "the level is none of \(known); medium is taken", value.position)
        return .medium
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
        _ parts: YAMLMapping, detections: [SigmaNamedDetection], at place: SigmaPosition
    ) -> [SigmaCondition] {
        guard let value = parts["condition"], !value.texts.isEmpty else {
            report(.error, .missingField, "'condition' is missing in 'detection'", place)
            return []
        }
        var conditions: [SigmaCondition] = []
        for text in value.texts {
            do {
                let condition = try SigmaConditionParser.parse(text)
                check(condition, detections: detections, at: value.position)
                conditions.append(condition)
            } catch {
                let message = "\(error.reason) (character \(error.offset + 1) of the condition '\(text)')"
                report(.error, .invalidCondition, message, value.position)
            }
        }
        return conditions
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
