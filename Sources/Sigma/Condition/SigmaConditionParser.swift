/// Reads the condition language: `not`, `and`, `or`, parentheses, `1 of …`, `all of …`, in falling precedence.
struct SigmaConditionParser {
    struct Failure: Error {
        let reason: String
        /// Counted in characters from 0 within the condition.
        let offset: Int
    }

    private struct Token {
        let text: Substring
        let offset: Int
        var keyword: String { text.lowercased() }
    }

    private static let deepestNesting = 64
    private var tokens: [Token]
    private var next = 0
    private let length: Int

    static func parse(_ text: String) throws(Failure) -> SigmaCondition {
        var parser = SigmaConditionParser(text)
        let condition = try parser.disjunction(depth: 0)
        if let extra = parser.peek {
            throw Failure(
                reason: "'\(extra.text)' is not expected here; join parts with 'and' or 'or'", offset: extra.offset)
        }
        return condition
    }

    private init(_ text: String) {
        tokens = []
        var word: (start: String.Index, offset: Int)?
        var offset = 0
        for index in text.indices {
            let character = text[index]
            let isMark = character == "(" || character == ")" || character == "|"
            if isMark || character.isWhitespace {
                if let begun = word { tokens.append(Token(text: text[begun.start..<index], offset: begun.offset)) }
                word = nil
                if isMark { tokens.append(Token(text: text[index...index], offset: offset)) }
            } else if word == nil {
                word = (index, offset)
            }
            offset += 1
        }
        if let begun = word { tokens.append(Token(text: text[begun.start...], offset: begun.offset)) }
        length = offset
    }

    private var peek: Token? { next < tokens.count ? tokens[next] : nil }

    private mutating func skip(_ keyword: String) -> Bool {
        guard peek?.keyword == keyword else { return false }
        next += 1
        return true
    }

    private mutating func disjunction(depth: Int) throws(Failure) -> SigmaCondition {
        var parts = [try conjunction(depth: depth)]
        while skip("or") { parts.append(try conjunction(depth: depth)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction(depth: Int) throws(Failure) -> SigmaCondition {
        var parts = [try negation(depth: depth)]
        while skip("and") { parts.append(try negation(depth: depth)) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation(depth: Int) throws(Failure) -> SigmaCondition {
        if depth > Self.deepestNesting {
            throw Failure(reason: "more than \(Self.deepestNesting) levels of nesting", offset: peek?.offset ?? length)
        }
        if skip("not") { return .not(try negation(depth: depth + 1)) }
        return try primary(depth: depth)
    }

    private mutating func primary(depth: Int) throws(Failure) -> SigmaCondition {
        guard let token = peek else {
            throw Failure(reason: "the condition ends where a detection's name is expected", offset: length)
        }
        next += 1
        if token.text == "(" {
            let inner = try disjunction(depth: depth + 1)
            if !skip(")") { throw Failure(reason: "')' is missing", offset: peek?.offset ?? length) }
            return inner
        }
        if token.text == ")" || token.text == "|" || token.keyword == "and" || token.keyword == "or" {
            throw Failure(reason: "'\(token.text)' stands where a detection's name is expected", offset: token.offset)
        }
        if peek?.keyword == "of" { return try quantified(token) }
        return .detection(String(token.text))
    }

    private mutating func quantified(_ quantity: Token) throws(Failure) -> SigmaCondition {
        let count: Int?
        switch quantity.keyword {
        case "all": count = nil
        case "any": count = 1
        default:
            guard let number = Int(quantity.text), number > 0 else {
                throw Failure(
                    reason: "'\(quantity.text) of' is not understood; write '1 of', 'any of' or 'all of'",
                    offset: quantity.offset)
            }
            count = number
        }
        next += 1
        guard let pattern = peek, pattern.text != "(", pattern.text != ")" else {
            throw Failure(reason: "'of' needs 'them' or a name such as 'selection_*'", offset: peek?.offset ?? length)
        }
        next += 1
        let names: SigmaDetectionPattern = pattern.keyword == "them" ? .them : .names(String(pattern.text))
        return .quantified(count: count, of: names)
    }
}
