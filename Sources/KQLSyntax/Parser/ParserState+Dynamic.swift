extension ParserState {
    /// `dynamic(…)`: JSON with KQL constants, strings in any KQL form.
    mutating func parseDynamicLiteral() throws(Unwind) -> Literal {
        let lower = current.lower
        advance(.constant)
        try expect(.leftParenthesis, "after 'dynamic'")
        let value = try parseDynamicValue()
        try expect(.rightParenthesis, "to close 'dynamic('")
        let whole = span(from: lower)
        return Literal(value: .dynamic(value), text: source.text(in: whole), span: whole)
    }

    private mutating func parseDynamicValue() throws(Unwind) -> DynamicValue {
        try descend()
        defer { depth -= 1 }
        switch current.kind {
        case .leftBracket: return .array(try parseDynamicArray())
        case .leftBrace: return .object(try parseDynamicObject())
        case .string: return .scalar(parseStringLiteral().value)
        case .long, .real, .timespan: return .scalar(parseNumberLiteral().value)
        case .minus, .plus: return try parseSignedNumber()
        case .identifier: return try parseDynamicWord()
        default: throw missing("a constant", "in 'dynamic(…)'")
        }
    }

    private mutating func parseSignedNumber() throws(Unwind) -> DynamicValue {
        let isNegative = advance().kind == .minus
        guard at(.long) || at(.real) || at(.timespan) else { throw missing("a number", "after the sign") }
        let value = parseNumberLiteral().value
        guard isNegative else { return .scalar(value) }
        return switch value {
        case .long(let number): .scalar(.long(0 &- number))
        case .real(let number): .scalar(.real(-number))
        case .timespan(let ticks): .scalar(.timespan(0 &- ticks))
        default: .scalar(value)
        }
    }

    private mutating func parseDynamicWord() throws(Unwind) -> DynamicValue {
        if atWord("dynamic"), at(1, .leftParenthesis) {
            let literal = try parseDynamicLiteral()
            if case .dynamic(let value) = literal.value { return value }
            return .null
        }
        if isAtTypedLiteral {
            let value = try parseTypedLiteral().value
            if case .null = value { return .null }
            return .scalar(value)
        }
        switch current.text.lowercased() {
        case "null":
            advance(.constant)
            return .null
        case "true", "false":
            return .scalar(.bool(advance(.constant).text.lowercased() == "true"))
        default:
            throw fail(
                .invalidLiteral, "\(shown(current)) is not a constant", at: current.span,
                hint: "'dynamic(…)' takes constants only; use 'pack_array' or 'bag_pack' to build from values")
        }
    }

    private mutating func parseDynamicArray() throws(Unwind) -> [DynamicValue] {
        advance()
        var elements: [DynamicValue] = []
        while !at(.rightBracket) {
            elements.append(try parseDynamicValue())
            if !accept(.comma) { break }
        }
        try expect(.rightBracket, "to close the array")
        return elements
    }

    private mutating func parseDynamicObject() throws(Unwind) -> [DynamicProperty] {
        advance()
        var properties: [DynamicProperty] = []
        while !at(.rightBrace) {
            guard at(.string) else { throw missing("a quoted key", "in an object") }
            let key = decodeString(advance())
            try expect(.colon, "after a key")
            properties.append(DynamicProperty(key: key, value: try parseDynamicValue()))
            if !accept(.comma) { break }
        }
        try expect(.rightBrace, "to close the object")
        return properties
    }
}
