public import KQLValues

/// What ClickHouse calls the forms in which values are stored, and how names and texts stand in its SQL.
public enum ClickHouseForms {
    /// How values of a type are stored. Instants and time spans are ticks of 100 ns, so that nothing is rounded and KQL's
    /// arithmetic is integer arithmetic; decimals and dynamic values are text.
    public static func typeName(_ type: KQLType) -> String {
        type == .string ? "String" : "Nullable(\(plainName(type)))"
    }

    /// The same without null.
    static func plainName(_ type: KQLType) -> String {
        switch type {
        case .bool: "Bool"
        case .int: "Int32"
        case .long, .datetime, .timespan: "Int64"
        case .real: "Float64"
        case .guid: "UUID"
        case .string, .decimal, .dynamic: "String"
        }
    }

    /// A name in backquotes.
    public static func identifier(_ name: String) -> String {
        "`" + name.replacing("\\", with: "\\\\").replacing("`", with: "\\`") + "`"
    }

    /// A text in single quotes. Quotes are doubled rather than escaped, so that they come in pairs.
    public static func literal(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''").replacing("\0", with: "\\0") + "'"
    }
}
