/// The place in the token list and what was found so far; the grammar lies in extensions.
struct ParserState {
    let source: Source
    let tokens: [Token]
    var roles: [TokenRole?]
    var index = 0
    var diagnostics: [Diagnostic]
    /// Nested grammar functions now active.
    var depth = 0
    /// Levels of the expression parsed last; chains such as `a + b + c` grow it without recursion.
    var height = 0
    /// The greatest height since the innermost bracket was opened.
    var peakHeight = 0
    /// True inside `search` and `find`, where `:` compares.
    var isSearching = false
    /// True where `scope.T*` may stand.
    var allowsWildcardMembers = false
    /// What could stand at the end of the text, in the order in which the grammar asked.
    var expectations: [Expectation] = []
    /// True once an operand was missed at the end of the text.
    var lacksOperand = false

    init(source: Source, lexer: Lexer) {
        self.source = source
        self.tokens = lexer.tokens
        self.roles = Array(repeating: nil, count: lexer.tokens.count)
        self.diagnostics = Array(lexer.diagnostics.prefix(Parser.diagnosticLimit))
    }
}

/// Leaves the current construct after a diagnostic was recorded.
struct Unwind: Error {}

extension ParserState {
    var current: Token { tokens[index] }
    /// The end of the token consumed last.
    var previousEnd: Int { index == 0 ? 0 : tokens[index - 1].upper }

    func token(_ distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }
    func at(_ kind: Token.Kind) -> Bool { tokens[index].kind == kind }
    func at(_ distance: Int, _ kind: Token.Kind) -> Bool { token(distance).kind == kind }
    func atWord(_ word: String) -> Bool { tokens[index].kind == .identifier && tokens[index].text == word }
    func atWord(_ distance: Int, _ word: String) -> Bool {
        let token = token(distance)
        return token.kind == .identifier && token.text == word
    }

    /// From an offset to the end of the token consumed last.
    func span(from lower: Int) -> Span { Span(lower, max(lower, previousEnd)) }

    @discardableResult
    mutating func advance(_ role: TokenRole? = nil) -> Token {
        let token = tokens[index]
        if let role { roles[index] = role }
        if token.kind != .end { index += 1 }
        return token
    }

    mutating func accept(_ kind: Token.Kind) -> Bool {
        guard at(kind) else { return false }
        advance()
        return true
    }

    mutating func acceptWord(_ word: String) -> Bool {
        note(.word(word))
        guard atWord(word) else { return false }
        advance(.keyword)
        return true
    }

    /// Takes a token of a kind, or reports that it is missing.
    ///
    /// A bracket that the text ends before is reported but counts as closed, so that what an author has typed so far
    /// keeps its meaning.
    @discardableResult
    mutating func expect(_ kind: Token.Kind, _ place: String) throws(Unwind) -> Token {
        if at(kind) { return advance() }
        let failure = missing(kind.description, place)
        guard at(.end), kind.isClosing else { throw failure }
        return current
    }

    mutating func expectWord(_ word: String, _ place: String) throws(Unwind) {
        guard acceptWord(word) else { throw missing("'\(word)'", place) }
    }

    /// Sets the role of the tokens inside a span that was consumed already.
    mutating func mark(_ span: Span, _ role: TokenRole) {
        var place = index - 1
        while place >= 0, tokens[place].lower >= span.lower {
            if tokens[place].upper <= span.upper { roles[place] = role }
            place -= 1
        }
    }

    /// Counts one level of nesting around a grammar function; pair it with `depth -= 1`.
    mutating func descend() throws(Unwind) {
        depth += 1
        guard depth <= Parser.depthLimit else { throw tooDeep() }
    }
}
