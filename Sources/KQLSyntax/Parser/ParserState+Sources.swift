extension ParserState {
    static func result(from expression: Expression) -> ResultExpression {
        switch expression {
        case .subquery(let node): return .tabular(node)
        case .name, .call, .scopedCall, .member: return .undecided(expression)
        case .parenthesized(let node):
            switch result(from: node.expression) {
            case .tabular(let inner):
                var pipeline = inner
                pipeline.span = node.span
                return .tabular(TabularExpression(source: .parenthesized(pipeline), operators: [], span: node.span))
            case .undecided: return .undecided(expression)
            case .scalar: return .scalar(expression)
            }
        default: return .scalar(expression)
        }
    }

    static func expression(from result: ResultExpression) -> Expression {
        switch result {
        case .scalar(let node), .undecided(let node): node
        case .tabular(let node): .subquery(node)
        }
    }

    /// Reads an expression as a table; nil when it can only be a scalar.
    mutating func tabularSource(from expression: Expression) -> TabularSource? {
        switch expression {
        case .name(let name):
            mark(name.span, .table)
            return .name(name)
        case .call(let call): return .call(call)
        case .parenthesized(let node): return parenthesizedSource(node)
        case .scopedCall(let node):
            guard let qualifiers = qualifiers(of: node.scope) else { return nil }
            return .scoped(ScopedSource(qualifiers: qualifiers, target: .call(node.call), span: node.span))
        case .member(let node):
            guard let qualifiers = qualifiers(of: node.base) else { return nil }
            mark(node.name.span, .table)
            return .scoped(ScopedSource(qualifiers: qualifiers, target: .name(node.name), span: node.span))
        case .subquery(let node): return .parenthesized(node)
        case .error(let span): return .error(span)
        default: return nil
        }
    }

    private mutating func parenthesizedSource(_ node: ParenthesizedExpression) -> TabularSource? {
        if case .subquery(var inner) = node.expression {
            inner.span = node.span
            return .parenthesized(inner)
        }
        guard let source = tabularSource(from: node.expression) else { return nil }
        return .parenthesized(TabularExpression(source: source, operators: [], span: node.span))
    }

    /// `cluster("c").database("d")` as a list from the outside in.
    private func qualifiers(of scope: Expression) -> [Expression]? {
        switch scope {
        case .name, .call: [scope]
        case .scopedCall(let node): qualifiers(of: node.scope).map { $0 + [.call(node.call)] }
        case .member(let node): qualifiers(of: node.base).map { $0 + [.name(node.name)] }
        default: nil
        }
    }

    /// Right side of `join` and `lookup`: a table without pipes unless in parentheses.
    mutating func parseTableOperand(_ place: String) throws(Unwind) -> TabularExpression {
        note(.table)
        let lower = current.lower
        if isAtSourceKeyword {
            let source = try parseKeywordSource()
            return TabularExpression(source: source, operators: [], span: span(from: lower))
        }
        let expression = try parsePostfix()
        if case .error = expression { throw Unwind() }
        guard let source = tabularSource(from: expression) else {
            throw fail(.unexpectedToken, "expected a table \(place)", at: expression.span)
        }
        return TabularExpression(source: source, operators: [], span: span(from: lower))
    }

    /// A table of `union`, `find in`, `search in`: a name with stars, a scoped table, a call, or a pipeline.
    mutating func parseTableReference() throws(Unwind) -> TabularSource {
        note(.table)
        if isAtPatternName { return .name(try parsePatternName("of a table", role: .table)) }
        if isAtSourceKeyword { return try parseKeywordSource() }
        let outer = allowsWildcardMembers
        allowsWildcardMembers = true
        defer { allowsWildcardMembers = outer }
        let expression = try parsePostfix()
        if case .error = expression { throw Unwind() }
        guard let source = tabularSource(from: expression) else {
            throw fail(.unexpectedToken, "expected a table", at: expression.span)
        }
        return source
    }

    // MARK: Sources that begin with a keyword

    /// True at `print x`, `range x from`, `datatable (`, `union T` and the like.
    var isAtSourceKeyword: Bool {
        guard at(.identifier) else { return false }
        switch current.text {
        case "datatable", "externaldata", "external_data":
            return at(1, .leftParenthesis) || (at(1, .identifier) && at(2, .equal))
        case "range":
            let length = nameLength(at: 1)
            return length > 0 && atWord(1 + length, "from")
        case "macro": return at(1, .minus) && atWord(2, "expand")
        case "print", "union", "search", "find", "evaluate": return startsArgument(1)
        default: return false
        }
    }

    /// True when the token at a distance begins an argument rather than going on with an expression.
    private func startsArgument(_ distance: Int) -> Bool {
        let token = token(distance)
        switch token.kind {
        case .identifier: return token.text == "in" || Self.wordOperators[token.text] == nil && token.text != "matches"
        case .string, .long, .real, .timespan, .leftParenthesis, .star, .minus: return true
        case .leftBracket: return nameLength(at: distance) > 0
        default: return false
        }
    }

    mutating func parseKeywordSource() throws(Unwind) -> TabularSource {
        try descend()
        defer { depth -= 1 }
        let lower = current.lower
        let keyword = advance(.keyword)
        switch keyword.text {
        case "datatable": return .datatable(try parseDatatable(lower))
        case "externaldata", "external_data": return .externaldata(try parseExternalData(lower))
        case "range": return .range(try parseRange(lower))
        case "print": return .print(try parsePrint(lower))
        case "union": return .union(try parseUnion(lower))
        case "search": return .search(try parseSearch(lower))
        case "find": return .find(try parseFind(lower))
        case "evaluate": return .evaluate(try parseEvaluate(lower))
        default:
            advance(.keyword)
            advance(.keyword)
            return .macroExpand(try parseMacroExpand(lower))
        }
    }

    mutating func parsePrint(_ lower: Int) throws(Unwind) -> PrintSource {
        let items = try parseList { (state) throws(Unwind) in try state.parseNamedExpression() }
        return PrintSource(expressions: items, span: span(from: lower))
    }

    private mutating func parseRange(_ lower: Int) throws(Unwind) -> RangeSource {
        let column = try parseName("after 'range'")
        try expectWord("from", "after the column of 'range'")
        let from = try parseExpression()
        try expectWord("to", "after the first bound of 'range'")
        let to = try parseExpression()
        try expectWord("step", "after the second bound of 'range'")
        let step = try parseExpression()
        return RangeSource(column: column, from: from, to: to, step: step, span: span(from: lower))
    }

    private mutating func parseDatatable(_ lower: Int) throws(Unwind) -> DatatableSource {
        _ = try parseParameters(.any)
        let schema = try parseSchema("after 'datatable'")
        try expect(.leftBracket, "before the values of 'datatable'")
        var values: [Expression] = []
        _ = accept(.comma)
        while !at(.rightBracket) {
            values.append(try parseExpression())
            if !accept(.comma) { break }
        }
        try expect(.rightBracket, "to close the values of 'datatable'")
        return DatatableSource(schema: schema, values: values, span: span(from: lower))
    }

    private mutating func parseExternalData(_ lower: Int) throws(Unwind) -> ExternalDataSource {
        _ = try parseParameters(.any)
        let schema = try parseSchema("after 'externaldata'")
        try expect(.leftBracket, "before the locations of 'externaldata'")
        var locations: [Expression] = []
        while !at(.rightBracket) {
            locations.append(try parseExpression())
            if !accept(.comma) { break }
        }
        try expect(.rightBracket, "to close the locations of 'externaldata'")
        let properties = try parseWithProperties()
        return ExternalDataSource(
            schema: schema, locations: locations, properties: properties, span: span(from: lower))
    }

    mutating func parseMacroExpand(_ lower: Int) throws(Unwind) -> MacroExpandSource {
        let parameters = try parseParameters(.any)
        var entities: [Expression] = []
        var group: Name?
        if atWord("entity_group"), at(1, .leftBracket) {
            entities = try parseEntityGroup().elements
        } else {
            group = try parseName("of an entity group")
        }
        try expectWord("as", "after the entity group")
        let scope = try parseName("after 'as'")
        try descend()
        defer { depth -= 1 }
        try expect(.leftParenthesis, "before the body of 'macro-expand'")
        let body = try parseFunctionBody(closedBy: .rightParenthesis)
        return MacroExpandSource(
            parameters: parameters, entities: entities, groupName: group, scopeName: scope, body: body,
            span: span(from: lower))
    }
}
