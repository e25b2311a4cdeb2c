import JSON
import KQLFunctions
import KQLValues

extension Execution {
    func graph(_ node: GraphQuery) throws(ExecutionError) -> Table {
        let graph = try PropertyGraph(node.graph, in: self)
        switch node.form {
        case .nodes:
            let count = node.graph.nodeColumns.count
            return Table(
                schema: node.schema, columns: Array(graph.nodes.columns.prefix(count)), rowCount: graph.nodes.rowCount)
        case .edges: return graph.edges
        case .match(let match):
            var search = GraphSearch(graph: graph, match: match, limit: executor.limits.rows)
            search.allowedStarts = try allowedStarts(match, graph)
            try search.run { () throws(ExecutionError) in try self.check() }
            if search.isCut { throw tooManyRows("graph-match") }
            return try result(of: search, match: match, graph: graph)
        }
    }

    /// Conditions on the first node alone are tested before the search.
    private func allowedStarts(_ match: GraphMatch, _ graph: PropertyGraph) throws(ExecutionError) -> [Bool]? {
        guard case .start(let first)? = match.steps.first, let predicate = match.predicate else { return nil }
        let width = graph.nodes.columns.count
        let range = (first * width)..<((first + 1) * width)
        var allowed: [Bool]?
        for condition in predicate.conjuncts where condition.columnIndexes.allSatisfy(range.contains) {
            let own = condition.moved(Dictionary(uniqueKeysWithValues: range.map { ($0, $0 - range.lowerBound) }))
            guard case .bool(let verdicts) = try column(own, over: graph.nodes) else { continue }
            let marks = (0..<verdicts.count).map { verdicts[$0] == true }
            allowed = allowed.map { zip($0, marks).map { $0 && $1 } } ?? marks
        }
        return allowed
    }

    private func result(
        of search: GraphSearch, match: GraphMatch, graph: PropertyGraph
    ) throws(ExecutionError) -> Table {
        var schema: [ColumnSchema] = []
        var columns: [Column] = []
        for node in 0..<match.nodeCount {
            schema += graph.nodes.schema.columns
            columns += graph.nodes.gather(search.matches.map { $0.nodes[node] }).columns
        }
        for edge in match.isPath.indices where !match.isPath[edge] {
            schema += graph.edges.schema.columns
            columns += graph.edges.gather(search.matches.map { $0.paths[edge].edges.first ?? -1 }).columns
        }
        for derived in match.derived {
            schema.append(ColumnSchema("", derived.type))
            columns.append(try values(of: derived, search: search, graph: graph))
        }
        let all = Table(schema: TableSchema(schema), columns: columns, rowCount: search.matches.count)
        var rows = RowView(all)
        if let predicate = match.predicate {
            guard case .bool(let verdicts) = try column(predicate, over: all) else {
                return Table(empty: TableSchema([]))
            }
            rows = rows.narrowed(to: (0..<verdicts.count).filter { verdicts[$0] == true })
        }
        if match.isShortest { rows = rows.narrowed(to: search.shortest(among: rows.selection)) }
        var outputs: [Column] = []
        for output in match.outputs { outputs.append(try column(output.expression, over: rows)) }
        return Table(
            schema: TableSchema(match.outputs.map(\.column)), columns: outputs, rowCount: rows.rowCount)
    }

    private func values(
        of derived: GraphMatch.Derived, search: GraphSearch, graph: PropertyGraph
    ) throws(ExecutionError) -> Column {
        switch derived {
        case .node(let node):
            let bags = graph.nodes.bags(columns: graph.visibleNodeColumns)
            return .dynamic(search.matches.map { bags[$0.nodes[node]] })
        case .edge(let edge):
            let bags = graph.edges.bags(columns: graph.edges.columns.count)
            return .dynamic(search.matches.map { match in match.paths[edge].edges.first.map { bags[$0] } ?? .null })
        case .path(let edge, let overNodes, let reduction, let expression):
            let table = overNodes ? graph.nodes : graph.edges
            let rows = search.matches.map { overNodes ? $0.paths[edge].innerNodes : $0.paths[edge].edges }
            guard reduction == .array else {
                guard let expression, case .bool(let verdicts) = try column(expression, over: table) else {
                    return .bool(Vector(rows.map { _ in false }))
                }
                return .bool(
                    Vector(
                        rows.map { path in
                            reduction == .all
                                ? path.allSatisfy { verdicts[$0] == true } : path.contains { verdicts[$0] == true }
                        }))
            }
            var elements = table.bags(columns: overNodes ? graph.visibleNodeColumns : table.columns.count)
            if let expression { elements = packed(try column(expression, over: table)) }
            return .dynamic(rows.map { path in .array(path.map { elements[$0] }) })
        }
    }
}

extension Table {
    /// Each row as a bag of its first columns, nulls left out.
    fileprivate func bags(columns count: Int) -> [JSON] {
        let values = columns.prefix(count).map(packed)
        return (0..<rowCount).map { row in
            var bag = JSONObject()
            for (index, column) in values.enumerated() where !column[row].isNull {
                if case .string("") = column[row] { continue }
                bag[schema.columns[index].name] = column[row]
            }
            return .object(bag)
        }
    }
}
