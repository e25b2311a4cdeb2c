extension ParserState {
    mutating func parseMakeGraph(_ lower: Int) throws(Unwind) -> MakeGraphOperator {
        let parameters = try parseParameters(.any)
        let source = try parseName("of the source column")
        try expect(.minus, "(as '-->') after the source column")
        try expect(.minus, "(as '-->') after the source column")
        let isDirected = accept(.greater)
        let target = try parseName("of the target column")
        var node = MakeGraphOperator(
            parameters: parameters, source: source, target: target, isDirected: isDirected, nodeTables: [],
            nodeId: nil, partition: nil, span: span(from: lower))
        if acceptWord("with") {
            node.nodeTables = try parseList { (state) throws(Unwind) in try state.parseNodeTable() }
        } else if acceptWord("with_node_id") {
            try expect(.equal, "after 'with_node_id'")
            node.nodeId = try parseName("after '='")
        }
        if atWord("partitioned"), at(1, .minus), atWord(2, "by") {
            node.partition = try parseGraphPartition()
        }
        node.span = span(from: lower)
        return node
    }

    private mutating func parseNodeTable() throws(Unwind) -> MakeGraphOperator.NodeTable {
        let lower = current.lower
        let table = try parseTableOperand("of nodes after 'with'")
        try expectWord("on", "after the node table")
        let id = try parseName("of the node column")
        return MakeGraphOperator.NodeTable(table: table, id: id, span: span(from: lower))
    }

    private mutating func parseGraphPartition() throws(Unwind) -> GraphPartition {
        let lower = current.lower
        for _ in 0..<3 { advance(.keyword) }
        let column = try parseName("of the partition column")
        try expect(.leftParenthesis, "before the subquery")
        let subquery = try parseSubquery(.rightParenthesis, "in the subquery")
        return GraphPartition(column: column, subquery: subquery, span: span(from: lower))
    }

    // MARK: graph-match

    mutating func parseGraphMatch(_ lower: Int) throws(Unwind) -> GraphMatchOperator {
        let parameters = try parseParameters(.any)
        let patterns = try parseList { (state) throws(Unwind) in try state.parseGraphPattern() }
        let predicate = acceptWord("where") ? try parseExpression() : nil
        let projection = acceptWord("project") ? try parseNamedList() : nil
        return GraphMatchOperator(
            parameters: parameters, patterns: patterns, predicate: predicate, projection: projection,
            span: span(from: lower))
    }

    private mutating func parseGraphPattern() throws(Unwind) -> GraphPattern {
        let lower = current.lower
        var elements = [try parseGraphNode()]
        while at(.minus) || at(.less) {
            elements.append(.edge(try parseGraphEdge()))
            elements.append(try parseGraphNode())
        }
        return GraphPattern(elements: elements, span: span(from: lower))
    }

    private mutating func parseGraphNode() throws(Unwind) -> GraphPattern.Element {
        let lower = current.lower
        try expect(.leftParenthesis, "before a node of the pattern")
        let name = at(.rightParenthesis) ? nil : try parseName("of a node")
        try expect(.rightParenthesis, "after a node of the pattern")
        return .node(name, span(from: lower))
    }

    private mutating func parseGraphEdge() throws(Unwind) -> GraphPattern.Edge {
        let lower = current.lower
        let pointsBack = accept(.less)
        try expect(.minus, "in an edge of the pattern")
        var name: Name?
        var range: GraphPattern.Range?
        if accept(.leftBracket) {
            if !at(.star), !at(.rightBracket) { name = try parseName("of an edge") }
            if at(.star) { range = try parseGraphRange() }
            try expect(.rightBracket, "to close an edge")
        }
        try expect(.minus, "in an edge of the pattern")
        let pointsForward = !pointsBack && accept(.greater)
        let direction: GraphPattern.Direction = pointsBack ? .backward : pointsForward ? .forward : .either
        return GraphPattern.Edge(name: name, direction: direction, range: range, span: span(from: lower))
    }

    private mutating func parseGraphRange() throws(Unwind) -> GraphPattern.Range {
        let lower = advance().lower
        let low = try parseUnary()
        try expect(.dotDot, "in the range of an edge")
        let high = try parseUnary()
        return GraphPattern.Range(low: low, high: high, span: span(from: lower))
    }

    // MARK: The other graph operators

    mutating func parseGraphToTable(_ lower: Int) throws(Unwind) -> GraphToTableOperator {
        let outputs = try parseList { (state) throws(Unwind) in try state.parseGraphOutput() }
        return GraphToTableOperator(outputs: outputs, span: span(from: lower))
    }

    private mutating func parseGraphOutput() throws(Unwind) -> GraphToTableOperator.Output {
        let lower = current.lower
        guard at(.identifier), let part = GraphToTableOperator.Output.Part(rawValue: current.text) else {
            throw missing("'nodes' or 'edges'", "in 'graph-to-table'")
        }
        advance(.keyword)
        let alias = acceptWord("as") ? try parseName("after 'as'", role: .table) : nil
        var parameters: [OperatorParameter] = []
        while at(.identifier), at(1, .equal) { parameters += try parseParameters(.only([current.text])) }
        return GraphToTableOperator.Output(
            part: part, alias: alias, parameters: parameters, span: span(from: lower))
    }

    mutating func parseGraphWhere(
        _ lower: Int, _ part: GraphWhereOperator.Part
    ) throws(Unwind) -> GraphWhereOperator {
        let predicate = try parseExpression()
        return GraphWhereOperator(part: part, predicate: predicate, span: span(from: lower))
    }
}
