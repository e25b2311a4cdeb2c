import KQL
import KQLSyntax
import KQLValues

/// Tells tokens apart by what their names stand for.
struct TokenClassifier {
    private let analysis: QueryAnalysis
    private let lexemes: [Lexeme]
    private let tables: any TableCatalog
    /// The names that the text defines; only these can be anything but columns where a column may stand.
    private let defined: Set<String>

    init(_ analysis: QueryAnalysis, in environment: EditingEnvironment) {
        self.analysis = analysis
        lexemes = analysis.tree.lexemes
        tables = environment.query.tables
        defined = Set(analysis.definitions.map(\.name))
    }

    /// All tokens but comments.
    func tokens() -> [SemanticToken] {
        lexemes.indices.map { SemanticToken(span: lexemes[$0].span, role: role(at: $0)) }
    }

    func role(at index: Int) -> SemanticToken.Role {
        let lexeme = lexemes[index]
        switch lexeme.role {
        case .keyword: return .keyword
        case .operation: return .operation
        case .option: return .option
        case .type: return .type
        case .string: return .string
        case .number: return .number
        case .timespan: return .timespan
        case .constant: return .constant
        case .punctuation: return .punctuation
        case .comment: return .comment
        case .invalid: return .invalid
        case .function: return index > 0 && lexemes[index - 1].text == "evaluate" ? .plugin : .function
        case .table: return local(index) ?? .table
        case .name: return nameRole(index)
        }
    }

    private func nameRole(_ index: Int) -> SemanticToken.Role {
        let text = lexemes[index].text
        if text == "$left" || text == "$right" { return .keyword }
        if index > 0, lexemes[index - 1].text == "." { return afterDot(index) }
        if let role = local(index) { return role }
        return isTablePlace(index) ? .table : .column
    }

    private func afterDot(_ index: Int) -> SemanticToken.Role {
        let base = index > 1 ? lexemes[index - 2].text : ""
        if base == "$left" || base == "$right" { return .column }
        return base == ")" ? .table : .property
    }

    /// What the text's own definition of a name makes of it; nil for columns and for names from outside.
    private func local(_ index: Int) -> SemanticToken.Role? {
        let name = lexemes[index].text.unquotedName
        guard defined.contains(name) else { return nil }
        let place = lexemes[index].span
        if let definition = analysis.definitions.first(where: { $0.span.lower == place.lower }) {
            return role(of: definition)
        }
        let isColumn = analysis.step(at: place.lower)?.input?.schema.index(of: name) != nil
        guard !isColumn, let definition = analysis.definitions(at: place.lower).first(where: { $0.name == name }) else {
            return nil
        }
        return role(of: definition)
    }

    private func role(of definition: NameDefinition) -> SemanticToken.Role {
        if analysis.isParameter(definition) { return .parameter }
        switch definition.kind {
        case .scalar: return .variable
        case .table, .graph, .pattern, .entityGroup: return .table
        case .function: return .function
        }
    }

    /// Whether the parser left a name undecided where a table stands, such as `let x = T;`.
    private func isTablePlace(_ index: Int) -> Bool {
        guard index > 0, ["=", "(", ","].contains(lexemes[index - 1].text) else { return false }
        return tables.schema(of: lexemes[index].text) != nil
    }
}
