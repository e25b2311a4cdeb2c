extension ParserState {
    mutating func parseExpression() throws(Unwind) -> Expression {
        let expression = try parseBinary(.or)
        peakHeight = max(peakHeight, height)
        return expression
    }

    /// `name = x`, `(a, b) = x`, or `x`.
    mutating func parseNamedExpression() throws(Unwind) -> NamedExpression {
        let lower = current.lower
        let length = nameLength()
        if length > 0, at(length, .equal) {
            let name = try parseName("")
            advance()
            let value = try parseExpression()
            return NamedExpression(names: [name], isTuple: false, value: value, span: span(from: lower))
        }
        if isAtNameTuple {
            advance()
            let names = try parseList { (state) throws(Unwind) in try state.parseName("in the list of names") }
            advance()
            advance()
            let value = try parseExpression()
            return NamedExpression(names: names, isTuple: true, value: value, span: span(from: lower))
        }
        let value = try parseExpression()
        return NamedExpression(names: [], isTuple: false, value: value, span: span(from: lower))
    }

    /// True at `(a, b) =`.
    private var isAtNameTuple: Bool {
        guard at(.leftParenthesis) else { return false }
        var distance = 1
        while true {
            let length = nameLength(at: distance)
            guard length > 0 else { return false }
            distance += length
            if at(distance, .rightParenthesis) { return at(distance + 1, .equal) }
            guard at(distance, .comma) else { return false }
            distance += 1
        }
    }

    /// Precedence climbing: an operand and all operators that bind at least as tightly as `minimum`.
    mutating func parseBinary(_ minimum: InfixOperator.Level) throws(Unwind) -> Expression {
        try descend()
        defer { depth -= 1 }
        var left = try parseUnary()
        var ceiling = InfixOperator.Level.operand
        while let found = infixOperator(), found.level >= minimum, found.level <= ceiling {
            let leftHeight = height
            let lower = left.span.lower
            let opLower = current.lower
            for _ in 0..<found.length { advance(.operation) }
            let opSpan = span(from: opLower)
            left = try parseRight(of: found, opSpan, left: left, lower: lower)
            height = max(leftHeight, height) + 1
            guard height <= Parser.depthLimit * 2 else { throw tooDeep() }
            if !found.level.isAssociative { ceiling = InfixOperator.Level(rawValue: found.level.rawValue - 1) ?? .or }
        }
        note(.infix)
        return left
    }

    private mutating func parseRight(
        of found: InfixOperator, _ opSpan: Span, left: Expression, lower: Int
    ) throws(Unwind) -> Expression {
        switch found.kind {
        case .logical(let connective):
            return try parseChain(connective, opSpan, left: left, lower: lower)
        case .binary(let op):
            let right = try parseBinary(found.level.next)
            return .binary(
                BinaryExpression(op: op, opSpan: opSpan, left: left, right: right, span: span(from: lower)))
        case .membership(let op):
            let values = try parseMembers(op)
            return .membership(
                MembershipExpression(op: op, opSpan: opSpan, left: left, values: values, span: span(from: lower)))
        case .between(let isNegated):
            return try parseBetween(isNegated: isNegated, opSpan, value: left, lower: lower)
        }
    }

    /// All operands of one connective.
    private mutating func parseChain(
        _ connective: LogicalExpression.Connective, _ opSpan: Span, left: Expression, lower: Int
    ) throws(Unwind) -> Expression {
        let level: InfixOperator.Level = connective == .and ? .equality : .and
        var operands = [left, try parseBinary(level)]
        var spans = [opSpan]
        var highest = height
        while atWord(connective.rawValue) {
            spans.append(advance(.operation).span)
            operands.append(try parseBinary(level))
            highest = max(highest, height)
        }
        height = highest
        return .logical(
            LogicalExpression(
                connective: connective, operands: operands, connectiveSpans: spans, span: span(from: lower)))
    }

    /// What stands right of `in`: a list or pipeline in parentheses, or a single operand.
    private mutating func parseMembers(_ op: MembershipExpression.Operator) throws(Unwind) -> [Expression] {
        guard at(.leftParenthesis) else { return [try parseUnary()] }
        let outerPeak = openBracket()
        defer { closeBracket(outerPeak) }
        advance()
        var values: [Expression] = []
        if !at(.rightParenthesis) {
            values = try parseList { (state) throws(Unwind) in Self.expression(from: try state.parseResult()) }
        }
        try expect(.rightParenthesis, "to close the list after '\(op.rawValue)'")
        return values
    }

    private mutating func parseBetween(
        isNegated: Bool, _ opSpan: Span, value: Expression, lower: Int
    ) throws(Unwind) -> Expression {
        let outerPeak = openBracket()
        defer { closeBracket(outerPeak) }
        try expect(.leftParenthesis, "after 'between'")
        let low = try parseExpression()
        try expect(.dotDot, "between the bounds")
        let high = try parseExpression()
        try expect(.rightParenthesis, "to close 'between ('")
        return .between(
            BetweenExpression(
                isNegated: isNegated, opSpan: opSpan, value: value, low: low, high: high, span: span(from: lower)))
    }

    /// Begins to measure the heights of what stands in brackets.
    mutating func openBracket() -> Int {
        let outer = peakHeight
        peakHeight = 0
        return outer
    }

    /// Makes the height of the bracket's content the height of the expression parsed last.
    mutating func closeBracket(_ outer: Int) {
        height = peakHeight + 1
        peakHeight = outer
    }
}
