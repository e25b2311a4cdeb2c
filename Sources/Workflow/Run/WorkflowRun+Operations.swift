internal import Chronology
internal import JSON

// The actions that are no containers.
extension WorkflowRun {
    mutating func beginOperation(
        _ kind: OperationKind, _ action: ActionDefinition, _ frame: Int
    ) throws(ExpressionError) {
        switch kind {
        case .select, .query, .table: try beginTableOperation(kind, action, frame)
        case .initializeVariable, .setVariable, .appendToArrayVariable, .appendToStringVariable, .incrementVariable,
            .decrementVariable:
            try changeVariable(kind, action, frame)
        case .http, .function, .apiConnection, .apiConnectionWebhook, .httpWebhook, .workflow, .sendToBatch:
            try ask(kind, action, frame)
        case .compose, .parseJSON, .join, .expression, .terminate, .response, .wait:
            let inputs = try evaluate(action.inputs, frame, action.name)
            frames[frame].states[action.name]?.inputs = inputs
            try finish(kind, action, frame, inputs)
        }
    }

    private mutating func finish(
        _ kind: OperationKind, _ action: ActionDefinition, _ frame: Int, _ inputs: JSON
    ) throws(ExpressionError) {
        func succeed(body: JSON) { settle(frame, action.name, .succeeded, outputs: ["body": body]) }
        switch kind {
        case .compose: settle(frame, action.name, .succeeded, outputs: inputs)
        case .parseJSON: succeed(body: try DataOperations.parseJSON(inputs))
        case .join: succeed(body: try DataOperations.join(inputs))
        case .expression: succeed(body: try DataOperations.date(kind: action.kind ?? "", inputs, &sources))
        case .terminate: terminate(frame, action.name, inputs)
        case .response: respond(frame, action.name, inputs)
        case .wait: try beginWait(frame, action.name, inputs)
        default: break
        }
    }

    /// Actions whose templates are evaluated once for each element.
    private mutating func beginTableOperation(
        _ kind: OperationKind, _ action: ActionDefinition, _ frame: Int
    ) throws(ExpressionError) {
        let from = try evaluate(action.inputs.member("from") ?? .null, frame, action.name)
        frames[frame].states[action.name]?.inputs = ["from": from]
        let elements = try DataOperations.array(from, of: kind.rawValue)
        let body: JSON
        switch kind {
        case .select:
            let template = action.inputs.member("select") ?? .null
            body = .array(try evaluate(template, forEach: elements, frame, action.name))
        case .query:
            let kept = try evaluate(action.inputs.member("where") ?? true, forEach: elements, frame, action.name)
            var matching: [JSON] = []
            for (element, verdict) in zip(elements, kept)
            where try Arguments(function: "where", values: [verdict]).bool(0) {
                matching.append(element)
            }
            body = .array(matching)
        default:
            let format = try evaluate(action.inputs.member("format") ?? "CSV", frame, action.name).interpolated
            let table = try tableText(elements, columns: action.inputs.member("columns"), frame, action.name)
            body = .string(format.lowercased() == "html" ? table.html : table.csv)
        }
        settle(frame, action.name, .succeeded, outputs: ["body": body])
    }

    private mutating func tableText(
        _ elements: [JSON], columns: JSON?, _ frame: Int, _ action: String
    ) throws(ExpressionError) -> TableText {
        guard case .array(let definitions)? = columns else { return try TableText(elements: elements) }
        var header: [String] = []
        var rows = Array(repeating: [String](), count: elements.count)
        for column in definitions {
            header.append(try evaluate(column.member("header") ?? "", frame, action).interpolated)
            let cells = try evaluate(column.member("value") ?? "", forEach: elements, frame, action)
            for (index, cell) in cells.enumerated() { rows[index].append(cell.interpolated) }
        }
        return TableText(header: header, rows: rows)
    }

    private mutating func changeVariable(
        _ kind: OperationKind, _ action: ActionDefinition, _ frame: Int
    ) throws(ExpressionError) {
        let inputs = try evaluate(action.inputs, frame, action.name)
        frames[frame].states[action.name]?.inputs = inputs
        if kind == .initializeVariable {
            for definition in inputs.member("variables")?.arrayValue ?? [] {
                let variable = try Variable(definition)
                guard variables.updateValue(variable, forKey: variable.name.lowercased()) == nil else {
                    throw ExpressionError(.wrongArgument, "the variable '\(variable.name)' is initialized twice")
                }
            }
            return settle(frame, action.name, .succeeded)
        }
        let name = inputs.member("name")?.interpolated ?? ""
        let key = name.lowercased()
        guard variables[key] != nil else {
            throw ExpressionError(.unknownReference, "the variable '\(name)' has not been initialized")
        }
        let value = inputs.member("value")
        switch kind {
        case .setVariable: try variables[key]?.set(value ?? .null)
        case .incrementVariable: try variables[key]?.increment(by: value ?? 1)
        case .decrementVariable:
            var unused = EvaluationSources(now: now, seed: 0)
            let negate = Arguments(function: "decrement", values: [0, value ?? 1])
            try variables[key]?.increment(by: try FunctionTable.standard["sub"]?.evaluate(negate, &unused) ?? -1)
        default: try variables[key]?.append(value ?? .null)
        }
        // Long lists would fill the history once for every element; the value alone says what was appended.
        let isAppending = kind == .appendToArrayVariable || kind == .appendToStringVariable
        let outputs: JSON =
            isAppending ? .null : ["body": ["name": .string(name), "value": variables[key]?.value ?? .null]]
        settle(frame, action.name, .succeeded, outputs: outputs)
    }

    private mutating func terminate(_ frame: Int, _ action: String, _ inputs: JSON) {
        let error = inputs.member("runError")
        let status: RunStatus =
            switch inputs.member("runStatus")?.stringValue?.lowercased() {
            case "succeeded": .succeeded
            case "cancelled": .cancelled
            default: .failed
            }
        settle(frame, action, .succeeded)
        let code = error?.member("code")?.interpolated ?? "Terminated"
        let message = error?.member("message")?.interpolated ?? "the action '\(action)' ended the run"
        end(status, error: status == .succeeded ? nil : RunError(code: code, message: message))
    }

    private mutating func respond(_ frame: Int, _ action: String, _ inputs: JSON) {
        guard !hasResponded else {
            return fail(frame, action, code: "ResponseAlreadySent", "the run has already answered its caller")
        }
        hasResponded = true
        let status =
            inputs.member("statusCode")?.intValue
            ?? inputs.member("statusCode")?.stringValue.flatMap { Int64($0) } ?? 200
        let answer = WorkflowAnswer(
            statusCode: Int(status), headers: inputs.member("headers")?.objectValue ?? [:],
            body: inputs.member("body") ?? .null)
        effects.append(.respond(answer))
        settle(frame, action, .succeeded, outputs: answer.json)
    }

    private mutating func beginWait(_ frame: Int, _ action: String, _ inputs: JSON) throws(ExpressionError) {
        let path = frames[frame].path(of: action)
        if let interval = inputs.member("interval") {
            let count = interval.member("count").flatMap { $0.doubleValue ?? $0.stringValue.flatMap { Double($0) } }
            guard let count, let unit = TimeUnit(lenient: interval.member("unit")?.stringValue ?? ""),
                let time = unit.moving(now, by: count)
            else { throw ExpressionError(.wrongArgument, "a Wait needs 'interval' with a 'count' and a 'unit'") }
            return addTimer(.wait, at: time, for: path)
        }
        guard let text = inputs.member("until")?.member("timestamp")?.stringValue, let time = Timestamp(text)?.instant
        else { throw ExpressionError(.wrongArgument, "a Wait needs an 'interval', or 'until' with a 'timestamp'") }
        addTimer(.wait, at: time, for: path)
    }
}
