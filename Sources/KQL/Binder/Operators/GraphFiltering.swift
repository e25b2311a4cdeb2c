import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// `graph-where-nodes` and `graph-where-edges`: a smaller graph.
    func filtered(
        _ graph: GraphSource, by node: GraphWhereOperator, in scope: Scope
    ) throws(Diagnostic) -> GraphSource {
        switch node.part {
        case .edges: try filteringEdges(graph, by: node.predicate, in: scope)
        case .nodes: try filteringNodes(graph, by: node.predicate, in: scope)
        }
    }

    /// The nodes stay, also those whose edges are all gone.
    private func filteringEdges(
        _ graph: GraphSource, by predicate: Expression, in scope: Scope
    ) throws(Diagnostic) -> GraphSource {
        let context = rows(of: Relation(plan: graph.edges), in: scope)
        let bound = try bindPredicate(predicate, in: context)
        let edges = Plan.materialized(Materialized(id: newID(), input: graph.edges))
        let schema = graph.edges.schema
        let name = graph.keyColumns.first.map { graph.nodeColumns[$0].name } ?? "$id"
        let ends = [graph.source, graph.target].map { index in
            let value = converted(.column(schema.reference(index)), to: schema.columns[graph.source].type)
            return Plan.project(Project(input: edges, columns: [NamedExpression(name, value)]))
        }
        let all = Plan.distinct(Distinct(input: .union(Union(same: ends, schema: ends[0].schema))))
        return GraphSource(
            edges: .filter(Filter(input: edges, predicate: bound)), source: graph.source, target: graph.target,
            nodeTables: graph.nodeTables + [GraphSource.NodeTable(plan: all, key: 0)],
            nodeColumns: graph.nodeColumns, keyColumns: graph.keyColumns, components: graph.components)
    }

    /// With a node go its edges.
    private func filteringNodes(
        _ graph: GraphSource, by predicate: Expression, in scope: Scope
    ) throws(Diagnostic) -> GraphSource {
        let elements = GraphElements(
            graph: graph, names: [:], firstDerived: graph.nodeSchema.columns.count)
        var context = ExpressionContext(
            scope: scope, row: RowContext(id: newID(), schema: graph.nodeSchema, isOpen: false))
        context.graph = elements
        let bound = try bindPredicate(predicate, in: context)
        let id = graph.nodeColumns.count
        let outputs = (0...id).map { index in
            NamedExpression(
                graph.nodeSchema.columns[index].name, BoundExpression.column(graph.nodeSchema.reference(index)))
        }
        let match = GraphMatch(
            steps: [.start(node: 0)], nodeCount: 1, isPath: [], cycles: .all, isShortest: false,
            derived: elements.derived, predicate: bound, outputs: outputs)
        let nodes = Plan.materialized(
            Materialized(id: newID(), input: .graph(GraphQuery(graph: graph, form: .match(match)))))
        let edges = [graph.source, graph.target].reduce(graph.edges) { edges, end in
            edges.keeping(end, in: nodes, at: id)
        }
        return GraphSource(
            edges: edges, source: graph.source, target: graph.target,
            nodeTables: [GraphSource.NodeTable(plan: nodes, key: id)], nodeColumns: graph.nodeColumns,
            keyColumns: graph.keyColumns, components: nil)
    }

    /// `make-graph … partitioned-by column (subquery)`: one graph per value of a column that edges and nodes have.
    func bindPartitioned(
        _ node: MakeGraphOperator, _ partition: GraphPartition, _ input: Relation, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        guard let key = input.schema.index(of: partition.column.text) else {
            throw unknownColumn(partition.column, of: input)
        }
        let id = newID()
        let part = Relation(plan: .placeholder(Placeholder(id: id, schema: input.schema)), isOpen: input.isOpen)
        var graph = try bindGraph(node, part, in: scope)
        let values = Plan.distinct(
            Distinct(
                input: .project(
                    Project(
                        input: part.plan,
                        columns: [NamedExpression(partition.column.text, .column(input.schema.reference(key)))]))))
        graph.nodeTables = graph.nodeTables.map { table in
            guard let column = table.plan.schema.index(of: partition.column.text) else { return table }
            return GraphSource.NodeTable(plan: table.plan.keeping(column, in: values, at: 0), key: table.key)
        }
        let body = try bind(partition.subquery.operators[...], over: graph, at: partition.span, in: scope)
        return Relation(
            plan: .partition(
                Partition(
                    input: input.plan, key: .column(input.schema.reference(key)), body: body.plan, placeholder: id,
                    schema: body.schema)),
            isOpen: body.isOpen)
    }
}

extension Plan {
    /// The rows whose value in one column is among the values of another plan's column.
    fileprivate func keeping(_ column: Int, in other: Plan, at key: Int) -> Plan {
        let schema = schema
        var left = BoundExpression.column(schema.reference(column))
        let right = BoundExpression.column(other.schema.reference(key))
        if left.type != right.type { left = .convert(left, to: right.type) }
        return .join(
            Join(
                left: self, right: other, kind: .leftSemi, keys: [JoinKey(left: left, right: right)],
                outputs: schema.columns.enumerated().map { index, column in
                    JoinOutput(side: .left, index: index, name: column.name, type: column.type)
                }))
    }
}
