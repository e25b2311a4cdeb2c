internal import RE2
public import Sigma

/// Reads processing pipelines from YAML. What is not known is a finding; the pipeline is then not given.
public enum PipelineReader {
    /// The pipeline of a file's text; `file` is its name in findings.
    public static func read(_ text: String, file: String) -> (pipeline: ProcessingPipeline?, findings: [SigmaFinding]) {
        var findings: [SigmaFinding] = []
        let documents = YAMLDocuments.read(text, file: file, findings: &findings)
        guard let document = documents.first, let mapping = document.mapping else {
            if findings.isEmpty {
                findings.append(
                    SigmaFinding(
                        .error, .notARule, "a pipeline is a YAML map with name, priority and transformations",
                        at: SigmaPosition(file: file)))
            }
            return (nil, findings)
        }
        var reading = PipelineReading(variables: mapping["vars"]?.mapping ?? YAMLMapping())
        let steps = (mapping["transformations"]?.sequence ?? []).compactMap { reading.step($0) }
        for key in ["postprocessing", "finalizers"] where mapping[key]?.sequence?.isEmpty == false {
            reading.warn("'\(key)' changes text of other query languages and is not applied", mapping[key] ?? document)
        }
        findings += reading.findings
        guard !findings.contains(where: { $0.gravity == .error }) else { return (nil, findings) }
        let name = mapping["name"]?.text ?? file
        let priority = mapping["priority"]?.text.flatMap { Int($0) } ?? 0
        return (ProcessingPipeline(name: name, priority: priority, steps: steps), findings)
    }
}

/// One pipeline while it is read.
private struct PipelineReading {
    let variables: YAMLMapping
    private(set) var findings: [SigmaFinding] = []

    init(variables: YAMLMapping) {
        self.variables = variables
    }

    mutating func step(_ value: YAMLValue) -> ProcessingPipeline.Step? {
        guard let parts = value.mapping, let type = parts["type"]?.text else {
            return fail("a transformation is a map with 'type'", value)
        }
        guard let transformation = transformation(type, parts, value) else { return nil }
        let rule = set(
            parts["rule_conditions"], any: parts["rule_cond_op"], not: parts["rule_cond_not"], Self.ruleCondition)
        let field = set(
            parts["field_name_conditions"], any: parts["field_name_cond_op"], not: parts["field_name_cond_not"],
            Self.fieldCondition)
        for key in ["detection_item_conditions", "rule_cond_expr", "detection_item_cond_expr", "field_name_cond_expr"]
        where parts[key] != nil {
            refuse("'\(key)' is not supported; use rule_conditions and field_name_conditions", parts[key] ?? value)
        }
        return ProcessingPipeline.Step(
            id: parts["id"]?.text, transformation: transformation, ruleConditions: rule, fieldConditions: field,
            position: value.position)
    }

    mutating func warn(_ message: String, _ place: YAMLValue) {
        findings.append(SigmaFinding(.warning, .unsupported, message, at: place.position))
    }

    private mutating func refuse(_ message: String, _ place: YAMLValue) {
        findings.append(SigmaFinding(.error, .unsupported, message, at: place.position))
    }

    /// Refuses what should have been read.
    private mutating func fail<Part>(_ message: String, _ place: YAMLValue) -> Part? {
        refuse(message, place)
        return nil
    }

    private mutating func transformation(_ type: String, _ parts: YAMLMapping, _ place: YAMLValue) -> Transformation? {
        switch type {
        case "field_name_mapping": return .mapFields(lists(parts["mapping"]))
        case "field_name_prefix_mapping":
            return .mapPrefixes((parts["mapping"]?.mapping?.members ?? []).map { ($0.key, $0.value.texts) })
        case "field_name_prefix", "field_name_suffix":
            let key = type == "field_name_prefix" ? "prefix" : "suffix"
            guard let text = parts[key]?.text else { return fail("'\(type)' needs '\(key)'", place) }
            return key == "prefix" ? .addPrefix(text) : .addSuffix(text)
        case "drop_detection_item": return .dropItems
        case "add_condition":
            let fields = parts["conditions"]?.mapping?.members ?? []
            return .addCondition(fields.map { ($0.key, texts($0.value)) }, isNegated: isTrue(parts["negated"]))
        case "windows_log_source":
            return .routeWindows(
                parts["source"]?.text == SigmaPipeline.windowsAudit.name ? .windowsAudit : .windowsSysmon,
                channel: parts["channel"]?.text ?? "", eventID: parts["event_id"]?.text ?? "EventID")
        case "change_logsource": return .changeLogSource(logSource(parts))
        case "replace_string":
            guard let pattern = parts["regex"]?.text, (try? RE2Pattern(pattern)) != nil else {
                return fail("'replace_string' needs 'regex', a regular expression, and 'replacement'", place)
            }
            return .replaceText(pattern: pattern, replacement: parts["replacement"]?.text ?? "")
        case "map_string": return .mapText(lists(parts["mapping"]))
        case "hashes_fields":
            return .splitHashes(
                algorithms: parts["valid_hash_algos"].map { $0.texts.map { $0.uppercased() } } ?? [],
                prefix: parts["field_prefix"]?.text ?? "", dropsName: isTrue(parts["drop_algo_prefix"]))
        case "set_state":
            guard let key = parts["key"]?.text, let value = parts["val"] else {
                return fail("'set_state' needs 'key' and 'val'", place)
            }
            return .setState(key: key, values: texts(value))
        case "rule_failure": return .fail(parts["message"]?.text ?? "the pipeline refuses this rule")
        case "detection_item_failure": return .failItems(parts["message"]?.text ?? "the pipeline refuses this field")
        default:
            return fail("the transformation '\(type)' is not known; see docs/rules.md for those that are", place)
        }
    }

    private mutating func set<Condition>(
        _ value: YAMLValue?, any: YAMLValue?, not: YAMLValue?,
        _ read: (inout Self, String, YAMLMapping, YAMLValue) -> Condition?
    ) -> ConditionSet<Condition> {
        var conditions: [Condition] = []
        for element in value?.sequence ?? value?.mapping?.members.map(\.value) ?? [] {
            guard let parts = element.mapping, let type = parts["type"]?.text else {
                findings.append(
                    SigmaFinding(.error, .unsupported, "a condition is a map with 'type'", at: element.position))
                continue
            }
            if let condition = read(&self, type, parts, element) { conditions.append(condition) }
        }
        return ConditionSet(conditions: conditions, isAny: any?.text?.lowercased() == "or", isNegated: isTrue(not))
    }

    private static func ruleCondition(
        _ reading: inout Self, _ type: String, _ parts: YAMLMapping, _ place: YAMLValue
    ) -> RuleCondition? {
        switch type {
        case "logsource": return .logSource(reading.logSource(parts))
        case "contains_field": return .containsField(parts["field"]?.text ?? "")
        case "processing_state":
            return .state(key: parts["key"]?.text ?? "", value: parts["val"]?.text ?? "")
        case "processing_item_applied":
            return .applied(parts["processing_item_id"]?.text ?? "")
        case "tag": return .tag(parts["tag"]?.text ?? "")
        case "is_sigma_rule": return .correlation(false)
        case "is_sigma_correlation_rule": return .correlation(true)
        default: return reading.fail("the rule condition '\(type)' is not known", place)
        }
    }

    private static func fieldCondition(
        _ reading: inout Self, _ type: String, _ parts: YAMLMapping, _ place: YAMLValue
    ) -> FieldCondition? {
        switch type {
        case "include_fields": return .include(Set(parts["fields"]?.texts ?? []))
        case "exclude_fields": return .exclude(Set(parts["fields"]?.texts ?? []))
        case "processing_state":
            return .state(key: parts["key"]?.text ?? "", value: parts["val"]?.text ?? "")
        default: return reading.fail("the field condition '\(type)' is not known", place)
        }
    }

    private func logSource(_ parts: YAMLMapping) -> SigmaLogSource {
        SigmaLogSource(
            category: parts["category"]?.text?.lowercased(), product: parts["product"]?.text?.lowercased(),
            service: parts["service"]?.text?.lowercased())
    }

    private func lists(_ value: YAMLValue?) -> [String: [String]] {
        Dictionary((value?.mapping?.members ?? []).map { ($0.key, texts($0.value)) }) { _, last in last }
    }

    /// The texts with `$name` and `%name%` standing for the pipeline's variables.
    private func texts(_ value: YAMLValue) -> [String] {
        value.texts.flatMap { text in
            let isMarked = text.hasPrefix("%") && text.hasSuffix("%") && text.count > 2
            return isMarked ? variables[String(text.dropFirst().dropLast())]?.texts ?? [text] : [text]
        }
    }

    private func isTrue(_ value: YAMLValue?) -> Bool { ["true", "yes"].contains(value?.text?.lowercased() ?? "") }
}
