public import Chronology
public import Foundation
public import JSON

/// One scalar value with its type. A `string` is never null; a null dynamic is `.null(.dynamic)`, not `.dynamic(.null)`.
public enum Value: Sendable, Hashable {
    case null(KQLType)
    case bool(Bool)
    case int(Int32)
    case long(Int64)
    case real(Double)
    case decimal(Decimal)
    case datetime(Instant)
    case timespan(TimeSpan)
    case guid(UUID)
    case string(String)
    case dynamic(JSON)

    /// The value's type.
    public var type: KQLType {
        switch self {
        case .null(let type): type
        case .bool: .bool
        case .int: .int
        case .long: .long
        case .real: .real
        case .decimal: .decimal
        case .datetime: .datetime
        case .timespan: .timespan
        case .guid: .guid
        case .string: .string
        case .dynamic: .dynamic
        }
    }

    /// Whether the value is null. An empty string is not.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// A dynamic value, with JSON's null as the null of type dynamic.
    public init(dynamic json: JSON) {
        self = json.isNull ? .null(.dynamic) : .dynamic(json)
    }

    /// The null of `type`; for `string`, which has none, the empty string.
    public static func missing(_ type: KQLType) -> Value {
        type == .string ? .string("") : .null(type)
    }
}
