/// A constant as written.
public struct Literal: Hashable, Sendable {
    public var value: LiteralValue
    /// The spelling in the source; adjacent strings that were joined are separated by one blank.
    public var text: String
    public var span: Span
}

/// The meaning of a literal, in types that need no library.
public indirect enum LiteralValue: Hashable, Sendable {
    case bool(Bool)
    case int(Int32)
    case long(Int64)
    case real(Double)
    /// Digits, sign, point and exponent as written.
    case decimal(String)
    /// Escapes resolved, adjacent strings joined.
    case string(String)
    /// The text between the parentheses, without quotes and outer blanks; not yet checked.
    case datetime(String)
    /// Ticks of 100 nanoseconds.
    case timespan(Int64)
    /// The text between the parentheses, without quotes and outer blanks; not yet checked.
    case guid(String)
    case dynamic(DynamicValue)
    /// `int(null)`, `datetime(null)`, …; `dynamic(null)` is `.dynamic(.null)`.
    case null(TypeName)
    /// `typeof(string)` as an argument.
    case type(TypeName)
}

/// The content of `dynamic(…)`.
public indirect enum DynamicValue: Hashable, Sendable {
    case null
    case scalar(LiteralValue)
    case array([DynamicValue])
    case object([DynamicProperty])
}

/// One `"key": value` of a dynamic bag; order and repetition are kept.
public struct DynamicProperty: Hashable, Sendable {
    public var key: String
    public var value: DynamicValue

    public init(key: String, value: DynamicValue) {
        self.key = key
        self.value = value
    }
}
