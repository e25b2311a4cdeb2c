import KQL
import KQLFunctions
import KQLSyntax
import KQLValues

/// A caret with what is visible there; gathers what could be written.
struct CompletionSite: Sendable {
    let caret: Caret
    let environment: EditingEnvironment
    let rows: VisibleRows?
    /// What the text itself defines.
    let locals: [NameDefinition]
    /// Values that the compared column is known to hold.
    var values: [String] = []
    /// The operator around the caret, and the last clause word of it.
    let operatorName: String
    let clause: String

    init(_ caret: Caret, in environment: EditingEnvironment) {
        self.caret = caret
        self.environment = environment
        operatorName = caret.currentOperator
        clause = caret.currentClause
        rows = caret.rows
        locals = caret.analysis.definitions(at: caret.start)
    }

    /// Everything that could stand here, in no order.
    func items() -> [Completion] {
        if let quote = caret.quote { return strings(in: quote) }
        let expectations = caret.analysis.tree.expectations
        var items: [Completion] = []
        let isTable = expectations.contains(.table)
        for expectation in expectations {
            switch expectation {
            case .statement: items += tables(100) + localTables(120) + sources(90) + statementWords
            case .table: items += tables(100) + localTables(120) + sources(40)
            case .tabularOperator: items += operators
            case .result where !isTable: items += results
            case .expression where !isTable: items += operands
            case .infix: items += comparisons
            case .pipe: items.append(Completion(.keyword, "|", insertion: "| ", detail: "next operator", weight: 60))
            case .word(let word): items.append(Completion(.keyword, word, insertion: word + " ", weight: 110))
            case .name(let role): items += names(role)
            case .type: items += types
            case .parameter: items += parameters
            case .parameterValue: items += parameterValues
            case .result, .expression: break
            }
        }
        return items
    }

    // MARK: Tables

    func tables(_ weight: Int) -> [Completion] {
        let tables = environment.query.tables
        let stored = tables.tableNames.map { name in
            Completion(
                .table, name, insertion: name.asName,
                detail: tables.schema(of: name).map { "table, \($0.columns.count) columns" }, weight: weight)
        }
        let saved = environment.query.functions.values.map { function in
            let list = function.parameters.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
            return call(
                .savedFunction, function.name, hasParameters: !function.parameters.isEmpty, detail: "(\(list))",
                documentation: "A saved function.", weight: weight - 10, bare: function.parameters.isEmpty)
        }
        return stored + saved
    }

    func localTables(_ weight: Int) -> [Completion] {
        locals.compactMap { local in
            switch local.kind {
            case .scalar: nil
            case .table, .graph, .pattern, .entityGroup:
                Completion(
                    .variable, local.name, insertion: local.name.asName,
                    detail: local.kind == .entityGroup ? "entity group" : "table",
                    documentation: caret.analysis.text(of: local), weight: weight)
            case .function(let parameters, _): localFunction(local, parameters, weight)
            }
        }
    }

    private func localFunction(
        _ local: NameDefinition, _ parameters: [FunctionParameter], _ weight: Int
    ) -> Completion {
        let source = caret.analysis.tree.source
        return call(
            .variable, local.name, hasParameters: !parameters.isEmpty,
            detail: "(\(parameters.map { $0.text(in: source) }.joined(separator: ", ")))",
            documentation: caret.analysis.text(of: local), weight: weight)
    }

    private func sources(_ weight: Int) -> [Completion] {
        OperatorReference.all.compactMap { item in
            let begins = item.isSource ? item.name != "let" && item.name != "set" && item.name != "declare" : false
            guard begins || ["union", "search", "find", "evaluate"].contains(item.name) else { return nil }
            return Completion(
                .operation, item.name, insertion: item.name + " ", detail: item.syntax, documentation: item.summary,
                weight: weight)
        } + queryFunctions(weight)
    }

    /// Functions that stand for tables.
    private func queryFunctions(_ weight: Int) -> [Completion] {
        environment.query.catalogue.queryFunctions.map {
            function($0.name, [$0.signature], $0.summary, .function, weight)
        }
    }

    private var statementWords: [Completion] {
        ["let", "set", "declare"].compactMap(OperatorReference.named).map { item in
            Completion(
                .keyword, item.name, insertion: item.name + " ", detail: item.syntax, documentation: item.summary,
                weight: item.name == "let" ? 110 : 50)
        }
    }

    // MARK: Operators

    private var operators: [Completion] {
        let all = OperatorReference.all.filter { !$0.isSource }
        return all.enumerated().flatMap { place, item in
            ([item.name] + item.aliases).enumerated().map { index, name in
                let takesArguments = item.syntax.contains(" ")
                return Completion(
                    .operation, name, insertion: takesArguments ? name + " " : name, detail: item.syntax,
                    documentation: item.summary,
                    weight: (Popularity.operators[name] ?? (index == 0 ? 40 : 20)) - place / 8)
            }
        }
    }

    var parameters: [Completion] {
        (OperatorReference.named(operatorName)?.options ?? []).filter { operatorName != "render" || !$0.name.isEmpty }
            .map { option in
                Completion(
                    .option, option.name, insertion: option.name + "=",
                    detail: option.values.isEmpty ? nil : option.values.joined(separator: " | "),
                    documentation: option.summary, weight: option.name.hasPrefix("hint.") ? 30 : 105)
            }
    }

    /// The values of the option whose `=` stands before the caret.
    var parameterValues: [Completion] {
        guard let name = caret.optionBeforeCaret,
            let option = OperatorReference.named(operatorName)?.options.first(where: { $0.name == name })
        else { return [] }
        return option.values.enumerated().map { place, value in
            Completion(.value, value, detail: name, documentation: option.summary, weight: 150 - place)
        }
    }

    // MARK: Names

    private func names(_ role: TokenRole) -> [Completion] {
        switch role {
        case .function where operatorName == "evaluate": return plugins
        case .function: return tables(60) + localTables(100)
        case .table: return tables(100) + localTables(120)
        case .option where operatorName == "render" && caret.frames.last?.bracket != "(":
            return RenderReference.kinds.enumerated().map { place, kind in
                Completion(.value, kind, detail: "chart", weight: 120 - place)
            }
        case .option:
            return parameters
        default: return isNewName ? [] : columns(100)
        }
    }

    /// Whether the name is one that the query makes up here.
    private var isNewName: Bool {
        let last = caret.lexemes.last?.text
        switch operatorName {
        case "as", "range": return true
        case "project-rename": return last != "="
        case "parse", "parse-where": return clause == "with"
        case "let", "declare": return true
        default: return ["let", "as", "step"].contains(last)
        }
    }

    private var plugins: [Completion] {
        PluginDescription.all.map { plugin in
            let list = plugin.parameters.map(\.text).joined(separator: ", ")
            return call(
                .plugin, plugin.name, hasParameters: !plugin.parameters.isEmpty, detail: "(\(list))",
                documentation: plugin.refusal.map { "\(plugin.summary) \($0)" } ?? plugin.summary,
                weight: plugin.refusal == nil ? 100 : 10)
        }
    }

    private var types: [Completion] {
        TypeName.allCases.map { Completion(.type, $0.rawValue, weight: $0 == .string ? 102 : 100) }
    }

    // MARK: Making items

    /// A call with the caret between its parentheses, or behind them when there is nothing to write.
    func call(
        _ kind: Completion.Kind, _ name: String, hasParameters: Bool, detail: String, documentation: String,
        weight: Int, bare: Bool = false
    ) -> Completion {
        let written = name.asName
        return Completion(
            kind, name, insertion: bare ? written : written + "()",
            caret: written.utf8.count + (bare ? 0 : hasParameters ? 1 : 2), detail: detail,
            documentation: documentation, weight: weight)
    }

    func function(
        _ name: String, _ signatures: [Signature], _ summary: String, _ kind: Completion.Kind, _ weight: Int
    ) -> Completion {
        call(
            kind, name, hasParameters: signatures.contains { !$0.parameters.isEmpty },
            detail: signatures.first?.text ?? "()", documentation: summary, weight: weight)
    }
}
