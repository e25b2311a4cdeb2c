/// What a token is to a reader of the query (for colouring).
public enum TokenRole: String, Hashable, Sendable, CaseIterable {
    /// Operator names and clause words: `where`, `by`, `on`, `let`.
    case keyword
    /// Symbols and words that combine values: `==`, `has`, `and`.
    case operation
    case table
    /// A column, variable or parameter; the binder can tell which.
    case name
    case function
    /// `kind`, `hint.strategy`, `with_itemindex`, render properties.
    case option
    case type
    case string
    case number
    case timespan
    /// `datetime(…)`, `guid(…)`, `true`, `null` and the like.
    case constant
    case punctuation
    case comment
    case invalid
}

/// A token with its role.
public struct ClassifiedToken: Hashable, Sendable {
    public var span: Span
    public var role: TokenRole
}

extension ParserState {
    func classifiedTokens(comments: [Span]) -> [ClassifiedToken] {
        var output: [ClassifiedToken] = []
        output.reserveCapacity(tokens.count + comments.count)
        var pending = comments[...]
        for (place, token) in tokens.enumerated() {
            while let comment = pending.first, comment.lower <= token.lower {
                output.append(ClassifiedToken(span: comment, role: .comment))
                pending = pending.dropFirst()
            }
            if token.kind == .end { break }
            output.append(ClassifiedToken(span: token.span, role: roles[place] ?? Self.usualRole(of: token.kind)))
        }
        return output
    }

    private static func usualRole(of kind: Token.Kind) -> TokenRole {
        switch kind {
        case .identifier: .name
        case .long, .real: .number
        case .timespan: .timespan
        case .string: .string
        case .unknown: .invalid
        case .negatedWord, .equalEqual, .notEqual, .equalTilde, .notTilde, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .lessGreater, .plus, .minus, .star, .slash, .percent, .equal, .dotDot, .arrow, .pipe:
            .operation
        default: .punctuation
        }
    }
}
