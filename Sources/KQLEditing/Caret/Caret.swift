import KQL
import KQLSyntax

/// A place in an edited text with what is written before it.
///
/// Only the text before the caret is read: what follows it is usually not finished. The parser itself says what could
/// stand there, and the binder which columns and names are visible.
struct Caret: Sendable {
    let source: Source
    let offset: Int
    /// The word that is being written: what a completion replaces. Goes on after the caret.
    let word: Span
    /// The text before the word, parsed and bound.
    let analysis: QueryAnalysis
    /// The tokens before the word.
    let lexemes: [Lexeme]
    /// The quotation mark that opens the string in which the caret stands, with its prefix (`@"`); nil outside strings.
    let quote: String?
    let isInComment: Bool
    /// The open brackets around the caret, outermost first; the first is the whole text.
    let frames: [Frame]

    init(_ source: Source, at position: Int, in environment: EditingEnvironment) {
        let offset = Caret.boundary(near: position, in: source.bytes)
        let before = Parser.analyze(Source(source.text(in: Span(0, offset))))
        self.source = source
        self.offset = offset
        isInComment = before.comments.last.map { $0.upper == offset } ?? false
        let start: Int
        if let (string, quote) = Caret.openString(in: before) {
            self.quote = quote
            word = Caret.content(of: string, quote: quote, caret: offset, in: source.bytes)
            start = string.lower
        } else {
            quote = nil
            word = Caret.widened(Caret.word(around: offset, in: source.bytes), in: source)
            start = word.lower
        }
        analysis = environment.analysis(of: source.text(in: Span(0, start)))
        lexemes = analysis.tree.lexemes
        frames = Frame.open(after: lexemes)
    }

    /// What is written of the word before the caret.
    var prefix: String { source.text(in: Span(word.lower, offset)) }

    /// The end of what was bound: where the word or the string begins.
    var start: Int { analysis.tree.source.bytes.count }

    // MARK: Finding the word

    /// The nearest offset at or before a position where a character begins.
    private static func boundary(near position: Int, in bytes: [UInt8]) -> Int {
        var offset = max(0, min(position, bytes.count))
        while offset > 0, offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
        return offset
    }

    private static func word(around offset: Int, in bytes: [UInt8]) -> Span {
        var lower = offset
        while lower > 0, bytes[lower - 1].isWordByte { lower -= 1 }
        var upper = offset
        while upper < bytes.count, bytes[upper].isWordByte { upper += 1 }
        return Span(lower, upper)
    }

    /// The word with what belongs to it where operators with dashes or options with dots may stand (`project-a`,
    /// `hint.str`), and with the `!` of a negated operator.
    private static func widened(_ word: Span, in source: Source) -> Span {
        let lower = glued(before: word.lower, in: source.bytes)
        guard lower < word.lower else { return word }
        let isNegation = source.bytes[lower] == UInt8(ascii: "!")
        let fits = Parser.analyze(Source(source.text(in: Span(0, lower)))).expectations.contains { expectation in
            switch expectation {
            case .infix: isNegation
            case .tabularOperator, .parameter: !isNegation
            default: false
            }
        }
        return fits ? Span(lower, word.upper) : word
    }

    private static func glued(before lower: Int, in bytes: [UInt8]) -> Int {
        var start = lower
        if start > 0, bytes[start - 1] == UInt8(ascii: "!") { return start - 1 }
        while start > 1, bytes[start - 1] == UInt8(ascii: "-") || bytes[start - 1] == UInt8(ascii: "."),
            bytes[start - 2].isWordByte
        {
            start -= 1
            while start > 0, bytes[start - 1].isWordByte { start -= 1 }
        }
        return start
    }

    // MARK: Strings

    /// The string that the end of a text lies in, and how it begins.
    private static func openString(in tree: SyntaxTree) -> (Span, String)? {
        guard let last = tree.tokens.last, last.role == .string || last.role == .constant,
            last.span.upper == tree.source.bytes.count,
            tree.diagnostics.contains(where: { $0.code == .unterminatedString && $0.span.lower >= last.span.lower })
        else { return nil }
        let text = tree.source.text(in: last.span)
        let quote = text.prefix { $0 != "\"" && $0 != "'" && $0 != "`" && $0 != "~" }
        let mark = text.dropFirst(quote.count).prefix(1)
        return mark.isEmpty ? nil : (last.span, String(quote + mark))
    }

    /// From behind the opening mark to before the closing one on the same line, or to the caret when none follows.
    private static func content(of string: Span, quote: String, caret: Int, in bytes: [UInt8]) -> Span {
        let lower = string.lower + quote.utf8.count
        var upper = caret
        while upper < bytes.count, bytes[upper] != 10, bytes[upper] != 13 {
            if bytes[upper] == quote.utf8.last { return Span(lower, upper) }
            upper += 1
        }
        return Span(lower, caret)
    }
}

extension EditingEnvironment {
    /// A text parsed and bound, whatever is wrong with it.
    func analysis(of text: String) -> QueryAnalysis {
        KQLEngine.analyze(text, environment: query, options: CompileOptions(now: now, rules: []))
    }
}
