/// An identifier as written: a table, column, function, parameter or variable name.
public struct Name: Hashable, Sendable {
    /// The name without brackets and quotes, escapes resolved.
    public var text: String
    /// The whole spelling, brackets included.
    public var span: Span
    /// True for `['name']` and `["name"]`.
    public var isBracketed: Bool

    public init(_ text: String, at span: Span, isBracketed: Bool = false) {
        self.text = text
        self.span = span
        self.isBracketed = isBracketed
    }

    /// True when the text holds `*` (allowed where columns or tables are selected by pattern).
    public var isWildcard: Bool { !isBracketed && text.utf8.contains(UInt8(ascii: "*")) }
}

/// The scalar types a query can name.
public enum TypeName: String, Hashable, Sendable, CaseIterable {
    case bool, datetime, decimal, dynamic, guid, int, long, real, string, timespan

    /// Resolves the synonyms too (`date`, `double`, `time`, `boolean`, `uniqueid`, …).
    public init?(synonym: String) {
        switch synonym {
        case "bool", "boolean": self = .bool
        case "datetime", "date": self = .datetime
        case "decimal": self = .decimal
        case "dynamic": self = .dynamic
        case "guid", "uuid", "uniqueid": self = .guid
        case "int", "int32", "uint", "uint32", "int8", "uint8", "int16", "uint16": self = .int
        case "long", "int64", "ulong", "uint64": self = .long
        case "real", "double", "float": self = .real
        case "string": self = .string
        case "timespan", "time": self = .timespan
        default: return nil
        }
    }
}

/// A type as written, with its place.
public struct TypeReference: Hashable, Sendable {
    public var type: TypeName
    public var span: Span
}

/// `name: type`, in schemas, parameters, parse patterns and datatables.
public struct ColumnDeclaration: Hashable, Sendable {
    public var name: Name
    public var type: TypeReference
    public var span: Span
}

/// A list of declared columns: `(a: long, b: string)`, or `(*)` for any schema.
public struct SchemaDeclaration: Hashable, Sendable {
    public var columns: [ColumnDeclaration]
    /// True for `(*)` and `(*, a: long)`: other columns of the input are allowed or kept.
    public var isOpen: Bool
    public var span: Span
}
