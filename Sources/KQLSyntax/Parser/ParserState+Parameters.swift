extension ParserState {
    /// Which `name=value` pairs an operator takes before its arguments; `hint.…` is always taken.
    enum ParameterNames {
        case none
        case only(Set<String>)
        /// Any word followed by `=`, where no assignment can stand.
        case any
    }

    mutating func parseParameters(_ allowed: ParameterNames = .none) throws(Unwind) -> [OperatorParameter] {
        var parameters: [OperatorParameter] = []
        note(.parameter)
        while let length = parameterNameLength(allowed) {
            let lower = current.lower
            for _ in 0..<length { advance(.option) }
            let nameSpan = span(from: lower)
            let name = Name(source.text(in: nameSpan), at: nameSpan)
            advance()
            let value = try parseParameterValue()
            parameters.append(OperatorParameter(name: name, value: value, span: span(from: lower)))
            _ = at(.comma) && parameterFollowsComma(allowed) && accept(.comma)
            note(.parameter)
        }
        return parameters
    }

    /// The tokens of the parameter name here when it is one this operator takes.
    private func parameterNameLength(_ allowed: ParameterNames) -> Int? {
        guard at(.identifier) else { return nil }
        if atWord("hint"), at(1, .dot), at(2, .identifier), at(3, .equal) { return 3 }
        guard at(1, .equal) else { return nil }
        if current.text.hasPrefix("__") { return 1 }
        switch allowed {
        case .none: return nil
        case .only(let names): return names.contains(current.text) ? 1 : nil
        case .any: return 1
        }
    }

    private func parameterFollowsComma(_ allowed: ParameterNames) -> Bool {
        guard case .any = allowed else { return false }
        return at(1, .identifier) && (at(2, .equal) || (atWord(1, "hint") && at(2, .dot)))
    }

    /// A word, a literal, or a path.
    private mutating func parseParameterValue() throws(Unwind) -> ParameterValue {
        note(.parameterValue)
        let isWord = at(.identifier) && !at(1, .dot) && !isAtTypedLiteral && !atWord("true") && !atWord("false")
        if isWord || (at(.leftBracket) && isAtName) { return .name(try parseName("after '='")) }
        return Self.parameterValue(try parseUnary())
    }

    static func parameterValue(_ expression: Expression) -> ParameterValue {
        switch expression {
        case .name(let name): .name(name)
        case .literal(let literal): .literal(literal)
        default: .expression(expression)
        }
    }

    /// `with (name=value, …)`, when it stands here.
    mutating func parseWithProperties() throws(Unwind) -> [OperatorParameter] {
        guard acceptWord("with") else { return [] }
        try expect(.leftParenthesis, "after 'with'")
        return try parseProperties()
    }

    /// The rest of `(name=value, …)`.
    mutating func parseProperties() throws(Unwind) -> [OperatorParameter] {
        var properties: [OperatorParameter] = []
        while !at(.rightParenthesis) {
            let lower = current.lower
            let name = try parseName("of a property", role: .option)
            try expect(.equal, "after the name of a property")
            let value = Self.parameterValue(try parseExpression())
            properties.append(OperatorParameter(name: name, value: value, span: span(from: lower)))
            if !accept(.comma) { break }
        }
        try expect(.rightParenthesis, "to close the properties")
        return properties
    }
}

extension [OperatorParameter] {
    /// The value of the last parameter of a name.
    public subscript(name: String) -> ParameterValue? {
        last { $0.name.text == name }?.value
    }
}
