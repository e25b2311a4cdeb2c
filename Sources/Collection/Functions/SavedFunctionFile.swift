internal import KQL
internal import KQLValues

/// A saved function in the YAML form in which Microsoft Sentinel publishes parsers.
///
/// Both spellings are read: `ParserName`, `EquivalentBuiltInParser`, `ParserParams`, `ParserQuery` of the ASIM parsers,
/// and `FunctionName`, `FunctionAlias`, `FunctionParams`, `FunctionQuery` of the solutions' parsers.
struct SavedFunctionFile {
    /// The function under each of its names.
    let functions: [SavedFunction]

    init(_ file: YAMLValue) throws(ContentFault) {
        guard let query = file["ParserQuery"] ?? file["FunctionQuery"] else {
            throw file.fault("the function has no query", remedy: "add 'ParserQuery' or 'FunctionQuery'")
        }
        var names: [String] = []
        for key in ["ParserName", "EquivalentBuiltInParser", "FunctionName", "FunctionAlias"] {
            guard let value = file[key] else { continue }
            let name = try value.text().trimmingPrefix { $0.isWhitespace }.prefix { !$0.isWhitespace }
            guard TableDefinition.isName(String(name)) else {
                throw value.fault("'\(name)' is no name of a function", remedy: "use letters, digits and '_'")
            }
            names.append(String(name))
        }
        guard !names.isEmpty else {
            throw file.fault("the function has no name", remedy: "add 'ParserName' or 'FunctionName'")
        }
        var parameters: [SavedFunction.Parameter] = []
        for parameter in try (file["ParserParams"] ?? file["FunctionParams"])?.elements() ?? [] {
            parameters.append(try SavedFunctionFile.parameter(parameter))
        }
        let body = try query.text()
        functions = names.map { SavedFunction(name: $0, parameters: parameters, body: body) }
    }

    private static func parameter(_ value: YAMLValue) throws(ContentFault) -> SavedFunction.Parameter {
        let type = try value.required("Type")
        let text = try type.text()
        // A table, such as `table:(*)` or `(Name: string)`, or a scalar.
        if text.hasPrefix("table:") || text.hasPrefix("(") {
            return SavedFunction.Parameter(
                name: try value.required("Name").text(), type: text.replacing("table:", with: ""))
        }
        guard let scalar = KQLType(name: text) else {
            throw type.fault(
                "'\(text)' is no type", remedy: "use one of " + KQLType.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        return SavedFunction.Parameter(
            name: try value.required("Name").text(), type: scalar.rawValue, defaultValue: try value["Default"]?.text())
    }
}
