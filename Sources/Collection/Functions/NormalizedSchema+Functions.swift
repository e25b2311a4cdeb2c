internal import KQL
internal import KQLSyntax
internal import KQLValues

// How a schema and its parsers become saved functions. The text is KQL, so that all that holds for functions (binding on
// the first call, pushing filters down, pruning columns) holds for these.
extension NormalizedSchema {
    var savedFunctions: [SavedFunction] {
        let switches = [
            SavedFunction.Parameter(name: "disabled", type: "bool", defaultValue: "false"),
            SavedFunction.Parameter(name: "pack", type: "bool", defaultValue: "false"),
        ]
        let filtering = definition.parameters + switches
        let missing = missing
        var functions: [SavedFunction] = []
        func add(_ names: [String], _ parameters: [SavedFunction.Parameter], _ body: String) {
            for name in names { functions.append(SavedFunction(name: name, parameters: parameters, body: body)) }
        }
        for parser in parsers {
            add(parser.filteringNames, filtering, normalizing(parser, missing))
            add(parser.plainNames, switches, plain(parser.filteringNames))
        }
        for union in unions {
            let united = parsers.filter { parser in
                union.parsers.isEmpty || union.parsers.contains { parser.name.hasPrefix($0) }
            }
            add(union.names, filtering, uniting(united, under: union.condition))
            add(union.plainNames, switches, plain(union.names))
        }
        add(["vim\(name)Empty", "_Im_\(name)_Empty", "ASim\(name)Empty", "_ASim_\(name)_Empty"], [], empty)
        return functions
    }

    private func plain(_ names: [String]) -> String {
        let arguments = [plainArguments, "disabled=disabled, pack=pack"].filter { !$0.isEmpty }
        return names.prefix(1).map { "\($0)(\(arguments.joined(separator: ", ")))" }.joined()
    }

    /// What every source tells of itself.
    private func given(by parser: NormalizingParser) -> [Binding] {
        [
            Binding(column: "EventVendor", value: KQLText.literal(parser.vendor)),
            Binding(column: "EventProduct", value: KQLText.literal(parser.product)),
            Binding(column: "Type", value: KQLText.literal(parser.tables.first ?? "")),
            Binding(column: "EventSchema", value: KQLText.literal(name)),
            Binding(column: "EventSchemaVersion", value: KQLText.literal(version)),
        ]
    }

    /// Values for the columns that conditions name: one on a column that the source has not holds for none of its rows.
    private var missing: [Binding] {
        let settled = Set(definition.defaults.joined().map(\.column))
        let named = Set(definition.filters.flatMap(KQLText.words))
        return definition.columns
            .filter { named.contains($0.name[...]) && !settled.contains($0.name) }
            .map { Binding(column: $0.name, value: KQLText.missing($0.type)) }
    }

    /// The parser's query, what it leaves out, the aliases, and the conditions.
    private func normalizing(_ parser: NormalizingParser, _ missing: [Binding]) -> String {
        let given = given(by: parser)
        let told = Set(given.map(\.column))
        let steps = [given + missing.filter { !told.contains($0.column) }] + definition.defaults
        let extended = steps.filter { !$0.isEmpty }.map { step in
            "| extend "
                + step.map { "\($0.column) = column_ifexists('\($0.column)', \($0.value))" }.joined(separator: ", ")
        }
        let aliases = definition.aliases.map { alias in
            let type = definition.columns.first { $0.name == alias.value }?.type ?? .string
            return "\(alias.column) = column_ifexists('\(alias.value)', \(KQLText.missing(type)))"
        }
        let filled = definition.filled.map { "\($0.column) = iff(isempty(\($0.column)), \($0.value), \($0.column))" }
        let lines =
            ["let normalized = () {", parser.query, "};", "normalized()"] + extended
            + (filled.isEmpty ? [] : ["| extend " + filled.joined(separator: ", ")])
            + (aliases.isEmpty ? [] : ["| extend " + aliases.joined(separator: ", ")])
            + definition.filters.map { "| where \($0)" } + ["| where not(disabled)"]
        return lines.joined(separator: "\n")
    }

    private func uniting(_ parsers: [NormalizingParser], under condition: String?) -> String {
        let arguments = definition.parameters.map { "\($0.name)=\($0.name)" } + ["disabled=disabled", "pack=pack"]
        let calls = parsers.compactMap(\.filteringNames.first).map { "\($0)(\(arguments.joined(separator: ", ")))" }
        let union = "union isfuzzy=true\n    " + (["vim\(name)Empty"] + calls).joined(separator: ",\n    ")
        return union + (condition.map { "\n| where \($0)" } ?? "")
    }

    /// No rows, with all columns.
    private var empty: String {
        "datatable(" + definition.columns.map { "\($0.name): \($0.type.rawValue)" }.joined(separator: ", ") + ")[]"
    }
}

extension KQLText {
    fileprivate static func missing(_ type: KQLType) -> String { type == .string ? "''" : "\(type.rawValue)(null)" }

    /// The words of a text, names of columns among them.
    fileprivate static func words(_ text: String) -> [Substring] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
