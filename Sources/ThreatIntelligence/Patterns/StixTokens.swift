/// A piece of a pattern.
enum StixToken: Sendable, Hashable {
    case word(String)
    case string(String)
    case number(String)
    /// `t'2026-01-01T00:00:00Z'`, `h'…'`, `b'…'`: the letter and the text.
    case typed(prefix: Character, String)
    case symbol(String)
    case end
}

/// Cuts a pattern into tokens.
struct StixTokens {
    private let text: [Character]
    private var position = 0

    init(_ text: String) {
        self.text = Array(text)
    }

    /// All tokens with their places, closed by `end`.
    mutating func all() throws(StixPatternError) -> [(token: StixToken, offset: Int)] {
        var tokens: [(token: StixToken, offset: Int)] = []
        while true {
            while position < text.count, text[position].isWhitespace { position += 1 }
            let start = position
            guard position < text.count else {
                tokens.append((.end, start))
                return tokens
            }
            tokens.append((try next(), start))
        }
    }

    private mutating func next() throws(StixPatternError) -> StixToken {
        let first = text[position]
        if first == "'" { return .string(try quoted()) }
        if "htb".contains(first), position + 1 < text.count, text[position + 1] == "'" {
            position += 1
            return .typed(prefix: first, try quoted())
        }
        if first.isNumber || first == "-" || first == "+" {
            return .number(run { $0.isNumber || "+-.eE".contains($0) })
        }
        if first.isLetter || first == "_" { return .word(run { $0.isLetter || $0.isNumber || "_-".contains($0) }) }
        for symbol in ["!=", "<>", "<=", ">=", "=="] where text[position...].starts(with: symbol) {
            position += 2
            return .symbol(symbol == "<>" ? "!=" : symbol == "==" ? "=" : symbol)
        }
        guard "[]().,:*=<>".contains(first) else {
            throw StixPatternError(offset: position, message: "'\(first)' has no meaning here")
        }
        position += 1
        return .symbol(String(first))
    }

    private mutating func run(_ belongs: (Character) -> Bool) -> String {
        let start = position
        position += 1
        while position < text.count, belongs(text[position]) { position += 1 }
        return String(text[start..<position])
    }

    private mutating func quoted() throws(StixPatternError) -> String {
        let start = position
        position += 1
        var value = ""
        while position < text.count, text[position] != "'" {
            if text[position] == "\\", position + 1 < text.count { position += 1 }
            value.append(text[position])
            position += 1
        }
        guard position < text.count else {
            throw StixPatternError(offset: start, message: "the text in quotation marks does not end")
        }
        position += 1
        return value
    }
}
