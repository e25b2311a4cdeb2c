import KQL
import KQLSyntax

extension FunctionParameter {
    /// `name: type = default`, as written.
    func text(in source: Source) -> String { source.text(in: span) }
}

extension QueryAnalysis {
    /// The definition of a name as written, shortened to some lines.
    func text(of definition: NameDefinition) -> String {
        let bytes = tree.source.bytes
        let start = definition.span.lower
        let statementEnd = tree.tokens.first { token in
            token.span.lower >= start && token.role == .punctuation && bytes[token.span.lower] == UInt8(ascii: ";")
        }
        let text = tree.source.text(in: Span(start, statementEnd?.span.lower ?? bytes.count))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        let shown = lines.prefix(8).joined(separator: "\n")
        return lines.count > 8 ? shown + "\n…" : shown
    }

    /// Whether a definition is a parameter: its type follows.
    func isParameter(_ definition: NameDefinition) -> Bool {
        let next = tree.tokens.first { $0.span.lower >= definition.span.upper }
        return next.map { tree.source.bytes[$0.span.lower] == UInt8(ascii: ":") } ?? false
    }
}
