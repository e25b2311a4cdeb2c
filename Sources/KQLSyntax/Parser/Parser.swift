/// Reads query texts. Never throws: faulty text gives a query with error nodes, and diagnostics.
public enum Parser {
    /// Nested expressions, subqueries and function bodies may lie this deep.
    public static let depthLimit = 100
    /// Diagnostics beyond this number are dropped.
    public static let diagnosticLimit = 100

    public static func parse(_ text: String) -> (query: Query, diagnostics: [Diagnostic]) {
        let tree = analyze(Source(text))
        return (tree.query, tree.diagnostics)
    }

    /// Parses and keeps what editors and formatters need beside the query.
    public static func analyze(_ source: Source) -> SyntaxTree {
        var lexer = Lexer(source)
        lexer.run()
        var state = ParserState(source: source, lexer: lexer)
        let query = state.parseQuery()
        return SyntaxTree(
            source: source, query: query, diagnostics: state.diagnostics.sorted { $0.span.lower < $1.span.lower },
            tokens: state.classifiedTokens(comments: lexer.comments), comments: lexer.comments,
            expectations: state.expectations)
    }
}

/// Everything known about a query text after parsing.
public struct SyntaxTree: Sendable {
    public let source: Source
    public let query: Query
    /// In order of place.
    public let diagnostics: [Diagnostic]
    /// All tokens and comments in order, with their roles.
    public let tokens: [ClassifiedToken]
    /// `//` comments in order, without the line end.
    public let comments: [Span]
    /// What could stand at the end of the text.
    public let expectations: [Expectation]

    /// True when no diagnostic is an error.
    public var isValid: Bool { !diagnostics.contains { $0.severity == .error } }
}
