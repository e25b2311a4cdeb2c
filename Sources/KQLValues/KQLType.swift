/// The scalar data types of the Kusto Query Language.
public enum KQLType: String, Sendable, Hashable, CaseIterable {
    case bool, int, long, real, decimal, datetime, timespan, guid, string, dynamic

    /// Reads a type name or one of its aliases (`double`, `boolean`, `date`, `time`, `uuid`, `uniqueid`…).
    public init?(name: String) {
        switch name.lowercased() {
        case "bool", "boolean": self = .bool
        case "int", "int32", "uint", "int8", "int16", "byte": self = .int
        case "long", "int64", "ulong": self = .long
        case "real", "double", "float": self = .real
        case "decimal": self = .decimal
        case "datetime", "date": self = .datetime
        case "timespan", "time": self = .timespan
        case "guid", "uuid", "uniqueid": self = .guid
        case "string": self = .string
        case "dynamic", "object": self = .dynamic
        default: return nil
        }
    }

    /// Whether arithmetic applies: int, long, real, decimal.
    public var isNumeric: Bool {
        switch self {
        case .int, .long, .real, .decimal: true
        default: false
        }
    }
}
