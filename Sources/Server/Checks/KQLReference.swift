internal import KQLFunctions
internal import KQLSyntax

/// The reference of the language as Tocsin knows it, made from the parser's operators and the function catalogue.
public enum KQLReference {
    /// A Markdown page: operators, functions by family with their signatures, aggregations.
    public static func markdown() -> String {
        let catalogue = FunctionCatalogue.standard
        var lines = [
            "# KQL", "",
            "Made by `tocsin kql reference` from the parser and the function catalogue; do not edit.", "",
            "Every operator and function runs in Tocsin's own runtime; `tocsin query --explain` shows what the store ran.",
            "", "## Tabular operators", "",
        ]
        lines.append(Parser.operatorNames.map { "`\($0)`" }.joined(separator: " · "))
        for family in FunctionFamily.allCases {
            let functions = catalogue.scalars.filter { $0.family == family }
            guard !functions.isEmpty else { continue }
            lines += ["", "## \(title(family))", "", "| function | gives |", "| --- | --- |"]
            for function in functions.sorted(by: { $0.name < $1.name }) {
                lines.append(row(function.name, function.aliases, function.signatures, function.summary))
            }
        }
        lines += ["", "## Aggregation functions", "", "| function | gives |", "| --- | --- |"]
        for function in catalogue.aggregates.sorted(by: { $0.name < $1.name }) {
            lines.append(row(function.name, function.aliases, function.signatures, function.summary))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(
        _ name: String, _ aliases: [String], _ signatures: [Signature], _ summary: String
    ) -> String {
        let isWord = name.first?.isLetter == true && !name.contains(" ")
        let parameters = signatures.first.map { $0.parameters.map(text).joined(separator: ", ") } ?? ""
        let call = isWord ? "\(name)(\(parameters))" : name
        let also = aliases.isEmpty ? "" : " (also \(aliases.map { "`\(escaped($0))`" }.joined(separator: ", ")))"
        return "| `\(escaped(call))`\(also) | \(escaped(summary)) |"
    }

    private static func text(_ parameter: Parameter) -> String {
        switch parameter.arity {
        case .required: parameter.name
        case .optional: "[\(parameter.name)]"
        case .repeated: "\(parameter.name)…"
        }
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
        default: family.rawValue.prefix(1).uppercased() + family.rawValue.dropFirst()
        }
    }
}
