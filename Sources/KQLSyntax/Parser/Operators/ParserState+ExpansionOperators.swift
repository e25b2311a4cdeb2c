extension ParserState {
    private static let expansionParameters: ParameterNames = .only(["kind", "bagexpansion", "with_itemindex"])

    mutating func parseMvExpand(_ lower: Int) throws(Unwind) -> MvExpandOperator {
        let parameters = try parseParameters(Self.expansionParameters)
        let items = try parseList { (state) throws(Unwind) in try state.parseExpansionItem() }
        let limit = acceptWord("limit") ? try parseExpression() : nil
        return MvExpandOperator(parameters: parameters, items: items, limit: limit, span: span(from: lower))
    }

    private mutating func parseExpansionItem() throws(Unwind) -> ExpansionItem {
        let lower = current.lower
        let expression = try parseNamedExpression()
        let type = acceptWord("to") ? try parseTypeOf("after 'to'") : nil
        return ExpansionItem(expression: expression, type: type, span: span(from: lower))
    }

    mutating func parseMvApply(_ lower: Int) throws(Unwind) -> MvApplyOperator {
        let parameters = try parseParameters(Self.expansionParameters)
        let items = try parseList { (state) throws(Unwind) in try state.parseExpansionItem() }
        let limit = acceptWord("limit") ? try parseExpression() : nil
        let contextId = acceptWord("id") ? try parseExpression() : nil
        try expectWord("on", "before the subquery of 'mv-apply'")
        try expect(.leftParenthesis, "after 'on'")
        let subquery = try parseSubquery(.rightParenthesis, "in the subquery of 'mv-apply'")
        return MvApplyOperator(
            parameters: parameters, items: items, limit: limit, contextId: contextId, subquery: subquery,
            span: span(from: lower))
    }

    // MARK: parse

    mutating func parseParse(_ lower: Int, dropsUnmatched: Bool) throws(Unwind) -> ParseOperator {
        let parameters = try parseParameters(.only(["kind", "flags"]))
        let input = try parseExpression()
        try expectWord("with", "after the input of 'parse'")
        var items: [ParseOperator.Item] = []
        while let item = try parsePatternItem() { items.append(item) }
        if items.isEmpty { throw missing("a pattern", "after 'with'") }
        return ParseOperator(
            dropsUnmatched: dropsUnmatched, parameters: parameters, input: input, items: items,
            span: span(from: lower))
    }

    private mutating func parsePatternItem() throws(Unwind) -> ParseOperator.Item? {
        switch current.kind {
        case .star: return .star(advance().span)
        case .string: return .text(parseStringLiteral())
        default:
            guard isAtName else { return nil }
            let name = try parseName("")
            let type = accept(.colon) ? try parseType("after ':'") : nil
            return .column(name, type)
        }
    }

    mutating func parseParseKV(_ lower: Int) throws(Unwind) -> ParseKVOperator {
        let parameters = try parseParameters()
        let input = try parseExpression()
        try expectWord("as", "after the input of 'parse-kv'")
        let schema = try parseSchema("after 'as'")
        let properties = try parseWithProperties()
        return ParseKVOperator(
            parameters: parameters, input: input, schema: schema, properties: properties, span: span(from: lower))
    }

    // MARK: evaluate, invoke

    mutating func parseEvaluate(_ lower: Int) throws(Unwind) -> EvaluateOperator {
        let parameters = try parseParameters(.any)
        let call = try parseCall()
        let schema = accept(.colon) ? try parseSchema("after ':'") : nil
        return EvaluateOperator(parameters: parameters, call: call, schema: schema, span: span(from: lower))
    }

    mutating func parseInvoke(_ lower: Int) throws(Unwind) -> InvokeOperator {
        let expression = try parsePostfix()
        guard let source = tabularSource(from: expression) else {
            throw fail(.missingToken, "expected a function call after 'invoke'", at: expression.span)
        }
        switch source {
        case .call(let call):
            return InvokeOperator(qualifiers: [], call: call, span: span(from: lower))
        case .scoped(let node):
            if case .call(let call) = node.target {
                return InvokeOperator(qualifiers: node.qualifiers, call: call, span: span(from: lower))
            }
        case .error: throw Unwind()
        default: break
        }
        throw fail(
            .missingToken, "expected a function call after 'invoke'", at: expression.span,
            hint: "write the parentheses, as in 'invoke f()'")
    }
}
