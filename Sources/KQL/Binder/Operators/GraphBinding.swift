import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bindGraph(_ node: MakeGraphOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> GraphSource {
        guard let source = input.schema.index(of: node.source.text) else { throw unknownColumn(node.source, of: input) }
        guard let target = input.schema.index(of: node.target.text) else { throw unknownColumn(node.target, of: input) }
        var tables: [GraphSource.NodeTable] = []
        var columns: [ColumnSchema] = []
        var keys: [Int] = []
        for table in node.nodeTables {
            let relation = try bind(table.table, in: scope)
            guard let key = relation.schema.index(of: table.id.text) else {
                throw unknownColumn(table.id, of: relation)
            }
            tables.append(GraphSource.NodeTable(plan: relation.plan, key: key))
            for (index, column) in relation.schema.columns.enumerated() {
                var position = columns.firstIndex { $0.name == column.name }
                if position == nil {
                    position = columns.count
                    columns.append(column)
                }
                if index == key, let position, !keys.contains(position) { keys.append(position) }
            }
        }
        if let name = node.nodeId?.text, !columns.contains(where: { $0.name == name }) {
            keys.append(columns.count)
            columns.append(ColumnSchema(name, input.schema.columns[source].type))
        }
        return GraphSource(
            edges: input.plan, source: source, target: target, nodeTables: tables, nodeColumns: columns,
            keyColumns: keys, components: nil)
    }

    /// The operators after `make-graph`, until one makes a table of the graph.
    func bind(
        _ steps: ArraySlice<TabularOperator>, over graph: GraphSource, at span: Span, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        var graph = graph
        for (index, step) in steps.enumerated() {
            let rest = steps.dropFirst(index + 1)
            switch step {
            case .graphMarkComponents(let node): graph = marked(graph, by: node)
            case .graphWhere(let node): graph = try filtered(graph, by: node, in: scope)
            case .graphMatch(let node):
                return try bind(rest, on: try bind(node, graph, isShortest: false, in: scope), in: scope)
            case .graphShortestPaths(let node):
                return try bind(rest, on: try bind(node, graph, isShortest: true, in: scope), in: scope)
            case .graphToTable(let node): return try bind(rest, on: try bind(node, graph), in: scope)
            default:
                throw Diagnostic(.notSupported, "this operator cannot follow a graph", at: step.span)
            }
        }
        throw Diagnostic(
            .misplaced, "a graph is no result", at: span, hint: "end with graph-match or graph-to-table")
    }

    private func bind(
        _ steps: ArraySlice<TabularOperator>, on relation: Relation, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        var relation = relation
        for step in steps { relation = try bind(step, relation, in: scope) }
        return relation
    }

    private func marked(_ graph: GraphSource, by node: GraphMarkComponentsOperator) -> GraphSource {
        let parameters = Dictionary(
            node.parameters.map { ($0.name.text, $0.value.text ?? "") }, uniquingKeysWith: { $1 })
        let name = parameters["with_component_id"] ?? "ComponentId"
        return GraphSource(
            edges: graph.edges, source: graph.source, target: graph.target, nodeTables: graph.nodeTables,
            nodeColumns: graph.nodeColumns + [ColumnSchema(name, .long)], keyColumns: graph.keyColumns,
            components: parameters["kind"] == "strong" ? .strong : .weak)
    }

    private func bind(_ node: GraphToTableOperator, _ graph: GraphSource) throws(Diagnostic) -> Relation {
        var relations: [Relation] = []
        for output in node.outputs {
            let form: GraphQuery.Form = output.part == .nodes ? .nodes : .edges
            var plan = Plan.graph(GraphQuery(graph: graph, form: form))
            var ids: [NamedExpression] = []
            for parameter in output.parameters {
                let name = parameter.value.text ?? ""
                let column: Int?
                switch parameter.name.text {
                case "with_source_id": column = graph.source
                case "with_target_id": column = graph.target
                case "with_node_id": column = graph.keyColumns.first
                default: column = nil
                }
                guard let column else { continue }
                let key = BoundExpression.column(plan.schema.reference(column))
                ids.append(
                    NamedExpression(name, try call(try builtin("hash", at: output.span), [key], at: output.span)))
            }
            if !ids.isEmpty { plan = .project(Project(input: plan, columns: ids + plan.passed)) }
            relations.append(Relation(plan: plan, name: output.alias?.text))
        }
        guard var first = relations.first else {
            throw Diagnostic(.wrongArguments, "graph-to-table needs nodes or edges", at: node.span)
        }
        first.siblings = Array(relations.dropFirst())
        return first
    }

    private func bind(
        _ node: GraphMatchOperator, _ graph: GraphSource, isShortest: Bool, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        let pattern = try GraphPatternReader(node.patterns) { expression throws(Diagnostic) in
            guard case .long(let number)? = try self.bindConstant(expression, in: scope).constantValue else { return 1 }
            return Int(clamping: number)
        }
        var columns: [ColumnSchema] = []
        var qualifiers: [String: Range<Int>] = [:]
        for name in pattern.nodeNames {
            qualifiers[name] = columns.count..<(columns.count + graph.nodeSchema.columns.count)
            columns += graph.nodeSchema.columns
        }
        for (index, name) in pattern.edgeNames.enumerated() where !pattern.isPath[index] {
            qualifiers[name] = columns.count..<(columns.count + graph.edges.schema.columns.count)
            columns += graph.edges.schema.columns
        }
        let elements = GraphElements(graph: graph, names: pattern.elements, firstDerived: columns.count)
        // The columns have no names of their own; they are found through their element.
        var context = ExpressionContext(scope: scope)
        context.row = RowContext(
            id: newID(), schema: TableSchema(columns), isOpen: false, qualifiers: qualifiers, isQualifiedOnly: true)
        context.graph = elements
        var predicate: BoundExpression?
        if let written = node.predicate { predicate = try bindPredicate(written, in: context) }
        let projection = node.projection ?? []
        var outputs = try bindColumns(projection, in: context)
        if projection.isEmpty {
            outputs = pattern.namedElements.compactMap { name in elements.bag(name).map { NamedExpression(name, $0) } }
        }
        let cycles = node.parameters.first { $0.name.text == "cycles" }?.value.text
        let match = GraphMatch(
            steps: pattern.steps, nodeCount: pattern.nodeNames.count, isPath: pattern.isPath,
            cycles: isShortest || cycles == "none" ? .none : cycles == "all" ? .all : .uniqueEdges,
            isShortest: isShortest, derived: elements.derived, predicate: predicate, outputs: outputs)
        return Relation(plan: .graph(GraphQuery(graph: graph, form: .match(match))))
    }
}

/// Numbers the elements of graph patterns.
private struct GraphPatternReader {
    private(set) var steps: [GraphMatch.Step] = []
    private(set) var nodeNames: [String] = []
    private(set) var edgeNames: [String] = []
    private(set) var isPath: [Bool] = []
    /// The names that were written, in order.
    private(set) var namedElements: [String] = []

    init(_ patterns: [GraphPattern], number: (Expression) throws(Diagnostic) -> Int) throws(Diagnostic) {
        for pattern in patterns {
            var edge: GraphPattern.Edge?
            for element in pattern.elements {
                switch element {
                case .edge(let written): edge = written
                case .node(let name, _):
                    let node = addNode(name?.text)
                    guard let hop = edge else {
                        steps.append(.start(node: node))
                        continue
                    }
                    edge = nil
                    let direction: GraphMatch.Direction =
                        switch hop.direction {
                        case .forward: .forward
                        case .backward: .backward
                        case .either: .any
                        }
                    var range = (1, 1)
                    if let written = hop.range { range = (try number(written.low), try number(written.high)) }
                    let index = addEdge(hop.name?.text, isPath: hop.range != nil)
                    steps.append(
                        .hop(edge: index, node: node, direction: direction, minimum: range.0, maximum: range.1))
                }
            }
        }
    }

    private mutating func addNode(_ name: String?) -> Int {
        if let name, let index = nodeNames.firstIndex(of: name) { return index }
        nodeNames.append(name ?? "$node\(nodeNames.count)")
        if let name { namedElements.append(name) }
        return nodeNames.count - 1
    }

    private mutating func addEdge(_ name: String?, isPath: Bool) -> Int {
        edgeNames.append(name ?? "$edge\(edgeNames.count)")
        self.isPath.append(isPath)
        if let name { namedElements.append(name) }
        return edgeNames.count - 1
    }

    var elements: [String: GraphElements.Element] {
        var elements: [String: GraphElements.Element] = [:]
        for (index, name) in nodeNames.enumerated() { elements[name] = .node(index) }
        for (index, name) in edgeNames.enumerated() { elements[name] = .edge(index, isPath: isPath[index]) }
        return elements
    }
}
