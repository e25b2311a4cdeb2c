extension ParserState {
    /// The content of a string token; reports a bad escape.
    mutating func decodeString(_ token: Token) -> String {
        let (text, badEscape) = StringDecoding.decode(source.bytes[token.lower..<token.upper])
        if let badEscape {
            let place = token.lower + badEscape
            report(
                Diagnostic(
                    .invalidLiteral, "unknown escape '\(source.text(in: Span(place, place + 2)))' in a string",
                    at: Span(place, place + 2), hint: "double the backslash, or write a verbatim string @\"…\""))
        }
        return text
    }

    /// One string, or several side by side, which are joined.
    mutating func parseStringLiteral() -> Literal {
        let first = advance()
        var text = decodeString(first)
        var spelling = source.text(in: first.span)
        while at(.string) {
            let next = advance()
            text += decodeString(next)
            spelling += " " + source.text(in: next.span)
        }
        return Literal(value: .string(text), text: spelling, span: span(from: first.lower))
    }

    mutating func parseNumberLiteral() -> Literal {
        let token = advance()
        let text = source.text(in: token.span)
        let value: LiteralValue? =
            switch token.kind {
            case .long: LiteralText.long(text).map(LiteralValue.long)
            case .real: Double(text.hasSuffix(".") ? text + "0" : text).map(LiteralValue.real)
            default: LiteralText.shortTimespan(text).map(LiteralValue.timespan)
            }
        if value == nil {
            report(
                Diagnostic(.invalidLiteral, "the number '\(text)' is out of range for its type", at: token.span))
        }
        return Literal(value: value ?? .long(0), text: text, span: token.span)
    }

    /// True at `datetime(`, `long(`, `typeof(`, `dynamic(` and their like.
    var isAtTypedLiteral: Bool {
        guard at(.identifier), at(1, .leftParenthesis) else { return false }
        return Self.literalTypes[current.text] != nil || current.text == "typeof" || current.text == "dynamic"
    }

    /// The words that begin typed constants (`string(…)` is none of them).
    static let literalTypes: [String: TypeName] = [
        "bool": .bool, "boolean": .bool, "datetime": .datetime, "date": .datetime, "decimal": .decimal, "guid": .guid,
        "uuid": .guid, "uniqueid": .guid, "int": .int, "int32": .int, "long": .long, "int64": .long, "real": .real,
        "double": .real, "timespan": .timespan, "time": .timespan,
    ]

    mutating func parseTypedLiteral() throws(Unwind) -> Literal {
        if atWord("dynamic") { return try parseDynamicLiteral() }
        let lower = current.lower
        if atWord("typeof") {
            if at(1, .leftParenthesis), at(2, .star) || at(3, .colon) {
                // The schema of a plugin's result, which stands where a type may stand.
                advance()
                _ = try parseSchema("after 'typeof'")
                let whole = span(from: lower)
                return Literal(value: .type(.dynamic), text: source.text(in: whole), span: whole)
            }
            let type = try parseTypeOf("")
            return Literal(value: .type(type.type), text: source.text(in: span(from: lower)), span: span(from: lower))
        }
        let word = advance(.constant)
        let open = advance()
        while !at(.rightParenthesis), !at(.end) { advance(.constant) }
        guard at(.rightParenthesis) else { throw missing("')'", "to close '\(word.text)('") }
        let close = advance()
        let content = LiteralText.trimmed(source.text(in: Span(open.upper, close.lower)))
        let whole = span(from: lower)
        let type = Self.literalTypes[word.text] ?? .string
        let value = LiteralText.value(of: LiteralText.unquoted(content), as: type)
        if value == nil {
            report(
                Diagnostic(
                    .invalidLiteral, "'\(content)' is not a constant of type \(type.rawValue)", at: whole,
                    hint: "'\(word.text)(…)' takes a constant; use 'to\(type.rawValue)(…)' to convert a value"))
        }
        return Literal(value: value ?? .null(type), text: source.text(in: whole), span: whole)
    }
}
