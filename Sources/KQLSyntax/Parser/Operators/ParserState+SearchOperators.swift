extension ParserState {
    mutating func parseSearch(_ lower: Int) throws(Unwind) -> SearchOperator {
        let parameters = try parseParameters(.any)
        let tables = try parseTableScope()
        let predicate = try parseSearchPredicate()
        return SearchOperator(parameters: parameters, tables: tables, predicate: predicate, span: span(from: lower))
    }

    /// `in (tables)`, when it stands here.
    private mutating func parseTableScope() throws(Unwind) -> [TabularSource] {
        note(.word("in"))
        guard atWord("in"), at(1, .leftParenthesis) else { return [] }
        advance(.keyword)
        advance()
        let tables = try parseList { (state) throws(Unwind) in try state.parseScopedTable() }
        try expect(.rightParenthesis, "to close the list of tables")
        return tables
    }

    /// A table, possibly with operators such as `| as X`.
    private mutating func parseScopedTable() throws(Unwind) -> TabularSource {
        let lower = current.lower
        let source = try parseTableReference()
        guard at(.pipe) else { return source }
        return .parenthesized(try finishPipeline(source, lower: lower))
    }

    private mutating func parseSearchPredicate() throws(Unwind) -> Expression {
        let outer = isSearching
        isSearching = true
        defer { isSearching = outer }
        return try parseExpression()
    }

    mutating func parseFind(_ lower: Int) throws(Unwind) -> FindOperator {
        let parameters = try parseParameters(.any)
        let tables = try parseTableScope()
        _ = acceptWord("where")
        let predicate = try parseSearchPredicate()
        var node = FindOperator(
            parameters: parameters, tables: tables, predicate: predicate, projection: .smart,
            isProjectionWritten: false, span: span(from: lower))
        try parseFindProjection(&node)
        node.span = span(from: lower)
        return node
    }

    private mutating func parseFindProjection(_ node: inout FindOperator) throws(Unwind) {
        let word = operatorWord()
        switch word.text {
        case "project":
            advance(.keyword)
            node.projection = .project(try parseFindColumns())
        case "project-smart", "project-away", "__projectAway":
            for _ in 0..<word.length { advance(.keyword) }
            if word.text != "project-smart" { node.projection = .projectAway(try parseFindColumns()) }
        default: return
        }
        node.isProjectionWritten = true
    }

    private mutating func parseFindColumns() throws(Unwind) -> [FindOperator.Column] {
        try parseList { (state) throws(Unwind) in
            let lower = state.current.lower
            let form = try state.parseFindColumn()
            return FindOperator.Column(form: form, span: state.span(from: lower))
        }
    }

    private mutating func parseFindColumn() throws(Unwind) -> FindOperator.Column.Form {
        if accept(.star) { return .star }
        if atWord("pack"), at(1, .leftParenthesis) {
            advance(.function)
            advance()
            try expect(.star, "in 'pack(*)'")
            try expect(.rightParenthesis, "to close 'pack('")
            return .packAll
        }
        let length = nameLength()
        if length > 0, at(length, .colon) { return .typedColumn(try parseColumnDeclaration("of a column")) }
        return .column(try parseExpression())
    }
}
