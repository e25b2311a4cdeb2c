import KQL
import KQLSyntax
import KQLValues

extension CompletionSite {
    /// The strings that could stand inside an open string.
    func strings(in quote: String) -> [Completion] {
        var items: [Completion] = []
        if let call = caret.enclosingCall {
            items += ArgumentValues.strings(of: call.name, at: call.argument).enumerated().map { place, value in
                Completion(.value, value, detail: call.name, weight: 120 - place)
            }
            if ["column_ifexists", "columnifexists"].contains(call.name), call.argument == 0 {
                items += columns(100).map {
                    Completion(.column, $0.label, detail: $0.detail, documentation: $0.documentation, weight: $0.weight)
                }
            }
            if call.name == "table" { items += tables(100) }
        }
        return items
            + knownValues.enumerated().map { place, value in
                Completion(
                    .value, value, insertion: quote.hasPrefix("@") ? value : value.escaped(for: quote), detail: "value",
                    weight: 110 - min(place, 60))
            }
    }

    /// The strings that the column compared here is known to hold, as literals.
    var comparedValues: [Completion] {
        guard comparedColumn?.type == .string else { return enumeratedArguments }
        return enumeratedArguments
            + knownValues.enumerated().map { place, value in
                let literal = "\"\(value.escaped(for: "\""))\""
                return Completion(.value, literal, detail: "value", weight: 120 - min(place, 60))
            }
    }

    private var enumeratedArguments: [Completion] {
        guard let call = caret.enclosingCall else { return [] }
        return ArgumentValues.strings(of: call.name, at: call.argument).enumerated().map { place, value in
            Completion(.value, "\"\(value)\"", detail: call.name, weight: 120 - place)
        }
    }

    private var knownValues: [String] {
        guard values.isEmpty else { return values }
        guard let column = comparedColumn, let table = rows?.table else { return [] }
        return environment.values(table, column.name)
    }

    /// The column left of the comparison in whose right side the caret stands.
    var comparedColumn: ColumnSchema? {
        var end = caret.lexemes.count - 1
        if let frame = caret.frames.last, frame.bracket == "(", frame.function == nil, frame.opener > 0 {
            end = frame.opener - 1
        }
        guard end > 0, caret.lexemes[end].role == .operation, Self.comparing.contains(caret.lexemes[end].text) else {
            return nil
        }
        return rows?.column(caret.lexemes[end - 1].text)
    }

    /// The operators whose right side is like a value of their left side.
    static let comparing: Set<String> = [
        "==", "!=", "=~", "!~", "in", "in~", "!in", "!in~", "has", "!has", "has_any", "has_all", "has_cs", "contains",
        "!contains", "startswith", "!startswith", "endswith", "!endswith", "hasprefix", "hassuffix",
    ]
}

extension String {
    /// The text as it stands in a literal with that quotation mark.
    fileprivate func escaped(for quote: String) -> String {
        String(flatMap { $0 == "\\" || String($0) == quote ? ["\\", $0] : [$0] })
    }
}
