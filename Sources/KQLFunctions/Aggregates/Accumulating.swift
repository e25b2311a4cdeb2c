import Foundation
import KQLValues

/// What an aggregation computes per group.
typealias Aggregation = @Sendable (AggregateCall) throws(EvaluationError) -> Column

extension AggregateCall {
    /// The rows whose last argument, the condition, is true; all rows when the function has none.
    func rows(if condition: Int?) -> [Int] {
        guard let condition else { return Array(groups.indices) }
        let marks = arguments[condition].bools
        return groups.indices.filter { marks[$0] == true }
    }

    /// The first value of an argument that is the same for all rows; nil when there are no rows.
    func constant<Value: KernelArgument>(_ argument: Int, _: Value.Type = Value.self) -> Value? {
        guard arguments.indices.contains(argument), arguments[argument].count > 0 else { return nil }
        return Value.value(0, in: Value.storage(of: arguments[argument]))
    }
}

/// Goes over the values of the first argument that are not null and adds them to the state of their group.
func accumulate<Element: Sendable, State>(
    _ call: AggregateCall, _ vector: Vector<Element>, condition: Int?, _ initial: State,
    _ add: (inout State, Element) -> Void
) -> [State] {
    var states = [State](repeating: initial, count: call.groupCount)
    let marks = condition.map { call.arguments[$0].bools }
    for row in call.groups.indices where !vector.isNull(row) {
        if let marks, marks[row] != true { continue }
        add(&states[call.groups[row]], vector.values[row])
    }
    return states
}

/// An aggregation and its `…if` form, which takes a condition after the value.
func conditional(
    _ name: String, aliases: [String] = [], ifName: String? = nil, _ summary: String, namePrefix: String? = nil,
    ifPrefix: String? = nil, values: [Signature], sql: SQLForms.Rule? = nil, clickHouse: SQLForms.Rule? = nil,
    _ evaluate: @escaping @Sendable (AggregateCall, _ condition: Int?) throws(EvaluationError) -> Column
) -> [AggregateFunction] {
    let conditional = values.map { signature in
        var parameters = signature.parameters
        let required = parameters.prefix { $0.arity == .required }.count
        parameters.insert(.bool("predicate"), at: required)
        return Signature(parameters, returns: signature.result)
    }
    let condition = values[0].parameters.prefix { $0.arity == .required }.count
    return [
        AggregateFunction(
            name, aliases: aliases, summary: summary, signatures: values, namePrefix: namePrefix,
            sql: .rules(duckDB: sql, clickHouse: clickHouse),
            form: .value { call throws(EvaluationError) in try evaluate(call, nil) }),
        AggregateFunction(
            ifName ?? name + "if", summary: summary + " Counts only rows where the predicate is true.",
            signatures: conditional, namePrefix: ifPrefix ?? namePrefix ?? (ifName ?? name + "if"),
            sql: .rules(
                duckDB: sql.map { filtered($0, condition) }, clickHouse: clickHouse.map { filtered($0, condition) }),
            form: .value { call throws(EvaluationError) in try evaluate(call, condition) }),
    ]
}

/// The rule of an aggregate for its `…if` form, whose condition stands at a position.
private func filtered(_ rule: @escaping SQLForms.Rule, _ condition: Int) -> SQLForms.Rule {
    { arguments in
        let rest = SQLArguments(
            types: Array(arguments.types.prefix(condition)), constants: Array(arguments.constants.prefix(condition)))
        return rule(rest).map { "\($0) FILTER (WHERE $\(condition + 1))" }
    }
}
