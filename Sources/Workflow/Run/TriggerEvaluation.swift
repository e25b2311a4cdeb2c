public import Chronology
internal import JSON

extension WorkflowDefinition {
    /// The runs that an event starts: none when a trigger condition does not hold, several when the trigger splits it.
    ///
    /// - Parameters:
    ///   - trigger: the trigger's name.
    ///   - event: what came in.
    ///   - environment: of the runs; its run id is not looked at.
    /// - Returns: what each run gets.
    public func runs(
        startedBy trigger: String, event: WorkflowAnswer, environment: RunEnvironment, at now: Instant
    ) throws(ExpressionError) -> [WorkflowAnswer] {
        guard let definition = triggers[trigger] else {
            throw ExpressionError(.unknownReference, "the workflow has no trigger '\(trigger)'")
        }
        var started: [WorkflowAnswer] = []
        for part in try parts(of: event, definition, environment, now) {
            var isWanted = true
            for condition in definition.conditions {
                var evaluator = Evaluator(
                    scope: TriggerScope(definition: self, environment: environment, event: part),
                    sources: EvaluationSources(now: now, seed: 0))
                let verdict = try evaluator.evaluate(condition)
                if !(try Arguments(function: "conditions", values: [verdict]).bool(0)) { isWanted = false }
            }
            if isWanted { started.append(part) }
        }
        return started
    }

    private func parts(
        of event: WorkflowAnswer, _ trigger: TriggerDefinition, _ environment: RunEnvironment, _ now: Instant
    ) throws(ExpressionError) -> [WorkflowAnswer] {
        guard let splitOn = trigger.splitOn else { return [event] }
        var evaluator = Evaluator(
            scope: TriggerScope(definition: self, environment: environment, event: event),
            sources: EvaluationSources(now: now, seed: 0))
        let value = try evaluator.evaluate(template: splitOn)
        guard case .array(let elements) = value else {
            throw ExpressionError(.wrongArgument, "'splitOn' gives \(value.typeName), and needs an array")
        }
        return elements.map { WorkflowAnswer(statusCode: event.statusCode, headers: event.headers, body: $0) }
    }
}

/// What a trigger's own expressions see.
private struct TriggerScope: EvaluationScope {
    let definition: WorkflowDefinition
    let environment: RunEnvironment
    let event: WorkflowAnswer

    var trigger: JSON { ["outputs": ["headers": .object(event.headers), "body": event.body]] }
    var workflow: JSON { environment.workflow }

    func parameter(named name: String) throws(ExpressionError) -> JSON {
        if let value = JSON.object(environment.parameters).member(name) { return value }
        if let value = definition.parameters[name]?.defaultValue { return value }
        throw ExpressionError(.unknownReference, "the parameter '\(name)' has no value and no default")
    }

    func variable(named name: String) throws(ExpressionError) -> JSON { throw absent("variables") }
    func outputs(ofAction name: String) throws(ExpressionError) -> JSON { throw absent("outputs") }
    func action(named name: String?) throws(ExpressionError) -> JSON { throw absent("actions") }
    func results(ofScope name: String) throws(ExpressionError) -> JSON { throw absent("result") }
    func item(ofLoop name: String?) throws(ExpressionError) -> JSON { throw absent("item") }
    func iterationIndex(ofLoop name: String) throws(ExpressionError) -> JSON { throw absent("iterationIndexes") }
    func callbackURL() throws(ExpressionError) -> JSON { .string(environment.callbackURLPrefix) }

    private func absent(_ function: String) -> ExpressionError {
        ExpressionError(.unknownReference, "'\(function)' cannot be used in a trigger")
    }
}
