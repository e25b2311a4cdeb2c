extension ParserState {
    mutating func parseScan(_ lower: Int) throws(Unwind) -> ScanOperator {
        var node = ScanOperator(
            parameters: try parseParameters(.any), order: [], partition: [], declarations: [], steps: [],
            span: span(from: lower))
        if acceptWord("order") {
            try expectWord("by", "after 'order'")
            node.order = try parseOrderedList()
        }
        if acceptWord("partition") {
            try expectWord("by", "after 'partition'")
            node.partition = try parseNamedList()
        }
        if acceptWord("declare") { node.declarations = try parseFunctionParameters("after 'declare'") }
        try expectWord("with", "before the steps of 'scan'")
        try expect(.leftParenthesis, "before the steps of 'scan'")
        repeat { node.steps.append(try parseScanStep()) } while !at(.rightParenthesis)
        advance()
        node.span = span(from: lower)
        return node
    }

    private mutating func parseScanStep() throws(Unwind) -> ScanOperator.Step {
        let lower = current.lower
        try expectWord("step", "in 'scan'")
        let name = try parseName("of a step")
        let isOptional = acceptWord("optional")
        let output = try parseScanOutput()
        try expect(.colon, "before the condition of a step")
        let condition = try parseExpression()
        var assignments: [NamedExpression] = []
        if accept(.arrow) { assignments = try parseNamedList() }
        try expect(.semicolon, "after a step of 'scan'")
        return ScanOperator.Step(
            name: name, isOptional: isOptional, output: output, condition: condition, assignments: assignments,
            span: span(from: lower))
    }

    private mutating func parseScanOutput() throws(Unwind) -> ScanOperator.Step.Output? {
        guard acceptWord("output") else { return nil }
        try expect(.equal, "after 'output'")
        guard at(.identifier), let output = ScanOperator.Step.Output(rawValue: current.text) else {
            throw missing("'all', 'last' or 'none'", "after 'output='")
        }
        advance(.keyword)
        return output
    }
}
