import Chronology
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: MakeSeriesOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let rows = rows(of: input, in: scope)
        let written = node.aggregates.map(\.expression) + node.groups + [node.axis]
        var namer = ColumnNamer(avoiding: written.flatMap { $0.names.map(\.text) })
        let keys = try bindKeys(node.groups, in: rows, namer: &namer)
        var axis = try bindKeys([node.axis], in: rows, namer: &namer)[0]
        if axis.expression.type == .dynamic || axis.expression.type == .string {
            axis = NamedExpression(axis.name, converted(axis.expression, to: .datetime))
        }
        let series = try node.aggregates.map { item throws(Diagnostic) in
            try bindSeries(item, rows, scope, namer: &namer)
        }
        let from: Expression?
        let to: Expression?
        let step: Expression
        var includesEnd = false
        switch node.window {
        case .step(let first, let last, let size): (from, to, step) = (first, last, size)
        case .inRange(let first, let last, let size):
            (from, to, step) = (first, last, size)
            includesEnd = true
        }
        let type = axis.expression.type
        let isTime = type == .datetime || type == .timespan
        let bound = { (expression: Expression?) throws(Diagnostic) -> BoundExpression? in
            guard let expression else { return nil }
            return self.converted(try self.bindConstant(expression, in: scope), to: type)
        }
        let stepValue = try bindConstant(step, in: scope)
        let isNonEmpty = node.parameters.contains { $0.name.text == "kind" && $0.value.text == "nonempty" }
        return Relation(
            plan: .makeSeries(
                MakeSeries(
                    input: input.plan, keys: keys, axis: axis, from: try bound(from), to: try bound(to),
                    step: converted(stepValue, to: isTime ? .timespan : type), includesEnd: includesEnd,
                    series: series, isNonEmpty: isNonEmpty)))
    }

    private func bindSeries(
        _ item: MakeSeriesOperator.Aggregate, _ rows: ExpressionContext, _ scope: Scope, namer: inout ColumnNamer
    ) throws(Diagnostic) -> MakeSeries.Series {
        let collector = AggregateCollector(input: rows, keys: [])
        var context = ExpressionContext(scope: scope, row: rows.row)
        context.aggregates = collector
        let named = try bindAggregateItem(item.expression, collector, in: context, namer: &namer)
        guard let output = named.first, named.count == 1 else {
            throw Diagnostic(.misplaced, "make-series takes one value per series", at: item.span)
        }
        var filler = BoundExpression.constant(output.expression.type == .real ? .real(0) : .long(0))
        if let value = item.defaultValue { filler = try bindConstant(value, in: scope) }
        return MakeSeries.Series(aggregates: collector.aggregates, value: output, filler: filler)
    }

    func bind(_ node: TopHittersOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let rows = rows(of: input, in: scope)
        var namer = ColumnNamer()
        let key = try bindKeys([node.value], in: rows, namer: &namer)[0]
        let aggregate: BoundAggregate
        if let weight = node.weight {
            let bound = try bind(weight.value, in: rows)
            let name = "approximate_sum_\(impliedName(weight.value, in: rows) ?? "")"
            aggregate = try aggregation("sum", [bound], named: name, at: node.span)
        } else {
            aggregate = try aggregation("count", [], named: "approximate_count_\(key.name)", at: node.span)
        }
        let plan = Plan.aggregate(Aggregate(input: input.plan, keys: [key], aggregates: [aggregate]))
        let order = SortKey(expression: .column(plan.schema.reference(1)), isDescending: true, nullsFirst: false)
        return Relation(plan: .top(Top(input: plan, count: try bindCount(node.count, in: scope), keys: [order])))
    }

    /// A call of an aggregation with bound arguments.
    func aggregation(
        _ name: String, _ arguments: [BoundExpression], named output: String, at span: Span
    ) throws(Diagnostic) -> BoundAggregate {
        guard let function = environment.catalogue.aggregate(name) else {
            throw Diagnostic(.unknownFunction, "'\(name)' is not known", at: span)
        }
        guard let chosen = choose(function.signatures, for: arguments) else {
            throw mismatch(name, function.signatures, arguments, at: span)
        }
        return BoundAggregate(
            function: function, arguments: chosen.arguments, resultType: chosen.result,
            outputs: [AggregateOutput(name: output, type: chosen.result)])
    }

    func bind(_ node: TopNestedOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let rows = rows(of: input, in: scope)
        var namer = ColumnNamer(avoiding: node.levels.flatMap { $0.value.names.map(\.text) })
        var levels: [TopNested.Level] = []
        for level in node.levels {
            let key = try bindKeys([level.value], in: rows, namer: &namer)[0]
            let collector = AggregateCollector(input: rows, keys: [])
            var context = ExpressionContext(scope: scope, row: rows.row)
            context.aggregates = collector
            var unused = ColumnNamer()
            let output = try bindAggregateItem(level.aggregate.expression, collector, in: context, namer: &unused)
            guard output.count == 1, collector.aggregates.count == 1, case .column = output[0].expression else {
                throw Diagnostic(.misplaced, "top-nested takes one plain aggregation per level", at: level.span)
            }
            let name = level.aggregate.expression.name?.text ?? "aggregated_\(key.name)"
            var aggregate = collector.aggregates[0]
            aggregate.outputs = aggregate.outputs.prefix(1).map {
                AggregateOutput(name: name, type: $0.type, source: $0.source)
            }
            var count: BoundExpression?
            if let written = level.count { count = try bindCount(written, in: scope) }
            var others: BoundExpression?
            if let written = level.others {
                others = converted(try bindConstant(written, in: scope), to: key.expression.type)
            }
            levels.append(
                TopNested.Level(
                    count: count, key: key, others: others, aggregate: aggregate,
                    isDescending: level.aggregate.direction != .ascending))
        }
        return Relation(plan: .topNested(TopNested(input: input.plan, levels: levels)))
    }
}
