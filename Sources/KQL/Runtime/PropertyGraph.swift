import KQLFunctions
import KQLValues

/// A graph in memory: nodes and edges as tables, with the edges of each node.
struct PropertyGraph {
    let edges: Table
    /// The columns of `GraphSource.nodeSchema`.
    let nodes: Table
    /// How many of the nodes' columns queries see.
    let visibleNodeColumns: Int
    /// The nodes of each edge.
    let sources: [Int]
    let targets: [Int]
    /// The edges out of and into each node.
    let outgoing: [[Int]]
    let incoming: [[Int]]

    init(_ graph: GraphSource, in execution: Execution) throws(ExecutionError) {
        edges = try execution.table(graph.edges)
        var tables: [Table] = []
        for table in graph.nodeTables { tables.append(try execution.table(table.plan)) }
        let type = edges.columns[graph.source].type
        var keys = Column(empty: type)
        for (table, declared) in zip(tables, graph.nodeTables) {
            keys.append(contentsOf: table.columns[declared.key].converted(to: type))
        }
        let nodeRows = keys.count
        // The ends of the edges in turn, so that new nodes come in the order of the edges.
        let edgeCount = edges.rowCount
        var ends = edges.columns[graph.source]
        ends.append(contentsOf: edges.columns[graph.target].converted(to: type))
        keys.append(contentsOf: ends.gather((0..<edgeCount).flatMap { [$0, edgeCount + $0] }))
        let grouping = Grouping([keys], rowCount: keys.count)
        sources = (0..<edgeCount).map { grouping.groups[nodeRows + 2 * $0] }
        targets = (0..<edgeCount).map { grouping.groups[nodeRows + 2 * $0 + 1] }
        var outgoing = [[Int]](repeating: [], count: grouping.count)
        var incoming = outgoing
        for edge in 0..<edgeCount {
            outgoing[sources[edge]].append(edge)
            incoming[targets[edge]].append(edge)
        }
        self.outgoing = outgoing
        self.incoming = incoming
        visibleNodeColumns = graph.nodeColumns.count
        let ids = keys.gather(grouping.firstRows)
        var columns: [Column] = []
        let ownColumns = graph.components == nil ? graph.nodeColumns : Array(graph.nodeColumns.dropLast())
        for (index, column) in ownColumns.enumerated() {
            let own = PropertyGraph.property(column, of: tables, rows: grouping.firstRows)
            guard graph.keyColumns.contains(index) else {
                columns.append(own)
                continue
            }
            // A node that no table tells of has its id in all key columns.
            var either = own
            either.append(contentsOf: ids.converted(to: column.type))
            columns.append(
                either.gather(
                    grouping.firstRows.indices.map { node in
                        grouping.firstRows[node] < nodeRows && !tables.isEmpty ? node : grouping.count + node
                    }))
        }
        if let kind = graph.components {
            let components = Components(sources: sources, targets: targets, nodeCount: grouping.count)
            columns.append(.long(Vector((kind == .weak ? components.weak() : components.strong()).map(Int64.init))))
        }
        columns += [
            ids, .long(Vector(incoming.map { Int64($0.count) })), .long(Vector(outgoing.map { Int64($0.count) })),
        ]
        nodes = Table(schema: graph.nodeSchema, columns: columns, rowCount: grouping.count)
    }

    /// A property of each node: from the first row of the node tables that tells of it, else null.
    private static func property(_ column: ColumnSchema, of tables: [Table], rows: [Int]) -> Column {
        var values = Column(empty: column.type)
        for table in tables {
            let own =
                table.column(column.name)?.converted(to: column.type)
                ?? Column(type: column.type, repeatElement(.missing(column.type), count: table.rowCount))
            values.append(contentsOf: own)
        }
        return values.gather(rows.map { $0 < values.count ? $0 : -1 })
    }
}

/// Numbers the connected components of a graph in the order of their first nodes.
private struct Components {
    let sources: [Int]
    let targets: [Int]
    let nodeCount: Int

    /// Edges count in both directions.
    func weak() -> [Int] {
        var parents = Array(0..<nodeCount)
        func root(_ node: Int) -> Int {
            var node = node
            while parents[node] != node {
                parents[node] = parents[parents[node]]
                node = parents[node]
            }
            return node
        }
        for (source, target) in zip(sources, targets) {
            parents[max(root(source), root(target))] = min(root(source), root(target))
        }
        return numbered((0..<nodeCount).map(root))
    }

    /// Each node of a component reaches every other along the edges (two passes of depth-first search).
    func strong() -> [Int] {
        var forward = [[Int]](repeating: [], count: nodeCount)
        var backward = forward
        for (source, target) in zip(sources, targets) {
            forward[source].append(target)
            backward[target].append(source)
        }
        var order: [Int] = []
        var isSeen = [Bool](repeating: false, count: nodeCount)
        for start in 0..<nodeCount where !isSeen[start] {
            isSeen[start] = true
            var stack: [(node: Int, next: Int)] = [(start, 0)]
            while let top = stack.last {
                if top.next < forward[top.node].count {
                    stack[stack.count - 1].next += 1
                    let next = forward[top.node][top.next]
                    if !isSeen[next] {
                        isSeen[next] = true
                        stack.append((next, 0))
                    }
                } else {
                    order.append(top.node)
                    stack.removeLast()
                }
            }
        }
        var component = [Int](repeating: -1, count: nodeCount)
        for start in order.reversed() where component[start] < 0 {
            var stack = [start]
            component[start] = start
            while let node = stack.popLast() {
                for next in backward[node] where component[next] < 0 {
                    component[next] = start
                    stack.append(next)
                }
            }
        }
        return numbered(component)
    }

    private func numbered(_ labels: [Int]) -> [Int] {
        var numbers: [Int: Int] = [:]
        return labels.map { label in
            if let number = numbers[label] { return number }
            numbers[label] = numbers.count
            return numbers.count - 1
        }
    }
}
