extension ParserState {
    mutating func parseQuery() -> Query {
        var statements: [Statement] = []
        while !at(.end) {
            if accept(.semicolon) { continue }
            statements.append(parseStatement())
            if !at(.end), !at(.semicolon) { finishStatement() }
        }
        if statements.isEmpty || tokens[max(index - 1, 0)].kind == .semicolon { note(.statement) }
        if statements.isEmpty {
            report(
                Diagnostic(
                    .emptyQuery, "the query is empty", at: Span(0, source.bytes.count),
                    hint: "begin with a table name, as in 'SecurityEvent | take 10'"))
        }
        return Query(statements: statements, span: Span(0, source.bytes.count))
    }

    /// Reports what follows a statement without `;` and skips to the next statement.
    private mutating func finishStatement() {
        if at(.identifier), !Self.operators.keys.contains(operatorWord().text) {
            report(
                Diagnostic(
                    .unexpectedToken, "expected ';' or '|' before \(shown(current))", at: current.span,
                    hint: "statements are separated by ';', operators by '|'"))
        } else {
            reportTrailing(after: "the statement")
        }
        while !at(.end), !at(.semicolon) {
            skipToBoundary()
            if !at(.semicolon) { advance() }
        }
    }

    private mutating func parseStatement() -> Statement {
        let lower = current.lower
        do {
            return try parseOneStatement()
        } catch {
            skipToBoundary()
            return .error(span(from: lower))
        }
    }

    private mutating func parseOneStatement() throws(Unwind) -> Statement {
        if at(.dot) { throw command() }
        if let local = try parseLocalStatement() { return local }
        if atWord("set"), nameLength(at: 1) > 0 { return .set(try parseSet()) }
        if atWord("alias"), atWord(1, "database") { return .alias(try parseAlias()) }
        if atWord("restrict"), atWord(1, "access") { return .restrictAccess(try parseRestrict()) }
        return .tabular(try parseTabular("a query"))
    }

    /// The statements that may stand in function bodies too; nil when none stands here.
    private mutating func parseLocalStatement() throws(Unwind) -> Statement? {
        if atWord("let"), nameLength(at: 1) > 0 { return .let(try parseLet()) }
        if atWord("declare"), atWord(1, "query_parameters") {
            return .declareQueryParameters(try parseQueryParameters())
        }
        if atWord("declare"), atWord(1, "pattern") { return .declarePattern(try parsePattern()) }
        return nil
    }

    private mutating func command() -> Unwind {
        let lower = current.lower
        let name = at(1, .identifier) ? "." + token(1).text : "."
        while !at(.end) { advance(.invalid) }
        return fail(
            .command, "'\(name)' is a management command, not a query", at: span(from: lower),
            hint: "only queries run here; begin with a table name or 'let'")
    }

    private mutating func parseLet() throws(Unwind) -> LetStatement {
        let lower = current.lower
        advance(.keyword)
        let name = try parseName("after 'let'")
        try expect(.equal, "after the name in 'let'")
        let value: LetValue =
            isAtFunction ? .function(try parseFunction()) : .result(try parseResult())
        return LetStatement(name: name, value: value, span: span(from: lower))
    }

    private mutating func parseSet() throws(Unwind) -> SetStatement {
        let lower = current.lower
        advance(.keyword)
        let name = try parseName("after 'set'", role: .option)
        var value: ParameterValue?
        if accept(.equal) {
            value = Self.parameterValue(try parseUnary())
        }
        return SetStatement(name: name, value: value, span: span(from: lower))
    }

    private mutating func parseQueryParameters() throws(Unwind) -> QueryParametersStatement {
        let lower = current.lower
        advance(.keyword)
        advance(.keyword)
        let parameters = try parseFunctionParameters("after 'query_parameters'")
        return QueryParametersStatement(parameters: parameters, span: span(from: lower))
    }

    private mutating func parseAlias() throws(Unwind) -> AliasStatement {
        let lower = current.lower
        advance(.keyword)
        advance(.keyword)
        let name = try parseName("after 'alias database'")
        try expect(.equal, "after the alias")
        let value = try parseExpression()
        return AliasStatement(name: name, value: value, span: span(from: lower))
    }

    private mutating func parseRestrict() throws(Unwind) -> RestrictStatement {
        let lower = current.lower
        advance(.keyword)
        advance(.keyword)
        try expectWord("to", "after 'restrict access'")
        try expect(.leftParenthesis, "after 'restrict access to'")
        let targets = try parseList { (state) throws(Unwind) in try state.parseTableReference() }
        try expect(.rightParenthesis, "to close the list of tables")
        return RestrictStatement(targets: targets, span: span(from: lower))
    }

    // MARK: Functions

    /// True at `(a: long) {`, `() {` and `view (`.
    private var isAtFunction: Bool {
        if atWord("view"), at(1, .leftParenthesis) { return true }
        guard at(.leftParenthesis) else { return false }
        if at(1, .rightParenthesis) { return at(2, .leftBrace) }
        let length = nameLength(at: 1)
        return length > 0 && at(1 + length, .colon)
    }

    private mutating func parseFunction() throws(Unwind) -> FunctionDeclaration {
        let lower = current.lower
        let isView = acceptWord("view")
        let parameters = try parseFunctionParameters("before the parameters")
        try descend()
        defer { depth -= 1 }
        try expect(.leftBrace, "before the body of the function")
        let body = try parseFunctionBody(closedBy: .rightBrace)
        return FunctionDeclaration(isView: isView, parameters: parameters, body: body, span: span(from: lower))
    }

    /// Local statements and the result; the opening bracket is consumed, the closing one is taken here.
    mutating func parseFunctionBody(closedBy close: Token.Kind) throws(Unwind) -> FunctionBody {
        let lower = tokens[max(index - 1, 0)].lower
        var statements: [Statement] = []
        var result: ResultExpression?
        while !at(close), !at(.end) {
            if accept(.semicolon) { continue }
            if let local = try parseLocalStatement() {
                statements.append(local)
                if !at(close), !at(.end) { try expect(.semicolon, "after a statement of the function") }
            } else {
                result = try parseResult()
                _ = accept(.semicolon)
                break
            }
        }
        if result == nil { note(.statement) }
        if !at(close), !at(.end) { throw missing(close.description, "to close the body of the function") }
        if result == nil {
            report(
                Diagnostic(
                    .missingToken, "the function has no result", at: current.span,
                    hint: "end the body with an expression or a query"))
        }
        // A body that the text ends in goes on to the end.
        let upper = at(close) ? current.upper : source.bytes.count
        try expect(close, "to close the body of the function")
        return FunctionBody(statements: statements, result: result, span: Span(lower, upper))
    }

    /// `(name: type = default, T: (schema))`
    mutating func parseFunctionParameters(_ place: String) throws(Unwind) -> [FunctionParameter] {
        try expect(.leftParenthesis, place)
        var parameters: [FunctionParameter] = []
        if !at(.rightParenthesis) {
            parameters = try parseList { (state) throws(Unwind) in try state.parseFunctionParameter() }
        }
        try expect(.rightParenthesis, "to close the parameters")
        return parameters
    }

    private mutating func parseFunctionParameter() throws(Unwind) -> FunctionParameter {
        let lower = current.lower
        let name = try parseName("of a parameter")
        try expect(.colon, "after the name of a parameter")
        let kind: FunctionParameter.Kind =
            at(.leftParenthesis)
            ? .tabular(try parseSchema("for the schema of the parameter")) : .scalar(try parseType("after ':'"))
        let value = accept(.equal) ? try parseExpression() : nil
        return FunctionParameter(name: name, kind: kind, defaultValue: value, span: span(from: lower))
    }

    // MARK: Patterns

    private mutating func parsePattern() throws(Unwind) -> PatternStatement {
        let lower = current.lower
        advance(.keyword)
        advance(.keyword)
        let name = try parseName("after 'declare pattern'", role: .function)
        var node = PatternStatement(name: name, parameters: [], path: nil, cases: [], span: name.span)
        if accept(.equal) {
            node.parameters = try parseFunctionParameters("after '='")
            if accept(.leftBracket) {
                node.path = try parseColumnDeclaration("in the path of the pattern")
                try expect(.rightBracket, "to close the path")
            }
            try expect(.leftBrace, "before the cases of the pattern")
            while !at(.rightBrace) { node.cases.append(try parsePatternCase()) }
            try expect(.rightBrace, "to close the pattern")
        }
        node.span = span(from: lower)
        return node
    }

    private mutating func parsePatternCase() throws(Unwind) -> PatternStatement.Case {
        let lower = current.lower
        try expect(.leftParenthesis, "before the values of a pattern case")
        let values = try parseList { (state) throws(Unwind) in try state.parseExpression() }
        try expect(.rightParenthesis, "after the values of a pattern case")
        var path: Expression?
        if accept(.dot) {
            try expect(.leftBracket, "after '.'")
            path = try parseExpression()
            try expect(.rightBracket, "to close the path")
        }
        try expect(.equal, "before the body of a pattern case")
        try expect(.leftBrace, "before the body of a pattern case")
        let body = try parseFunctionBody(closedBy: .rightBrace)
        _ = accept(.semicolon)
        return PatternStatement.Case(values: values, path: path, body: body, span: span(from: lower))
    }
}
