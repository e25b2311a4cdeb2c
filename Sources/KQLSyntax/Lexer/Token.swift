/// One lexical element; white space and comments lie between tokens.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        case identifier
        /// `!has`, `!in~`: a negated word operator in one token.
        case negatedWord
        case long, real, timespan, string
        case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
        case comma, semicolon, colon, dot, dotDot, pipe
        case equal, equalEqual, notEqual, equalTilde, notTilde, arrow
        case less, lessOrEqual, greater, greaterOrEqual, lessGreater
        case plus, minus, star, slash, percent
        case at, question, unknown
        case end
    }

    var kind: Kind
    var lower: Int
    var upper: Int
    /// The spelling of words; empty for other kinds.
    var text: String

    var span: Span { Span(lower, upper) }
}

extension Token.Kind {
    /// Whether this is `)`, `]` or `}`.
    var isClosing: Bool {
        switch self {
        case .rightParenthesis, .rightBracket, .rightBrace: true
        default: false
        }
    }

    /// The spelling for messages, such as `'|'` or `a string`.
    var description: String {
        switch self {
        case .identifier: "a name"
        case .negatedWord: "a negated operator"
        case .long, .real: "a number"
        case .timespan: "a timespan"
        case .string: "a string"
        case .leftParenthesis: "'('"
        case .rightParenthesis: "')'"
        case .leftBracket: "'['"
        case .rightBracket: "']'"
        case .leftBrace: "'{'"
        case .rightBrace: "'}'"
        case .comma: "','"
        case .semicolon: "';'"
        case .colon: "':'"
        case .dot: "'.'"
        case .dotDot: "'..'"
        case .pipe: "'|'"
        case .equal: "'='"
        case .equalEqual: "'=='"
        case .notEqual: "'!='"
        case .equalTilde: "'=~'"
        case .notTilde: "'!~'"
        case .arrow: "'=>'"
        case .less: "'<'"
        case .lessOrEqual: "'<='"
        case .greater: "'>'"
        case .greaterOrEqual: "'>='"
        case .lessGreater: "'<>'"
        case .plus: "'+'"
        case .minus: "'-'"
        case .star: "'*'"
        case .slash: "'/'"
        case .percent: "'%'"
        case .at: "'@'"
        case .question: "'?'"
        case .unknown: "an unknown character"
        case .end: "the end of the query"
        }
    }
}
