/// One test of a value, the outcome of applying a field's modifiers to one value of the rule.
public enum SigmaTest: Sendable, Hashable {
    /// The value matches a text with wildcards; letter case is disregarded unless `isCased`.
    case text(SigmaText, isCased: Bool)
    /// The value contains a match of a regular expression.
    case expression(String, SigmaExpressionFlags)
    /// The value is an address inside a network.
    case network(SigmaNetwork)
    /// The value is a number in that relation to the given one.
    case comparison(SigmaComparison, Double)
    /// A part of the date that the value holds is in that relation to the number; nil: equal.
    case datePart(SigmaDatePart, SigmaComparison?, Int)
    /// The field is missing or null.
    case isNull
    /// The field is there (true) or missing (false).
    case exists(Bool)
    /// The value equals (or starts with, ends with, contains) another field's value.
    case field(String, SigmaAnchor, isCased: Bool)
}

/// Flags of a regular expression: `i` ignores case, `m` lets ^ and $ match at lines, `s` lets the dot match line ends.
public struct SigmaExpressionFlags: Sendable, Hashable, OptionSet {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let ignoresCase = SigmaExpressionFlags(rawValue: 1)
    public static let multiline = SigmaExpressionFlags(rawValue: 2)
    public static let dotMatchesNewline = SigmaExpressionFlags(rawValue: 4)
}

/// The numeric relations `lt`, `lte`, `gt`, `gte`.
public enum SigmaComparison: String, Sendable, Hashable {
    case less = "lt"
    case lessOrEqual = "lte"
    case greater = "gt"
    case greaterOrEqual = "gte"

    public func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

/// The parts of a date that rules may ask for: `minute`, `hour`, `day` (of the month), `week` (ISO 8601), `month`, `year`.
public enum SigmaDatePart: String, Sendable, Hashable {
    case minute, hour, day, week, month, year
}

/// Where a text must lie within a value.
public enum SigmaAnchor: Sendable, Hashable {
    case whole, prefix, suffix, anywhere
}
