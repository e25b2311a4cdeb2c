public import KQL
public import KQLSyntax
import KQLValues
import Synchronization

/// A query text as it is being edited, with what an editor asks about it.
///
/// Any text will do: what is not finished or wrong is passed over. Offsets are those of the text's UTF-8 bytes; offsets
/// outside the text count as its ends. The text is parsed and bound once, when the first question needs it.
public struct EditedQuery: Sendable {
    public let source: Source
    public let environment: EditingEnvironment
    private let memory = Memory()

    /// Longer texts should not be asked about.
    public static let maximumLength = 256 * 1024

    public init(_ text: String, in environment: EditingEnvironment) {
        source = Source(text)
        self.environment = environment
    }

    /// What has been found out about the text so far.
    private final class Memory: Sendable {
        let analysis = Mutex<QueryAnalysis?>(nil)
        /// The place asked about last.
        let site = Mutex<(offset: Int, site: CompletionSite)?>(nil)
    }

    /// The whole text, parsed and bound.
    public var analysis: QueryAnalysis {
        if let known = memory.analysis.withLock({ $0 }) { return known }
        let fresh = environment.analysis(of: source.text)
        memory.analysis.withLock { $0 = fresh }
        return fresh
    }

    /// What is wrong or doubtful, in order of place; a diagnostic's replacement repairs the text when put in place of
    /// its span.
    public var diagnostics: [Diagnostic] { analysis.diagnostics }

    /// What could be written at a place, best first.
    ///
    /// - Parameter values: what the column compared there is known to hold, instead of what the environment knows.
    public func completions(at offset: Int, limit: Int = 200, values: [String] = []) -> CompletionList {
        var site = site(at: offset)
        let caret = site.caret
        guard !caret.isInComment, !caret.isInNumber else {
            return CompletionList(replaced: caret.word, items: [], isCut: false)
        }
        site.values = values
        let items = site.items().ranked(for: caret.prefix)
        return CompletionList(replaced: caret.word, items: Array(items.prefix(limit)), isCut: items.count > limit)
    }

    /// The table and column whose values would help at a place, when a string column is being compared there.
    public func comparedColumn(at offset: Int) -> (table: String, column: String)? {
        let site = site(at: offset)
        guard !site.caret.isInComment, let table = site.rows?.table, let column = site.comparedColumn,
            column.type == .string, environment.query.tables.schema(of: table)?.columns.contains(column) == true
        else { return nil }
        return (table, column.name)
    }

    private func site(at offset: Int) -> CompletionSite {
        if let known = memory.site.withLock({ $0 }), known.offset == offset { return known.site }
        let fresh = CompletionSite(Caret(source, at: offset, in: environment), in: environment)
        memory.site.withLock { $0 = (offset, fresh) }
        return fresh
    }

    /// The call around a place, with the parameter that is being written; nil outside calls.
    public func signatureHelp(at offset: Int) -> SignatureHelp? {
        SignatureHelp(site(at: offset).caret, in: environment)
    }

    /// What is told about the word at a place; nil where nothing is known.
    public func hover(at offset: Int) -> Hover? {
        HoverReading(self, at: offset)?.hover()
    }

    /// All tokens and comments in order, by what they stand for.
    public var semanticTokens: [SemanticToken] {
        let tokens = TokenClassifier(analysis, in: environment).tokens()
        let comments = analysis.tree.comments.map { SemanticToken(span: $0, role: .comment) }
        return (tokens + comments).sorted { $0.span.lower < $1.span.lower }
    }

    /// The query in canonical form.
    ///
    /// - Parameter width: where lines are broken, in characters.
    public func formatted(width: Int = 120) -> Formatting {
        Formatting(of: memory.analysis.withLock { $0 }?.tree ?? Parser.analyze(source), width: width)
    }
}
