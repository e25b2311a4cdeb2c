import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: SummarizeOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let rows = rows(of: input, in: scope)
        var namer = ColumnNamer(
            avoiding: (node.aggregates + (node.groups ?? [])).flatMap { $0.names.map(\.text) },
            existing: input.schema.columns.map(\.name))
        let keys = try bindKeys(node.groups ?? [], in: rows, namer: &namer)
        let collector = AggregateCollector(input: rows, keys: keys)
        var context = ExpressionContext(scope: scope, row: rows.row)
        context.aggregates = collector
        var items: [NamedExpression] = []
        for item in node.aggregates {
            items += try bindAggregateItem(item, collector, in: context, namer: &namer)
        }
        // `arg_max(x, *)` passes on all columns, those that are not known yet too.
        return Relation(
            plan: aggregated(input.plan, collector, items: items),
            isOpen: input.isOpen && node.aggregates.contains(where: \.takesAllColumns))
    }

    /// The expressions after `by`.
    func bindKeys(
        _ items: [KQLSyntax.NamedExpression], in context: ExpressionContext, namer: inout ColumnNamer
    ) throws(Diagnostic) -> [NamedExpression] {
        var keys: [NamedExpression] = []
        for item in items {
            let bound = try bind(item.value, in: context)
            if item.isTuple {
                keys += try tuple(item, bound)
            } else if let name = item.name?.text {
                keys.append(NamedExpression(namer.unique(name), bound))
            } else if let name = impliedName(item.value, in: context) {
                keys.append(NamedExpression(namer.unique(name), bound))
            } else {
                keys.append(NamedExpression(namer.next(), bound))
            }
        }
        return keys
    }

    /// One aggregate expression, with the names of its columns.
    func bindAggregateItem(
        _ item: KQLSyntax.NamedExpression, _ collector: AggregateCollector, in context: ExpressionContext,
        namer: inout ColumnNamer
    ) throws(Diagnostic) -> [NamedExpression] {
        var outputs: [NamedExpression]
        if case .call(let call) = item.value.unwrapped, context.scope.isFree(call.name.text),
            let function = environment.catalogue.aggregate(call.name.text)
        {
            outputs = try collector.bind(function, call, by: self, in: context)
        } else {
            let bound = try bind(item.value, in: context)
            if let name = item.name?.text { return [NamedExpression(namer.unique(name), bound)] }
            let implied = impliedName(item.value, in: context)
            return [NamedExpression(implied.map { namer.unique($0) } ?? namer.next(), bound)]
        }
        if item.isTuple, outputs.count == 1, item.names.count > 1 { return try tuple(item, outputs[0].expression) }
        for index in outputs.indices {
            let name = namer.unique(index < item.names.count ? item.names[index].text : outputs[index].name)
            outputs[index] = NamedExpression(name, outputs[index].expression)
        }
        return outputs
    }

    /// The aggregation, with a projection above where expressions surround the aggregates.
    func aggregated(_ input: Plan, _ collector: AggregateCollector, items: [NamedExpression]) -> Plan {
        let keys = collector.keys
        let isPlain = items.enumerated().allSatisfy { position, item in
            if case .column(let reference) = item.expression { reference.index == keys.count + position } else { false }
        }
        let outputCount = collector.aggregates.reduce(0) { $0 + $1.outputs.count }
        var names = items.map(\.name)[...]
        let isDirect = isPlain && outputCount == items.count
        var hidden = 0
        let aggregates = collector.aggregates.map { aggregate in
            var renamed = aggregate
            renamed.outputs = aggregate.outputs.map { output in
                hidden += 1
                let name = isDirect ? names.popFirst() ?? output.name : "$\(hidden)"
                return AggregateOutput(name: name, type: output.type, source: output.source)
            }
            return renamed
        }
        let aggregation = Plan.aggregate(Aggregate(input: input, keys: keys, aggregates: aggregates))
        if isDirect { return aggregation }
        let columns = keys.enumerated().map { index, key in
            NamedExpression(
                key.name, .column(ColumnReference(index: index, name: key.name, type: key.expression.type)))
        }
        return .project(Project(input: aggregation, columns: columns + items))
    }
}

extension KQLSyntax.NamedExpression {
    /// Whether it is a call with `*` among its arguments.
    fileprivate var takesAllColumns: Bool {
        guard case .call(let call) = value.unwrapped else { return false }
        return call.arguments.contains { if case .star = $0.value { true } else { false } }
    }
}

extension Scope {
    /// Whether no let defines a function of that name.
    func isFree(_ name: String) -> Bool {
        if case .function? = lookup(name) { false } else { true }
    }
}
