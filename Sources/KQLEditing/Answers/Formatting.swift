public import KQLSyntax

/// A query in its one canonical form, or why it has none.
public enum Formatting: Sendable {
    case formatted(String)
    /// The text is left as it is: it has these errors.
    case refused([Diagnostic])

    /// - Parameter width: where lines are broken, in characters.
    public init(of text: String, width: Int = 120) {
        self.init(of: Parser.analyze(Source(text)), width: width)
    }

    init(of tree: SyntaxTree, width: Int) {
        if let text = Printer.format(tree, width: width) {
            self = .formatted(text)
        } else {
            self = .refused(tree.diagnostics.filter { $0.severity == .error })
        }
    }
}
