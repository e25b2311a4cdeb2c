import KQLSyntax

/// An open bracket with what stands in it so far; the outermost frame is the whole text.
struct Frame: Sendable {
    /// The lexeme of the opening bracket; -1 for the whole text.
    let opener: Int
    let bracket: String
    /// The lexeme that begins the current statement.
    var statement: Int
    /// The `|` of the current statement, outside inner brackets.
    var pipes: [Int] = []
    /// The `,` since the last `|` or `;`, outside inner brackets.
    var commas: [Int] = []
    /// For `{`: whether it is the body of a function.
    var isBody = false
    /// The function whose arguments the bracket holds.
    var function: String?

    init(opener: Int, bracket: String) {
        self.opener = opener
        self.bracket = bracket
        statement = opener + 1
    }

    /// Whether statements may stand in it: the whole text, and the bodies of functions.
    var holdsStatements: Bool { opener < 0 || isBody }

    /// The frames that are open after the lexemes.
    static func open(after lexemes: [Lexeme]) -> [Frame] {
        var frames = [Frame(opener: -1, bracket: "")]
        var lastClosed: Int?
        for (index, lexeme) in lexemes.enumerated() where lexeme.role != .string {
            switch lexeme.text {
            case "(", "[", "{":
                var frame = Frame(opener: index, bracket: lexeme.text)
                if lexeme.text == "{", lastClosed == index - 1 { frame.isBody = true }
                if lexeme.text == "(", index > 0, isCallee(lexemes[index - 1], before: lexeme) {
                    frame.function = lexemes[index - 1].text
                }
                frames.append(frame)
            case ")", "]", "}":
                guard frames.count > 1 else { continue }
                frames.removeLast()
                lastClosed = index
            case "|":
                frames[frames.count - 1].pipes.append(index)
                frames[frames.count - 1].commas = []
            case ",":
                frames[frames.count - 1].commas.append(index)
                if frames[frames.count - 1].function != nil { frames[frames.count - 1].pipes = [] }
            case ";": frames[frames.count - 1].endStatement(at: index)
            default: break
            }
        }
        return frames
    }

    /// Whether a bracket holds the arguments of the word before it. The parser may not have understood that word.
    private static func isCallee(_ word: Lexeme, before bracket: Lexeme) -> Bool {
        word.role == .function || word.role == .name && word.isWord && word.span.upper == bracket.span.lower
    }

    private mutating func endStatement(at index: Int) {
        statement = index + 1
        pipes = []
        commas = []
    }
}
