import KQL
import KQLFunctions
import KQLSyntax
import KQLValues

/// Finds out what is told about a token.
struct HoverReading {
    private let environment: EditingEnvironment
    private let analysis: QueryAnalysis
    private let lexemes: [Lexeme]
    private let index: Int
    private let role: SemanticToken.Role

    /// Nil where no token stands.
    init?(_ query: EditedQuery, at offset: Int) {
        let lexemes = query.analysis.tree.lexemes
        guard
            let index = lexemes.firstIndex(where: { $0.span.lower <= offset && offset < $0.span.upper })
                ?? lexemes.firstIndex(where: { $0.span.upper == offset && $0.isWord })
        else { return nil }
        environment = query.environment
        analysis = query.analysis
        self.lexemes = lexemes
        self.index = index
        role = TokenClassifier(analysis, in: environment).role(at: index)
    }

    private var text: String { lexemes[index].text.unquotedName }
    private var place: Int { lexemes[index].span.lower }

    func hover() -> Hover? {
        switch role {
        case .keyword: operation
        case .operation: comparison
        case .table: table ?? local
        case .column: column
        case .variable, .parameter: local
        case .function, .plugin: function
        case .option: option
        default: nil
        }
    }

    private func hover(_ title: String, _ text: String, span: Span? = nil) -> Hover {
        Hover(span: span ?? lexemes[index].span, title: title, text: text)
    }

    // MARK: Operators

    /// The operator whose name, possibly with dashes, the token is part of.
    private var operation: Hover? {
        var first = index
        while first > 1, lexemes[first - 1].text == "-", isGlued(first - 1), isGlued(first) { first -= 2 }
        var name = lexemes[first].text
        var last = first
        while last + 2 < lexemes.count, lexemes[last + 1].text == "-", isGlued(last + 1), isGlued(last + 2) {
            name += "-" + lexemes[last + 2].text
            last += 2
        }
        guard last >= index, let item = OperatorReference.named(name) else { return nil }
        return hover(item.syntax, item.summary, span: lexemes[first].span.joined(with: lexemes[last].span))
    }

    /// Whether nothing stands between a token and the one before it.
    private func isGlued(_ index: Int) -> Bool { lexemes[index].span.lower == lexemes[index - 1].span.upper }

    private var comparison: Hover? {
        let name = text == "matches" || text == "regex" ? "matches regex" : text
        guard let item = environment.query.catalogue.scalar(name) else { return nil }
        return hover(item.name, item.summary)
    }

    private var option: Hover? {
        let step = analysis.step(at: place).map { analysis.tree.source.text(in: $0.span) } ?? ""
        let name = step.prefix { $0.isLetter || $0 == "-" || $0 == "_" }
        if name == "render", RenderReference.kinds.contains(text) { return hover("render \(text)", "A kind of chart.") }
        let option = OperatorReference.named(String(name))?.options.first {
            $0.name == text || $0.name.hasSuffix("." + text)
        }
        guard let option else { return nil }
        let values = option.values.isEmpty ? "" : "\n" + option.values.joined(separator: ", ")
        return hover(option.name, option.summary + values)
    }

    // MARK: Names

    private var table: Hover? {
        guard let schema = environment.query.tables.schema(of: text) else {
            return environment.query.functions[text] == nil ? nil : function
        }
        return hover("table \(text)", Self.list(schema.columns))
    }

    private static func list(_ columns: [ColumnSchema]) -> String {
        let shown = columns.prefix(40).map { "\($0.name): \($0.type.rawValue)" }.joined(separator: "\n")
        return columns.count > 40 ? shown + "\n… \(columns.count - 40) more" : shown
    }

    private var column: Hover? {
        let side = index > 1 && lexemes[index - 1].text == "." ? lexemes[index - 2].text : nil
        let rows = analysis.rows(at: place, side: side)
        let made = analysis.step(at: place)?.output?.schema.columns.first { $0.name == text }
        if isDefined, let made { return hover("column \(text): \(made.type.rawValue)", "Made by this operator.") }
        if let column = rows?.column(text) {
            let stored = rows?.table.flatMap { name in environment.query.tables.schema(of: name).map { (name, $0) } }
            let isStored = stored.map { $0.1.columns.contains(column) } ?? false
            return hover("column \(isStored ? (stored?.0 ?? "") + "." : "")\(text): \(column.type.rawValue)", "")
        }
        if let made { return hover("column \(text): \(made.type.rawValue)", "Made by this operator.") }
        return rows?.isOpen == true ? hover("column \(text)", "Data decides on its type.") : nil
    }

    /// Whether `=` follows: the name is being given.
    private var isDefined: Bool { index + 1 < lexemes.count && lexemes[index + 1].text == "=" }

    private var local: Hover? {
        let known =
            analysis.definitions.first { $0.span.lower == place }
            ?? analysis.definitions(at: place).first { $0.name == text }
        guard let known else { return nil }
        switch known.kind {
        case .scalar(let type):
            let isParameter = analysis.isParameter(known)
            return hover(
                "\(isParameter ? "parameter" : "let") \(text): \(type.rawValue)",
                isParameter ? "" : analysis.text(of: known))
        case .table(let shape): return hover("let \(text), a table", Self.list(shape.schema.columns))
        case .function: return function
        case .graph: return hover("let \(text), a graph", analysis.text(of: known))
        case .pattern: return hover("pattern \(text)", analysis.text(of: known))
        case .entityGroup: return hover("let \(text), an entity group", analysis.text(of: known))
        }
    }

    private var function: Hover? {
        let known = KnownFunction(
            text, isPlugin: role == .plugin, analysis: analysis, at: place, in: environment)
        guard let known else { return local(function: text) }
        let forms = known.forms.prefix(4).map { $0.label(of: text) }
        return hover(forms.first ?? text, (forms.dropFirst() + [known.summary]).joined(separator: "\n"))
    }

    /// A function at its own definition, where it is not visible yet.
    private func local(function name: String) -> Hover? {
        guard let known = analysis.definitions.first(where: { $0.span.lower == place }) else { return nil }
        return hover("function \(name)", analysis.text(of: known))
    }
}
