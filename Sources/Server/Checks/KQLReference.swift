internal import KQL
internal import KQLEditing
internal import KQLFunctions
internal import KQLSyntax

/// The reference of the language as Tocsin knows it, made from the parser's operators, the function catalogue and the
/// plugins.
public enum KQLReference {
    /// A Markdown page: operators, functions by family, aggregations, plugins, deviations.
    public static func markdown() -> String {
        let functions = FunctionCatalogue.standard.descriptions
        var lines = opening(functions) + operators() + statements()
        for family in FunctionFamily.allCases {
            lines += section(title(family), functions.filter { $0.kind == .scalar(family) })
        }
        lines += section("Aggregation functions", functions.filter { $0.kind == .aggregate })
        lines += section("Functions about the query", functions.filter { $0.kind == .query })
        lines += plugins() + disagreements()
        return lines.joined(separator: "\n") + "\n"
    }

    private static func opening(_ functions: [FunctionDescription]) -> [String] {
        let working = PluginDescription.all.count { $0.refusal == nil }
        return [
            "# KQL", "",
            "Made by `tocsin kql reference` from the parser, the function catalogue and the plugins; do not edit.", "",
            "Everything below runs in Tocsin's own runtime. Where the column *store* says DuckDB, the store can run it with",
            "the same result, for the argument types that allow it; `tocsin query --explain` shows what it ran. A note marks",
            "where Tocsin differs from Kusto.", "",
            "\(functions.count) functions and operators in expressions, \(Parser.operatorNames.count) tabular operators with"
                + " their older spellings, \(working) plugins and"
                + " \(PluginDescription.all.count - working) that are refused with a reason.",
        ]
    }

    /// One line per keyword that the parser knows; older spellings stand with the operator that they mean.
    private static func operators() -> [String] {
        var lines = ["", "## Tabular operators", "", "| operator | does |", "| --- | --- |"]
        for name in Parser.operatorNames {
            guard let reference = OperatorReference.named(name) else {
                lines.append("| `\(name)` | Accepted as Kusto's own tools write it. |")
                continue
            }
            guard reference.name == name else { continue }
            lines.append(
                "| `\(escaped(reference.syntax))`\(also(reference.aliases)) | \(escaped(reference.summary))\(note(name)) |"
            )
        }
        return lines
    }

    private static func statements() -> [String] {
        [
            "", "## Statements", "", "| statement | does |", "| --- | --- |",
            "| `let name = expression` | Names a value, a table or a function with parameters and defaults. |",
            "| `declare query_parameters(name: type = default, …)` | Values that the caller gives. |",
            "| `declare pattern name = (…) { … }` | Names that stand for expressions by their arguments. |",
            "| `set option = value` | Sets an option, such as `query_bin_auto_size`. |",
            "| `alias database name = …` | Names a database; its tables are those of this installation. |",
            "| `restrict access to (…)` | Leaves only the named tables in sight. |",
        ]
    }

    private static func section(_ title: String, _ functions: [FunctionDescription]) -> [String] {
        guard !functions.isEmpty else { return [] }
        return ["", "## \(title)", "", "| function | gives | store |", "| --- | --- | --- |"]
            + functions.map { function in
                "| \(calls(function))\(also(function.aliases)) | \(escaped(function.summary))\(note(function.name)) |"
                    + " \(function.isPushedDown ? "DuckDB" : "") |"
            }
    }

    /// The ways to call a function, one per line of the cell.
    private static func calls(_ function: FunctionDescription) -> String {
        let isWord = function.name.first.map { $0.isLetter || $0 == "_" } == true && !function.name.contains(" ")
        guard isWord, !function.kind.isOperator else { return "`\(escaped(function.name))`" }
        var seen: Set<String> = []
        return function.signatures.map { "`\(escaped(function.name + $0.text))`" }.filter { seen.insert($0).inserted }
            .joined(separator: "<br>")
    }

    private static func plugins() -> [String] {
        ["", "## Plugins of `evaluate`", "", "| plugin | gives | state |", "| --- | --- | --- |"]
            + PluginDescription.all.map { plugin in
                let parameters = plugin.refusal == nil ? plugin.parameters.map(\.text).joined(separator: ", ") : "…"
                let state = plugin.refusal.map { "refused: \($0)" } ?? "works"
                return
                    "| `\(escaped("\(plugin.name)(\(parameters))"))` | \(escaped(plugin.summary))\(note(plugin.name)) |"
                    + " \(escaped(state)) |"
            }
    }

    private static func disagreements() -> [String] {
        [
            "", "## Failing corpus cases where the engine is right", "", "| query | recorded | here | why |",
            "| --- | --- | --- | --- |",
        ]
            + KQLDisagreement.all.map { found in
                "| `\(escaped(found.query))` | \(escaped(found.recorded)) | \(escaped(found.here)) | \(escaped(found.reason)) |"
            }
    }

    private static func also(_ aliases: [String]) -> String {
        aliases.isEmpty ? "" : " (also \(aliases.map { "`\(escaped($0))`" }.joined(separator: ", ")))"
    }

    private static func note(_ name: String) -> String {
        KQLDeviation.of(name).map { " *Note:* \(escaped($0))" } ?? ""
    }

    /// A vertical bar would end the cell.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    private static func title(_ family: FunctionFamily) -> String {
        switch family {
        case .stringOperator: "String operators"
        case .dateTime: "Dates and times"
        case .ip: "IP addresses"
        case .aggregation: "Functions on sketches"
        default: family.rawValue.prefix(1).uppercased() + family.rawValue.dropFirst()
        }
    }
}
