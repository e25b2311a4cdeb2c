import KQLFunctions
import KQLValues

/// How the dialects write what they all can say.
extension SQLDialect {
    /// What values of a type are called in the form in which they are stored.
    func typeName(_ type: KQLType) -> String {
        switch self {
        case .duckDB: DuckDBForms.typeName(type)
        case .clickHouse: ClickHouseForms.typeName(type)
        }
    }

    func identifier(_ name: String) -> String {
        switch self {
        case .duckDB: SQLText.identifier(name)
        case .clickHouse: ClickHouseForms.identifier(name)
        }
    }

    func literal(_ text: String) -> String {
        switch self {
        case .duckDB: SQLText.literal(text)
        case .clickHouse: ClickHouseForms.literal(text)
        }
    }

    /// The function that tells NaN.
    var isNaN: String { self == .duckDB ? "isnan" : "isNaN" }

    /// The functions for the start and the end of a text.
    var startsWith: String { self == .duckDB ? "starts_with" : "startsWith" }
    var endsWith: String { self == .duckDB ? "ends_with" : "endsWith" }

    /// The aggregate `arg_max` or `arg_min` of several fields as one value, which `field` takes apart.
    func chosen(_ aggregate: String, _ fields: [String], by rank: String) -> String {
        switch self {
        case .duckDB:
            let packed = fields.enumerated().map { "f\($0) := \($1)" }.joined(separator: ", ")
            return "\(aggregate)(struct_pack(\(packed)), \(rank))"
        case .clickHouse:
            // What may be null is null where there is no row.
            let packed = fields.map { "toNullable(\($0))" }.joined(separator: ", ")
            return "\(aggregate == "arg_min" ? "argMin" : "argMax")(tuple(\(packed)), \(rank))"
        }
    }

    func field(_ index: Int) -> String {
        switch self {
        case .duckDB: "struct_extract($1, 'f\(index)')"
        case .clickHouse: "tupleElement($1, \(index + 1))"
        }
    }
}
