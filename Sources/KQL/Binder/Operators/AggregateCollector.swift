import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

/// The aggregations that the expressions of one `summarize` (or its like) call.
///
/// Each call becomes one or more columns after the keys; the expression around it refers to these.
final class AggregateCollector {
    /// The rows that are aggregated.
    let input: ExpressionContext
    let keys: [NamedExpression]
    private(set) var aggregates: [BoundAggregate] = []
    private var nextColumn: Int

    init(input: ExpressionContext, keys: [NamedExpression]) {
        self.input = input
        self.keys = keys
        nextColumn = keys.count
    }

    /// A key of that name, as a column of the result.
    func keyReference(_ name: String) -> BoundExpression? {
        keys.firstIndex { $0.name == name }.map { index in
            .column(ColumnReference(index: index, name: name, type: keys[index].expression.type))
        }
    }

    /// Adds an aggregate; gives its outputs as columns of the result.
    func add(_ aggregate: BoundAggregate) -> [BoundExpression] {
        aggregates.append(aggregate)
        let first = nextColumn
        nextColumn += aggregate.outputs.count
        return aggregate.outputs.enumerated().map { offset, output in
            .column(ColumnReference(index: first + offset, name: output.name, type: output.type))
        }
    }

    /// Adds the aggregate of a call inside an expression; gives its first output.
    func add(
        _ function: AggregateFunction, _ node: CallExpression, by binder: Binder, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        let outputs = try bind(function, node, by: binder, in: context)
        guard let first = outputs.first else {
            throw Diagnostic(.wrongArguments, "'\(function.name)' gives no column here", at: node.span)
        }
        return first.expression
    }

    /// Adds the aggregate of a call; gives all its outputs with their implied names.
    func bind(
        _ function: AggregateFunction, _ node: CallExpression, by binder: Binder, in context: ExpressionContext
    ) throws(Diagnostic) -> [NamedExpression] {
        var inner = input
        inner.scope = context.scope
        if function.name == "percentiles" || function.name == "percentilesw" {
            return try bindPercentiles(function, node, by: binder, in: inner)
        }
        switch function.form {
        case .value: return [try bindValue(function, node, by: binder, in: inner)]
        case .row: return try bindRow(function, node, by: binder, in: inner)
        }
    }

    private func bindValue(
        _ function: AggregateFunction, _ node: CallExpression, by binder: Binder, in context: ExpressionContext
    ) throws(Diagnostic) -> NamedExpression {
        var arguments: [BoundExpression] = []
        for argument in node.arguments {
            if case .star = argument.value { continue }
            arguments.append(try binder.bind(argument.value, in: context))
        }
        if function.name == "count" { arguments = [] }
        let name = binder.aggregateName(function, node, in: context)
        return NamedExpression(
            name, try add(value: function, arguments, named: name, by: binder, at: node.span))
    }

    private func add(
        value function: AggregateFunction, _ arguments: [BoundExpression], named name: String, by binder: Binder,
        at span: Span
    ) throws(Diagnostic) -> BoundExpression {
        guard let chosen = binder.choose(function.signatures, for: arguments) else {
            throw binder.mismatch(function.name, function.signatures, arguments, at: span)
        }
        let aggregate = BoundAggregate(
            function: function, arguments: chosen.arguments, resultType: chosen.result,
            outputs: [AggregateOutput(name: name, type: chosen.result)])
        return add(aggregate)[0]
    }

    /// `percentiles(x, 5, 50)`: one column per percentile.
    private func bindPercentiles(
        _ function: AggregateFunction, _ node: CallExpression, by binder: Binder, in context: ExpressionContext
    ) throws(Diagnostic) -> [NamedExpression] {
        let isWeighted = function.name == "percentilesw"
        guard let single = binder.environment.catalogue.aggregate(isWeighted ? "percentilew" : "percentile") else {
            throw Diagnostic(.unknownFunction, "'percentile' is not known", at: node.span)
        }
        var arguments: [BoundExpression] = []
        for argument in node.arguments { arguments.append(try binder.bind(argument.value, in: context)) }
        let fixed = isWeighted ? 2 : 1
        let suffix = node.arguments.first.flatMap { binder.impliedName($0.value, in: context) } ?? ""
        return try arguments.dropFirst(fixed).map { percentile throws(Diagnostic) in
            let name = "percentile_\(suffix)_\(percentile.constantValue?.numberText ?? "")"
            return NamedExpression(
                name,
                try add(
                    value: single, arguments.prefix(fixed) + [percentile], named: name, by: binder, at: node.span))
        }
    }

    /// `arg_max(x, *)`, `take_any(a, b)`: columns of the chosen row.
    private func bindRow(
        _ function: AggregateFunction, _ node: CallExpression, by binder: Binder, in context: ExpressionContext
    ) throws(Diagnostic) -> [NamedExpression] {
        let isExtreme = function.name == "arg_max" || function.name == "arg_min"
        let isConditional = function.name.hasSuffix("if")
        var arguments: [BoundExpression] = []
        var columns: [NamedExpression] = []
        for (index, argument) in node.arguments.enumerated() {
            if case .star = argument.value {
                for column in allColumns(of: context) where !columns.contains(where: { $0.name == column.name }) {
                    columns.append(column)
                    if !isExtreme { arguments.append(column.expression) }
                }
                continue
            }
            let bound = try binder.bind(argument.value, in: context)
            if index == 0 || !isExtreme { arguments.append(bound) }
            if isConditional, index == node.arguments.count - 1, index > 0 { continue }
            let implied = argument.name?.text ?? binder.impliedName(argument.value, in: context)
            let prefix = isExtreme && index == 0 ? "\(function.name.dropFirst(4))_" : ""
            columns.append(NamedExpression(implied ?? (prefix.isEmpty ? "Column\(index + 1)" : prefix), bound))
        }
        let chosen = binder.choose(function.signatures, for: arguments)?.arguments ?? arguments
        if !isExtreme, !function.namePrefix.isEmpty {
            columns = columns.map { NamedExpression("\(function.namePrefix)_\($0.name)", $0.expression) }
        }
        let outputs = columns.map { AggregateOutput(name: $0.name, type: $0.expression.type, source: $0.expression) }
        let aggregate = BoundAggregate(
            function: function, arguments: chosen, resultType: columns.first?.expression.type ?? .dynamic,
            outputs: outputs)
        return zip(columns, add(aggregate)).map { NamedExpression($0.name, $1) }
    }

    /// All columns of the input but those that are keys.
    private func allColumns(of context: ExpressionContext) -> [NamedExpression] {
        guard let row = context.row else { return [] }
        let keyNames = Set(keys.map(\.name))
        return row.schema.columns.enumerated().compactMap { index, column in
            keyNames.contains(column.name) ? nil : NamedExpression(column.name, .column(row.schema.reference(index)))
        }
    }
}

extension Value {
    /// A number as part of a column name: `99.5` gives `99_5`.
    fileprivate var numberText: String {
        switch self {
        case .int(let value): "\(value)"
        case .long(let value): "\(value)"
        case .real(let value):
            value == value.rounded() && abs(value) < 1e15
                ? "\(Int64(value))" : "\(value)".replacing(".", with: "_")
        default: ""
        }
    }
}
