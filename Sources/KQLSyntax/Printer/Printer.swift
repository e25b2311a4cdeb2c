/// Writes queries in one canonical form: one operator a line, four blanks of indentation.
///
/// Reading the text back gives the same tree apart from spans. Older spellings become the present ones
/// (`filter` → `where`, `mvexpand` → `mv-expand`); constants keep their spelling.
public enum Printer {
    /// The text of a query without comments.
    public static func text(of query: Query, width: Int = 120) -> String {
        var state = PrinterState(source: nil, comments: [])
        return render(state.layout(query), width: width)
    }

    /// An expression on one line, as for messages and column headings.
    public static func text(of expression: Expression) -> String {
        var state = PrinterState(source: nil, comments: [])
        return render(state.layout(expression), width: .max / 2)
    }

    public static func text(of pipeline: TabularExpression, width: Int = 120) -> String {
        var state = PrinterState(source: nil, comments: [])
        return render(state.layout(pipeline), width: width)
    }

    /// The formatted text of a parsed query with its comments; nil when the query has errors.
    public static func format(_ tree: SyntaxTree, width: Int = 120) -> String? {
        guard tree.isValid else { return nil }
        var state = PrinterState(source: tree.source, comments: tree.comments)
        let body = state.layout(tree.query)
        return render(body + state.remainingComments(), width: width) + "\n"
    }

    private static func render(_ layout: Layout, width: Int) -> String {
        var renderer = LayoutRenderer(width: width, indent: 4)
        return renderer.render(layout)
    }
}

/// Builds layouts in the order of the source, so that comments can be put between them.
struct PrinterState {
    let source: Source?
    private var comments: ArraySlice<Span>

    init(source: Source?, comments: [Span]) {
        self.source = source
        self.comments = comments[...]
    }

    /// The comments before an offset: those on the line where the previous item ended, and the others.
    mutating func takeComments(before offset: Int, after previousEnd: Int?) -> (trailing: [String], own: [String]) {
        guard let source else { return ([], []) }
        var trailing: [String] = []
        var own: [String] = []
        while let comment = comments.first, comment.lower < offset {
            comments = comments.dropFirst()
            let text = Self.trimmedEnd(source.text(in: comment))
            if let previousEnd, own.isEmpty, previousEnd <= comment.lower,
                !source.bytes[previousEnd..<comment.lower].contains(where: { $0 == 10 || $0 == 13 })
            {
                trailing.append(text)
            } else {
                own.append(text)
            }
        }
        return (trailing, own)
    }

    /// Forgets the comments inside a span whose text is written as it stands.
    mutating func dropComments(in span: Span) {
        guard comments.contains(where: { $0.lower >= span.lower && $0.lower < span.upper }) else { return }
        comments = comments.filter { $0.lower < span.lower || $0.lower >= span.upper }[...]
    }

    private static func trimmedEnd(_ text: String) -> String {
        var text = text
        while let last = text.unicodeScalars.last, last.properties.isWhitespace { text.unicodeScalars.removeLast() }
        return text
    }

    /// Comments on lines of their own before an item.
    mutating func leadingComments(before offset: Int) -> Layout {
        let (_, own) = takeComments(before: offset, after: nil)
        return .concat(own.map { Layout.comment($0) + Layout.hardline })
    }

    mutating func remainingComments() -> Layout {
        let (_, own) = takeComments(before: .max, after: nil)
        return .concat(own.map { Layout.hardline + Layout.comment($0) })
    }

    /// Items with a separator after each but the last; comments keep their items.
    mutating func list<Item>(
        _ items: [Item], _ separator: String, _ span: (Item) -> Span, _ layout: (inout PrinterState, Item) -> Layout
    ) -> [Layout] {
        var output: [Layout] = []
        var previousEnd: Int?
        for (place, item) in items.enumerated() {
            let (trailing, own) = takeComments(before: span(item).lower, after: previousEnd)
            if !trailing.isEmpty, let last = output.popLast() {
                output.append(last + Layout.comment("  " + trailing.joined(separator: "  ")))
            }
            let leading = Layout.concat(own.map { Layout.comment($0) + Layout.hardline })
            let body = layout(&self, item)
            output.append(leading + body + (place < items.count - 1 ? separator : ""))
            previousEnd = span(item).upper
        }
        return output
    }
}
