extension Plan {
    /// The same operator over inputs changed by `transform`.
    ///
    /// - Parameter includingBodies: whether the subqueries of `mv-apply` and `partition`, which run per row or key over
    ///   placeholders, are changed too.
    public func mapInputs(includingBodies: Bool = true, _ transform: (Plan) -> Plan) -> Plan {
        switch self {
        case .scan, .values, .range, .placeholder, .external, .pushed: return self
        case .filter(var node):
            node.input = transform(node.input)
            return .filter(node)
        case .project(var node):
            node.input = transform(node.input)
            return .project(node)
        case .aggregate(var node):
            node.input = transform(node.input)
            return .aggregate(node)
        case .sort(var node):
            node.input = transform(node.input)
            return .sort(node)
        case .top(var node):
            node.input = transform(node.input)
            return .top(node)
        case .take(var node):
            node.input = transform(node.input)
            return .take(node)
        case .distinct(var node):
            node.input = transform(node.input)
            return .distinct(node)
        case .sample(var node):
            node.input = transform(node.input)
            return .sample(node)
        case .serialize(var node):
            node.input = transform(node.input)
            return .serialize(node)
        case .mvExpand(var node):
            node.input = transform(node.input)
            return .mvExpand(node)
        case .mvApply(var node):
            node.expand.input = transform(node.expand.input)
            if includingBodies { node.body = transform(node.body) }
            return .mvApply(node)
        case .partition(var node):
            node.input = transform(node.input)
            if includingBodies { node.body = transform(node.body) }
            return .partition(node)
        case .parse(var node):
            node.input = transform(node.input)
            return .parse(node)
        case .parseKeyValue(var node):
            node.input = transform(node.input)
            return .parseKeyValue(node)
        case .makeSeries(var node):
            node.input = transform(node.input)
            return .makeSeries(node)
        case .topNested(var node):
            node.input = transform(node.input)
            return .topNested(node)
        case .scanSteps(var node):
            node.input = transform(node.input)
            return .scanSteps(node)
        case .reduce(var node):
            node.input = transform(node.input)
            return .reduce(node)
        case .checked(var node):
            node.input = transform(node.input)
            return .checked(node)
        case .materialized(var node):
            node.input = transform(node.input)
            return .materialized(node)
        case .union(var node):
            node.inputs = node.inputs.map { UnionInput(plan: transform($0.plan), columns: $0.columns) }
            return .union(node)
        case .plugin(var node):
            node.input = transform(node.input)
            node.arguments = node.arguments.map { argument in
                if case .table(let plan) = argument { .table(transform(plan)) } else { argument }
            }
            return .plugin(node)
        case .join(var node):
            node.left = transform(node.left)
            node.right = transform(node.right)
            return .join(node)
        case .graph(var node):
            node.graph.edges = transform(node.graph.edges)
            node.graph.nodeTables = node.graph.nodeTables.map {
                GraphSource.NodeTable(plan: transform($0.plan), key: $0.key)
            }
            return .graph(node)
        }
    }

    /// The same operator with the expressions of the commonest operators changed by `transform`.
    func mapExpressions(_ transform: (BoundExpression) -> BoundExpression) -> Plan {
        switch self {
        case .filter(var node):
            node.predicate = transform(node.predicate)
            return .filter(node)
        case .project(var node):
            node.columns = node.columns.map { NamedExpression($0.name, transform($0.expression)) }
            return .project(node)
        case .aggregate(var node):
            node.keys = node.keys.map { NamedExpression($0.name, transform($0.expression)) }
            node.aggregates = node.aggregates.map { $0.mapExpressions(transform) }
            return .aggregate(node)
        case .sort(var node):
            node.keys = node.keys.map { $0.mapExpression(transform) }
            return .sort(node)
        case .top(var node):
            node.keys = node.keys.map { $0.mapExpression(transform) }
            node.count = transform(node.count)
            return .top(node)
        case .take(var node):
            node.count = transform(node.count)
            return .take(node)
        case .join(var node):
            node.keys = node.keys.map { JoinKey(left: transform($0.left), right: transform($0.right)) }
            return .join(node)
        default: return self
        }
    }
}

extension BoundAggregate {
    func mapExpressions(_ transform: (BoundExpression) -> BoundExpression) -> BoundAggregate {
        BoundAggregate(
            function: function, arguments: arguments.map(transform), resultType: resultType,
            outputs: outputs.map { AggregateOutput(name: $0.name, type: $0.type, source: $0.source.map(transform)) })
    }
}

extension SortKey {
    func mapExpression(_ transform: (BoundExpression) -> BoundExpression) -> SortKey {
        SortKey(expression: transform(expression), isDescending: isDescending, nullsFirst: nullsFirst)
    }
}

extension BoundExpression {
    /// The positions of the columns inside.
    var columnIndexes: Set<Int> {
        switch self {
        case .constant, .subquery: []
        case .column(let reference): [reference.index]
        case .convert(let inner, _): inner.columnIndexes
        case .call(let call): call.arguments.reduce(into: []) { $0.formUnion($1.columnIndexes) }
        case .shared(let shared): shared.columnIndexes
        }
    }

    /// The expression with other expressions in place of its columns.
    func replacingColumns(_ replacement: (ColumnReference) -> BoundExpression) -> BoundExpression {
        var mapping = ExpressionMapping()
        return mapping.map(self) { leaf in
            if case .column(let reference) = leaf { replacement(reference) } else { leaf }
        }
    }

    /// The expression over an input whose columns have moved.
    func moved(_ positions: [Int: Int]) -> BoundExpression {
        replacingColumns { reference in
            .column(
                ColumnReference(
                    index: positions[reference.index] ?? reference.index, name: reference.name, type: reference.type))
        }
    }

    /// The expression with the plans of its subqueries changed.
    func mapSubqueries(_ transform: (Plan) -> Plan) -> BoundExpression {
        var mapping = ExpressionMapping()
        return mapping.map(self) { leaf in
            guard case .subquery(let query) = leaf else { return leaf }
            return .subquery(
                ScalarSubquery(id: query.id, plan: transform(query.plan), form: query.form, type: query.type))
        }
    }
}

/// Changes the leaves of expressions; what is shared is changed once and stays shared.
struct ExpressionMapping {
    private var changed: [ObjectIdentifier: SharedExpression] = [:]

    mutating func map(
        _ expression: BoundExpression, _ transform: (BoundExpression) -> BoundExpression
    ) -> BoundExpression {
        switch expression {
        case .constant, .column, .subquery: return transform(expression)
        case .convert(let inner, let type): return .convert(map(inner, transform), to: type)
        case .call(let call):
            return .call(
                BoundCall(
                    function: call.function, arguments: call.arguments.map { map($0, transform) }, type: call.type))
        case .shared(let shared):
            if let known = changed[ObjectIdentifier(shared)] { return .shared(known) }
            let result = SharedExpression(map(shared.expression, transform))
            changed[ObjectIdentifier(shared)] = result
            return .shared(result)
        }
    }
}
