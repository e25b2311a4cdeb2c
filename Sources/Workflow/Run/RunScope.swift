internal import Chronology
internal import JSON

/// What an expression in an action of a run sees.
struct RunScope: EvaluationScope {
    let run: WorkflowRun
    let frame: Int
    let action: String

    var trigger: JSON { run.trigger }
    var workflow: JSON { run.environment.workflow }

    func parameter(named name: String) throws(ExpressionError) -> JSON {
        if let value = JSON.object(run.environment.parameters).member(name) { return value }
        let folded = name.lowercased()
        if let definition = run.definition.parameters.first(where: { $0.key.lowercased() == folded })?.value,
            let value = definition.defaultValue
        {
            return value
        }
        throw ExpressionError(.unknownReference, "the parameter '\(name)' has no value and no default")
    }

    func variable(named name: String) throws(ExpressionError) -> JSON {
        guard let variable = run.variables[name.lowercased()] else {
            throw ExpressionError(.unknownReference, "the variable '\(name)' has not been initialized")
        }
        return variable.value
    }

    func outputs(ofAction name: String) throws(ExpressionError) -> JSON {
        guard let place = try place(of: name) else { return .null }
        return run.frames[place.frame].states[place.action]?.outputs ?? .null
    }

    func action(named name: String?) throws(ExpressionError) -> JSON {
        guard let place = try place(of: name ?? action) else { return .null }
        return summary(place.frame, place.action)
    }

    func results(ofScope name: String) throws(ExpressionError) -> JSON {
        guard let place = try place(of: name) else { return [] }
        var results: [JSON] = []
        for inner in run.frames[place.frame].states[place.action]?.frames ?? [] {
            for action in run.frames[inner].group.actions.keys { results.append(summary(inner, action)) }
        }
        return .array(results)
    }

    func item(ofLoop name: String?) throws(ExpressionError) -> JSON {
        let folded = name?.lowercased()
        for frame in run.chain(from: frame) {
            guard let item = frame.item else { continue }
            if folded == nil || frame.owner?.action.lowercased() == folded { return item }
        }
        throw ExpressionError(
            .unknownReference,
            name.map { "items('\($0)') is used outside that loop" } ?? "item() is used outside a loop, Select or Query")
    }

    func iterationIndex(ofLoop name: String) throws(ExpressionError) -> JSON {
        let folded = name.lowercased()
        for frame in run.chain(from: frame) where frame.owner?.action.lowercased() == folded {
            if let iteration = frame.iteration { return .int(Int64(iteration)) }
        }
        throw ExpressionError(.unknownReference, "iterationIndexes('\(name)') is used outside that loop")
    }

    func callbackURL() throws(ExpressionError) -> JSON {
        .string(run.environment.callbackURL(of: run.frames[frame].path(of: action)))
    }

    /// Where the named action runs or ran, seen from here: in this frame or one around it, else the last time inside
    /// the containers that hold it. Nil when it was not reached.
    private func place(of name: String) throws(ExpressionError) -> Frame.Owner? {
        guard let spelled = run.definition.spellings[name.lowercased()],
            let containers = run.definition.containers[spelled]
        else { throw ExpressionError(.unknownReference, "the workflow has no action '\(name)'") }
        var around: [Frame.Owner] = []
        var current = frame
        while let owner = run.frames[current].owner {
            around.append(Frame.Owner(frame: current, action: owner.action))
            current = owner.frame
        }
        around.reverse()
        var shared = 0
        while shared < min(around.count, containers.count), around[shared].action == containers[shared] { shared += 1 }
        var place = shared == 0 ? 0 : around[shared - 1].frame
        for container in containers[shared...] {
            guard let inner = run.frames[place].states[container]?.frames.max() else { return nil }
            place = inner
        }
        return run.frames[place].states[spelled] == nil ? nil : Frame.Owner(frame: place, action: spelled)
    }

    private func summary(_ frame: Int, _ action: String) -> JSON {
        guard let state = run.frames[frame].states[action] else { return .null }
        var result: JSONObject = [
            "name": .string(action), "startTime": time(state.startTime), "endTime": time(state.endTime),
            "trackingId": .string("\(run.environment.runID)/\(run.frames[frame].path(of: action))"),
            "clientTrackingId": .string(run.environment.runID),
            "code": .string(state.error?.code ?? "OK"), "status": .string(state.status.rawValue),
            "inputs": state.inputs, "outputs": state.outputs,
        ]
        if let error = state.error { result["error"] = error.json }
        return .object(result)
    }

    private func time(_ instant: Instant?) -> JSON { instant.map { .string($0.description) } ?? .null }
}

extension WorkflowRun {
    /// The value with its expressions evaluated, as seen by an action; `element` is `item()` of a Select or Query.
    mutating func evaluate(
        _ value: JSON, _ frame: Int, _ action: String, element: JSON? = nil
    ) throws(ExpressionError) -> JSON {
        var evaluator = Evaluator(scope: RunScope(run: self, frame: frame, action: action), sources: sources)
        evaluator.element = element
        defer { sources = evaluator.sources }
        return try evaluator.evaluate(value)
    }

    /// The value evaluated once for each element.
    mutating func evaluate(
        _ value: JSON, forEach elements: [JSON], _ frame: Int, _ action: String
    ) throws(ExpressionError) -> [JSON] {
        var evaluator = Evaluator(scope: RunScope(run: self, frame: frame, action: action), sources: sources)
        defer { sources = evaluator.sources }
        var results: [JSON] = []
        for element in elements {
            evaluator.element = element
            results.append(try evaluator.evaluate(value))
        }
        return results
    }

    /// Whether a condition holds: an expression, or an object such as `{"and": [{"equals": [a, b]}]}`.
    mutating func condition(
        _ value: JSON, _ frame: Int, _ action: String, depth: Int = 0
    ) throws(ExpressionError) -> Bool {
        guard depth < 50 else { throw ExpressionError(.tooDeep, "the condition is nested deeper than 50 levels") }
        guard case .object(let members) = value else {
            return try Arguments(function: "expression", values: [try evaluate(value, frame, action)]).bool(0)
        }
        for (name, operands) in members {
            guard try operation(name.lowercased(), operands, frame, action, depth: depth) else { return false }
        }
        return true
    }

    private mutating func operation(
        _ name: String, _ operands: JSON, _ frame: Int, _ action: String, depth: Int
    ) throws(ExpressionError) -> Bool {
        let list = operands.arrayValue ?? [operands]
        switch name {
        case "and":
            for operand in list where !(try condition(operand, frame, action, depth: depth + 1)) { return false }
            return true
        case "or":
            for operand in list where try condition(operand, frame, action, depth: depth + 1) { return true }
            return false
        case "not":
            guard let operand = list.first else { return true }
            return !(try condition(operand, frame, action, depth: depth + 1))
        default:
            guard let function = FunctionTable.standard[name] else {
                throw ExpressionError(.unknownFunction, "there is no condition operator '\(name)'")
            }
            var values: [JSON] = []
            for operand in list { values.append(try evaluate(operand, frame, action)) }
            let arguments = Arguments(function: name, values: values)
            try arguments.check(count: function.arity)
            let result = try function.evaluate(arguments, &sources)
            return try Arguments(function: name, values: [result]).bool(0)
        }
    }
}
