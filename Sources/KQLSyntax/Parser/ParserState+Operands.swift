extension ParserState {
    /// An operand with its signs.
    mutating func parseUnary() throws(Unwind) -> Expression {
        guard at(.minus) || at(.plus) else { return try parsePostfix() }
        let token = advance(.operation)
        try descend()
        defer { depth -= 1 }
        let operand = try parseUnary()
        height += 1
        let op: UnaryExpression.Operator = token.kind == .minus ? .minus : .plus
        return .unary(UnaryExpression(op: op, operand: operand, span: span(from: token.lower)))
    }

    /// An operand with the paths and indexes after it.
    mutating func parsePostfix() throws(Unwind) -> Expression {
        let lower = current.lower
        var expression = try parsePrimary()
        while true {
            if at(.dot) {
                advance()
                expression = try parseMember(of: expression, lower: lower)
            } else if at(.leftBracket) {
                expression = try parseElement(of: expression, lower: lower)
            } else {
                return expression
            }
            height += 1
            guard height <= Parser.depthLimit * 2 else { throw tooDeep() }
        }
    }

    private mutating func parseElement(of base: Expression, lower: Int) throws(Unwind) -> Expression {
        let baseHeight = height
        let outerPeak = openBracket()
        advance()
        let index = try parseExpression()
        try expect(.rightBracket, "to close the index")
        closeBracket(outerPeak)
        height = max(height, baseHeight)
        return .element(ElementExpression(base: base, index: index, span: span(from: lower)))
    }

    /// What stands after a dot: a name, `['name']`, an index, or a call in the scope on the left.
    private mutating func parseMember(of base: Expression, lower: Int) throws(Unwind) -> Expression {
        if at(.leftBracket), !isAtName { return try parseElement(of: base, lower: lower) }
        if at(.at) {
            let token = advance(.name)
            let name = Name("@", at: token.span)
            return .member(MemberExpression(base: base, name: name, span: span(from: lower)))
        }
        if at(.identifier), at(1, .leftParenthesis) {
            let baseHeight = height
            let call = try parseCall()
            height = max(height, baseHeight)
            return .scopedCall(ScopedCallExpression(scope: base, call: call, span: span(from: lower)))
        }
        let name =
            allowsWildcardMembers && isAtPatternName
            ? try parsePatternName("after '.'", role: .table) : try parseName("after '.'")
        return .member(MemberExpression(base: base, name: name, span: span(from: lower)))
    }

    private mutating func parsePrimary() throws(Unwind) -> Expression {
        height = 1
        switch current.kind {
        case .string: return .literal(parseStringLiteral())
        case .long, .real, .timespan: return .literal(parseNumberLiteral())
        case .leftParenthesis: return try parseParenthesized()
        case .leftBracket where isAtName: return .name(try parseName(""))
        case .star where !startsOperand(token(1)): return .star(advance(.operation).span)
        case .identifier where Self.wordOperators[current.text] == nil && current.text != "by":
            return try parseWord()
        default: return missingExpression()
        }
    }

    /// Reports that an expression is missing; the caller goes on with an error node.
    private mutating func missingExpression() -> Expression {
        noteMissingOperand()
        let token = current
        let advice = adviceOnMissingExpression()
        report(
            Diagnostic(
                .unexpectedToken, advice?.message ?? "expected an expression, found \(shown(token))", at: token.span,
                hint: advice?.hint))
        if token.kind == .unknown || token.kind == .negatedWord { advance(.invalid) }
        return .error(token.span)
    }

    private func adviceOnMissingExpression() -> (message: String, hint: String)? {
        switch current.kind {
        case .pipe where index == 0 || tokens[index - 1].kind == .semicolon:
            ("a query cannot begin with '|'", "put a table name before it")
        case .slash where at(1, .star) || at(1, .slash):
            ("'/*' does not begin a comment", "comments begin with '//' and end with the line")
        case .equal: ("'=' cannot stand here", "use '==' to compare")
        case .leftBrace where at(1, .leftBrace):
            ("'{{' looks like a template that was not filled in", "put a value in its place")
        default: nil
        }
    }

    /// True for tokens that begin an operand (so that a star before them multiplies).
    private func startsOperand(_ token: Token) -> Bool {
        switch token.kind {
        case .identifier: Self.wordOperators[token.text] == nil && token.text != "matches" && token.text != "by"
        case .string, .long, .real, .timespan, .leftParenthesis: true
        default: false
        }
    }

    private mutating func parseWord() throws(Unwind) -> Expression {
        guard at(1, .leftParenthesis), !Self.truthWords.contains(current.text) else { return try parsePlainWord() }
        if isAtTypedLiteral { return .literal(try parseTypedLiteral()) }
        if atWord("toscalar") { return .toscalar(try parseToScalar()) }
        return .call(try parseCall())
    }

    private static let truthWords: Set<String> = ["true", "True", "TRUE", "false", "False", "FALSE"]

    private mutating func parsePlainWord() throws(Unwind) -> Expression {
        switch current.text {
        case let text where Self.truthWords.contains(text):
            let token = advance(.constant)
            let isTrue = token.text.utf8.count == 4
            return .literal(Literal(value: .bool(isTrue), text: token.text, span: token.span))
        case "toscalar" where atWord(1, "kind"):
            return .toscalar(try parseToScalar())
        case "entity_group" where at(1, .leftBracket):
            return .entityGroup(try parseEntityGroup())
        default:
            return .name(try parseName(""))
        }
    }

    /// `entity_group [a, b]`
    mutating func parseEntityGroup() throws(Unwind) -> ListExpression {
        let lower = current.lower
        advance(.keyword)
        try expect(.leftBracket, "after 'entity_group'")
        let elements = try parseList { (state) throws(Unwind) in try state.parseExpression() }
        try expect(.rightBracket, "to close the entity group")
        return ListExpression(elements: elements, span: span(from: lower))
    }

    private mutating func parseToScalar() throws(Unwind) -> ToScalarExpression {
        let keyword = advance(.function)
        let parameters = try parseParameters(.only(["kind"]))
        let outerPeak = openBracket()
        defer { closeBracket(outerPeak) }
        try expect(.leftParenthesis, "after 'toscalar'")
        let body = try parseResult()
        try expect(.rightParenthesis, "to close 'toscalar('")
        return ToScalarExpression(
            keywordSpan: keyword.span, parameters: parameters, body: body, span: span(from: keyword.lower))
    }

    private mutating func parseParenthesized() throws(Unwind) -> Expression {
        let lower = current.lower
        let outerPeak = openBracket()
        defer { closeBracket(outerPeak) }
        advance()
        let inner = Self.expression(from: try parseResult())
        try expect(.rightParenthesis, "to close '('")
        return .parenthesized(ParenthesizedExpression(expression: inner, span: span(from: lower)))
    }

    /// `name(arguments)`; the name may not be missing.
    mutating func parseCall() throws(Unwind) -> CallExpression {
        let lower = current.lower
        let name = try parseName("of a function", role: .function)
        let outerPeak = openBracket()
        defer { closeBracket(outerPeak) }
        try expect(.leftParenthesis, "after the function name '\(name.text)'")
        var arguments: [Argument] = []
        if !at(.rightParenthesis) {
            arguments = try parseList { (state) throws(Unwind) in try state.parseArgument() }
        }
        if at(.rightParenthesis) {
            advance()
        } else {
            let failure = missing("',' or ')'", "in the arguments of '\(name.text)'")
            guard at(.end) else { throw failure }
        }
        return CallExpression(name: name, arguments: arguments, span: span(from: lower))
    }

    private mutating func parseArgument() throws(Unwind) -> Argument {
        let lower = current.lower
        var name: Name?
        let length = nameLength()
        if length > 0, at(length, .equal) {
            name = try parseName("")
            advance()
        }
        let value = Self.expression(from: try parseResult())
        return Argument(name: name, value: value, span: span(from: lower))
    }
}
