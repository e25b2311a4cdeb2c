import KQLSyntax

/// A token with its spelling.
struct Lexeme: Sendable {
    let text: String
    let span: Span
    let role: TokenRole

    var isWord: Bool {
        guard let first = text.utf8.first else { return false }
        return first.isWordByte && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || text.hasPrefix("['")
    }
}

extension SyntaxTree {
    /// The tokens without comments.
    var lexemes: [Lexeme] {
        tokens.compactMap { token in
            token.role == .comment ? nil : Lexeme(text: source.text(in: token.span), span: token.span, role: token.role)
        }
    }
}

extension UInt8 {
    /// A byte of a name: an ASCII letter or digit, `_`, `$`, or part of a letter outside ASCII.
    var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }
}
