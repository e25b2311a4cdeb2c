public import Chronology

/// A pattern of STIX 2.1 (part 9, "STIX Patterning"): conditions on what is observed.
public indirect enum StixPattern: Sendable, Hashable {
    /// `[ … ]`: one thing observed at one time.
    case observation(StixComparison)
    case and([StixPattern])
    case or([StixPattern])
    case followedBy([StixPattern])
    case qualified(StixPattern, StixQualifier)
}

/// What limits an observation in time.
public enum StixQualifier: Sendable, Hashable {
    case within(seconds: Double)
    case `repeats`(times: Int)
    case between(start: Instant, stop: Instant)
}

/// The condition within one observation.
public indirect enum StixComparison: Sendable, Hashable {
    case test(StixTest)
    case and([StixComparison])
    case or([StixComparison])
}

/// A comparison of one property: `file:hashes.'SHA-256' = '…'`.
public struct StixTest: Sendable, Hashable, CustomStringConvertible {
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case `in` = "IN"
        case like = "LIKE"
        case matches = "MATCHES"
        case isSubset = "ISSUBSET"
        case isSuperset = "ISSUPERSET"
        case exists = "EXISTS"
    }

    public var objectType: String
    /// The properties on the way to the value; list indexes are left out.
    public var path: [String]
    public var isNegated: Bool
    public var operation: Operator
    /// One value; several for `IN`, none for `EXISTS`.
    public var operands: [String]

    public var description: String {
        let values = operands.map { "'\($0)'" }.joined(separator: ", ")
        let property = objectType + ":" + path.joined(separator: ".")
        let not = isNegated ? "NOT " : ""
        return switch operation {
        case .exists: "\(not)EXISTS \(property)"
        case .in: "\(property) \(not)IN (\(values))"
        default: "\(property) \(not)\(operation.rawValue) \(values)"
        }
    }
}

/// Why a pattern cannot be read.
public struct StixPatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Bytes before the place at fault.
    public let offset: Int
    /// What was found and what would be right.
    public let message: String

    public var description: String { "at character \(offset + 1) of the pattern: \(message)" }
}
