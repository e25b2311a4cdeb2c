internal import Chronology
public import JSON

extension WorkflowDefinition {
    /// Reads and checks a definition document.
    ///
    /// - Parameters:
    ///   - json: the document, with `triggers` and `actions`.
    ///   - file: the name that findings carry.
    ///   - path: where the document stands in the file.
    /// - Returns: the definition, nil when a finding is an error that leaves nothing to run, and all findings.
    public static func read(
        _ json: JSON, file: String, path: String = "$"
    ) -> (definition: WorkflowDefinition?, findings: [WorkflowFinding]) {
        var reader = DefinitionReader(file: file)
        guard let definition = reader.definition(json, path: path) else { return (nil, reader.findings) }
        var validator = DefinitionValidator(definition: definition, file: file, path: path)
        validator.validate()
        return (definition, reader.findings + validator.findings)
    }
}

/// Turns the JSON of a definition into its model.
struct DefinitionReader {
    let file: String
    private(set) var findings: [WorkflowFinding] = []

    init(file: String) {
        self.file = file
    }

    private mutating func report(_ message: String, at path: String, _ severity: WorkflowFinding.Severity = .error) {
        findings.append(WorkflowFinding(severity, message, file: file, path: path))
    }

    mutating func definition(_ json: JSON, path: String) -> WorkflowDefinition? {
        guard json.objectValue != nil else {
            report("a workflow definition is an object with 'triggers' and 'actions'", at: path)
            return nil
        }
        guard let actions = json.member("actions")?.objectValue else {
            report("the definition has no object 'actions'", at: path)
            return nil
        }
        var parameters: OrderedDictionary<String, ParameterDefinition> = [:]
        for (name, value) in json.member("parameters")?.objectValue ?? [:] {
            parameters[name] = ParameterDefinition(
                typeName: value.member("type")?.stringValue ?? "String", defaultValue: value.member("defaultValue"))
        }
        var triggers: OrderedDictionary<String, TriggerDefinition> = [:]
        for (name, value) in json.member("triggers")?.objectValue ?? [:] {
            triggers[name] = trigger(name, value, path: "\(path).triggers.\(name)")
        }
        if triggers.isEmpty { report("the definition has no trigger, so nothing starts it", at: path, .warning) }
        return WorkflowDefinition(
            source: json, parameters: parameters, triggers: triggers,
            actions: group(actions, path: "\(path).actions", depth: 1),
            outputs: json.member("outputs")?.objectValue ?? [:])
    }

    private mutating func trigger(_ name: String, _ json: JSON, path: String) -> TriggerDefinition {
        let type = json.member("type")?.stringValue ?? ""
        if type.isEmpty { report("the trigger has no 'type'", at: path) }
        let inputs = json.member("inputs") ?? .null
        return TriggerDefinition(
            name: name, typeName: type, event: event(type: type, path: inputs.member("path")?.stringValue ?? ""),
            inputs: inputs,
            conditions: json.member("conditions")?.arrayValue?.compactMap { $0.member("expression") } ?? [],
            splitOn: json.member("splitOn")?.stringValue, recurrence: json.member("recurrence"))
    }

    private func event(type: String, path: String) -> TriggerEvent {
        switch type.lowercased() {
        case "request", "manual": return .request
        case "recurrence", "slidingwindow": return .recurrence
        case "apiconnectionwebhook", "apiconnection":
            let folded = path.lowercased()
            if folded.hasPrefix("/incident-creation") { return .incident }
            if folded.hasSuffix("/alert/subscribe") || folded == "/subscribe" { return .alert }
            guard folded.hasPrefix("/entity/") else { return .other }
            let rest = path.dropFirst("/entity/".count)
            return .entity(rest.split(separator: "'").count > 1 ? String(rest.split(separator: "'")[1]) : String(rest))
        default: return .other
        }
    }

    private mutating func group(_ actions: JSONObject?, path: String, depth: Int) -> ActionGroup {
        guard let actions else { return ActionGroup() }
        guard depth <= WorkflowDefinition.Limits.depth + 1 else {
            report("actions are nested deeper than \(WorkflowDefinition.Limits.depth) levels", at: path)
            return ActionGroup()
        }
        var result: OrderedDictionary<String, ActionDefinition> = [:]
        for (name, value) in actions {
            if let action = action(name, value, path: "\(path).\(name)", depth: depth) { result[name] = action }
        }
        return ActionGroup(result)
    }

    private mutating func action(_ name: String, _ json: JSON, path: String, depth: Int) -> ActionDefinition? {
        guard let type = json.member("type")?.stringValue else {
            report("the action has no 'type'", at: path)
            return nil
        }
        var runAfter: OrderedDictionary<String, Set<ActionStatus>> = [:]
        for (predecessor, statuses) in json.member("runAfter")?.objectValue ?? [:] {
            let names = statuses.arrayValue?.compactMap(\.stringValue) ?? []
            for status in names where ActionStatus(lenient: status) == nil {
                report("'\(status)' is no status to run after", at: "\(path).runAfter.\(predecessor)")
            }
            let read = Set(names.compactMap { ActionStatus(lenient: $0) })
            runAfter[predecessor] = read.isEmpty ? [.succeeded] : read
        }
        let limit = json.member("limit")
        return ActionDefinition(
            name: name, typeName: type, kind: json.member("kind")?.stringValue,
            body: body(type, json, path: path, depth: depth), inputs: json.member("inputs") ?? .null,
            runAfter: runAfter,
            timeout: limit?.member("timeout")?.stringValue.flatMap { TimeSpan(iso8601: $0) },
            options: options(json), trackedProperties: json.member("trackedProperties"), path: path)
    }

    private func options(_ json: JSON) -> ActionOptions {
        let names = Set(
            (json.member("operationOptions")?.stringValue ?? "").split(separator: ",")
                .map { StringFunctions.trimmed(String($0)).lowercased() })
        let hidden = json.member("runtimeConfiguration")?.member("secureData")?.member("properties")?.arrayValue ?? []
        return ActionOptions(
            disablesAsyncPattern: names.contains("disableasyncpattern"),
            suppressesWorkflowHeaders: names.contains("suppressworkflowheaders"),
            hidesInputs: hidden.contains("inputs"), hidesOutputs: hidden.contains("outputs"))
    }
}

extension DefinitionReader {
    private mutating func body(_ type: String, _ json: JSON, path: String, depth: Int) -> ActionBody {
        func actions(_ json: JSON?) -> JSONObject? { json?.member("actions")?.objectValue }
        let expression = json.member("expression") ?? .null
        switch type.lowercased() {
        case "scope": return .scope(group(actions(json), path: "\(path).actions", depth: depth + 1))
        case "if":
            return .condition(
                expression: expression, then: group(actions(json), path: "\(path).actions", depth: depth + 1),
                otherwise: group(actions(json.member("else")), path: "\(path).else.actions", depth: depth + 1))
        case "switch":
            var cases: [ChoiceCase] = []
            for (name, value) in json.member("cases")?.objectValue ?? [:] {
                cases.append(
                    ChoiceCase(
                        name: name, value: value.member("case") ?? .null,
                        actions: group(actions(value), path: "\(path).cases.\(name).actions", depth: depth + 1)))
            }
            return .choice(
                expression: expression, cases: cases,
                otherwise: group(actions(json.member("default")), path: "\(path).default.actions", depth: depth + 1))
        case "foreach":
            let options = json.member("operationOptions")?.stringValue?.lowercased() ?? ""
            let concurrency = json.member("runtimeConfiguration")?.member("concurrency")
            let repetitions = concurrency?.member("repetitions")?.intValue.map { min(max(Int($0), 1), 50) }
            return .foreach(
                items: json.member("foreach") ?? .null,
                repetitions: options.contains("sequential") ? 1 : repetitions,
                group(actions(json), path: "\(path).actions", depth: depth + 1))
        case "until":
            return .until(
                expression: expression, limit: loopLimit(json),
                group(actions(json), path: "\(path).actions", depth: depth + 1))
        default: return OperationKind(lenient: type).map { .operation($0) } ?? .unsupported
        }
    }

    private func loopLimit(_ json: JSON) -> LoopLimit {
        let limit = json.member("limit")
        let count = limit?.member("count")?.intValue ?? 60
        let timeout = limit?.member("timeout")?.stringValue.flatMap { TimeSpan(iso8601: $0) } ?? .hours(1)
        let options = json.member("operationOptions")?.stringValue?.lowercased() ?? ""
        return LoopLimit(
            count: min(max(Int(count), 1), WorkflowDefinition.Limits.untilCount), timeout: timeout,
            failsWhenReached: options.contains("failwhenlimitsreached"))
    }
}
