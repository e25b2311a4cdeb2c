public import KQLValues

/// What DuckDB calls the forms in which values are stored.
public enum DuckDBForms {
    /// How values of a type are stored. Instants and time spans are ticks of 100 ns, so that nothing is rounded and KQL's
    /// arithmetic is integer arithmetic; decimals and dynamic values are text.
    public static func typeName(_ type: KQLType) -> String {
        switch type {
        case .bool: "BOOLEAN"
        case .int: "INTEGER"
        case .long, .datetime, .timespan: "BIGINT"
        case .real: "DOUBLE"
        case .guid: "UUID"
        case .string, .decimal, .dynamic: "VARCHAR"
        }
    }
}
