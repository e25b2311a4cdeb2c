import KQLValues

/// Columns that a table has beyond those that its schema names.
enum HiddenColumns: Int, Comparable {
    case none
    /// Those that every table of Azure Monitor has.
    case standard
    /// Those too that a custom log gets with its data, whose names tell their types.
    case custom

    /// The hidden columns of a stored table.
    init(of table: String, _ schema: TableSchema) {
        if table.hasSuffix("_CL") || table == "AzureDiagnostics" {
            self = .custom
        } else {
            self = schema.index(of: "TimeGenerated") == nil ? .none : .standard
        }
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The type of a hidden column; nil when a table cannot have it.
    func type(of name: String) -> KQLType? {
        guard self != .none else { return nil }
        if let type = Self.standardTypes[name] { return type }
        guard self == .custom else { return nil }
        if let type = Self.customTypes[name] { return type }
        guard name.utf8.count > 2 else { return nil }
        return Self.suffixTypes[String(name.suffix(2))]
    }

    private static let standardTypes: [String: KQLType] = [
        "TenantId": .string, "SourceSystem": .string, "Type": .string, "_ItemId": .string,
        "_TimeReceived": .datetime, "_ResourceId": .string, "_SubscriptionId": .string, "_IsBillable": .string,
        "_BilledSize": .real, "_Internal_WorkspaceResourceId": .string,
    ]

    private static let customTypes: [String: KQLType] = [
        "TimeGenerated": .datetime, "Computer": .string, "MG": .string, "ManagementGroupName": .string,
        "RawData": .string,
    ]

    /// What the Data Collector puts behind the names of fields.
    private static let suffixTypes: [String: KQLType] = [
        "_s": .string, "_b": .bool, "_d": .real, "_t": .datetime, "_g": .string,
    ]
}
