extension Lexer {
    mutating func scanPunctuation(_ byte: UInt8) {
        let start = offset
        let next = peek(1)
        if byte == UInt8(ascii: "!"), next.isLetter {
            scanNegatedWord()
            return
        }
        if let kind = Self.pair(byte, next) {
            offset += 2
            append(kind, from: start)
            return
        }
        offset += 1
        if let kind = Self.single(byte) {
            append(kind, from: start)
            return
        }
        append(.unknown, from: start)
        let shown = byte > 32 && byte < 127 ? String(UnicodeScalar(byte)) : "0x" + String(byte, radix: 16)
        diagnostics.append(
            Diagnostic(.invalidCharacter, "the character '\(shown)' has no meaning here", at: Span(start, offset)))
    }

    /// `!` and the word after it, with the `~` of `!in~`.
    private mutating func scanNegatedWord() {
        let start = offset
        offset += 1
        skipWordCharacters()
        let isIn = offset - start == 3 && bytes[start + 1] == UInt8(ascii: "i") && bytes[start + 2] == UInt8(ascii: "n")
        if isIn, peek() == UInt8(ascii: "~") { offset += 1 }
        appendWord(.negatedWord, from: start)
    }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Token.Kind? {
        switch (first, second) {
        case (UInt8(ascii: "="), UInt8(ascii: "=")): .equalEqual
        case (UInt8(ascii: "="), UInt8(ascii: "~")): .equalTilde
        case (UInt8(ascii: "="), UInt8(ascii: ">")): .arrow
        case (UInt8(ascii: "!"), UInt8(ascii: "=")): .notEqual
        case (UInt8(ascii: "!"), UInt8(ascii: "~")): .notTilde
        case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessOrEqual
        case (UInt8(ascii: "<"), UInt8(ascii: ">")): .lessGreater
        case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterOrEqual
        case (UInt8(ascii: "."), UInt8(ascii: ".")): .dotDot
        default: nil
        }
    }

    private static func single(_ byte: UInt8) -> Token.Kind? {
        switch byte {
        case UInt8(ascii: "("): .leftParenthesis
        case UInt8(ascii: ")"): .rightParenthesis
        case UInt8(ascii: "["): .leftBracket
        case UInt8(ascii: "]"): .rightBracket
        case UInt8(ascii: "{"): .leftBrace
        case UInt8(ascii: "}"): .rightBrace
        case UInt8(ascii: ","): .comma
        case UInt8(ascii: ";"): .semicolon
        case UInt8(ascii: ":"): .colon
        case UInt8(ascii: "."): .dot
        case UInt8(ascii: "|"): .pipe
        case UInt8(ascii: "="): .equal
        case UInt8(ascii: "<"): .less
        case UInt8(ascii: ">"): .greater
        case UInt8(ascii: "+"): .plus
        case UInt8(ascii: "-"): .minus
        case UInt8(ascii: "*"): .star
        case UInt8(ascii: "/"): .slash
        case UInt8(ascii: "%"): .percent
        case UInt8(ascii: "@"): .at
        case UInt8(ascii: "?"): .question
        default: nil
        }
    }
}
