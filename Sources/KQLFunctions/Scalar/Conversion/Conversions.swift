import JSON
import KQLValues

/// `tostring`, `tolong` and their like.
let conversionFunctions: [ScalarFunction] = scalars {
    conversion("tostring", to: .string, "The text of a value; null gives the empty string.") {
        SQLConversion.text($0, $1)
    }
    conversion("tobool", ["toboolean"], to: .bool, "A value as a bool; null when it cannot be one.") { _, _ in nil }
    conversion("toint", to: .int, "A value as a 32-bit integer, fractions cut off.") { _, _ in nil }
    conversion("tolong", to: .long, "A value as a 64-bit integer, fractions cut off.") { arguments, dialect in
        [.int, .long].contains(arguments.types[0])
            ? "CAST($1 AS \(dialect == .duckDB ? "BIGINT" : "Nullable(Int64)"))" : nil
    }
    conversion("toreal", ["todouble"], to: .real, "A value as a real.") { arguments, dialect in
        [.int, .long, .real].contains(arguments.types[0])
            ? "CAST($1 AS \(dialect == .duckDB ? "DOUBLE" : "Nullable(Float64)"))" : nil
    }
    conversion("todecimal", to: .decimal, "A value as a decimal.") { _, _ in nil }
    conversion("todatetime", to: .datetime, "A value as a datetime; texts are read in many notations.") {
        arguments, _ in
        arguments.types[0] == .datetime ? "$1" : nil
    }
    conversion("totimespan", ["totime"], to: .timespan, "A value as a timespan; an integer counts ticks.") {
        arguments, _ in
        arguments.types[0] == .timespan ? "$1" : nil
    }
    conversion("toguid", to: .guid, "A text as a guid.") { arguments, _ in
        arguments.types[0] == .guid ? "$1" : nil
    }
    ScalarFunction(
        "todynamic", aliases: ["parse_json", "parsejson", "toobject"], family: .conversion,
        summary: "Reads a text as JSON; a text that is no JSON becomes a dynamic string.",
        signatures: [.takes(.any("json"), returns: .dynamic)],
        naming: .firstArgument
    ) { call in
        if case .dynamic(let values) = call.arguments[0] {
            return .dynamic(values.map { if case .string(let text) = $0 { JSON(kqlParsing: text) } else { $0 } })
        }
        guard case .string(let strings) = call.arguments[0] else { return .dynamic(call.arguments[0].dynamics) }
        return .dynamic((0..<strings.count).map { JSON(kqlParsing: strings[$0]) })
    }
    ScalarFunction(
        "gettype", family: .metadata, summary: "The name of the type of a value.",
        signatures: [.takes(.any("value"), returns: .string)],
        naming: .prefixed("type")
    ) { call in
        guard case .dynamic(let values) = call.arguments[0] else {
            return .string(StringColumn(repeating: call.arguments[0].type.rawValue, count: call.rowCount))
        }
        return .string(StringColumn(values.lazy.map { $0.kqlTypeName }))
    }
    ScalarFunction(
        "dynamic_to_json", family: .conversion, summary: "The JSON text of a dynamic value, keys sorted.",
        signatures: [.takes(.any("value"), returns: .string)],
        evaluate: each { (value: JSON) in value.sortedByKey.description })
}

private func conversion(
    _ name: String, _ aliases: [String] = [], to type: KQLType, _ summary: String,
    sql: @escaping @Sendable (SQLArguments, SQLDialect) -> String?
) -> ScalarFunction {
    ScalarFunction(
        name, aliases: aliases, family: .conversion, summary: summary,
        signatures: [.takes(.any("value"), returns: type)],
        naming: .firstArgument, sql: .rules(duckDB: { sql($0, .duckDB) }, clickHouse: { sql($0, .clickHouse) })
    ) { call in
        call.arguments[0].converted(to: type)
    }
}

enum SQLConversion {
    /// Texts that both sides write alike: of strings, whole numbers and guids.
    static func text(_ arguments: SQLArguments, _ dialect: SQLDialect) -> String? {
        switch arguments.types[0] {
        case .string: "$1"
        case .int, .long, .guid: dialect == .duckDB ? "coalesce(CAST($1 AS VARCHAR), '')" : "coalesce(toString($1), '')"
        case .bool: "CASE WHEN $1 THEN 'True' WHEN NOT $1 THEN 'False' ELSE '' END"
        default: nil
        }
    }
}
