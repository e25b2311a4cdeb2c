internal import Chronology
internal import Foundation
public import JSON

extension Value {
    /// The value as text, nil for null: datetimes ISO 8601, timespans `d.hh:mm:ss`, dynamic values JSON.
    public var text: String? {
        switch self {
        case .null: nil
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .long(let value): String(value)
        case .real(let value): Self.text(of: value)
        case .decimal(let value): "\(value)"
        case .datetime(let value): value.description
        case .timespan(let value): value.description
        case .guid(let value): value.uuidString.lowercased()
        case .string(let value): value
        case .dynamic(let value): value.stringValue ?? value.description
        }
    }

    /// The value as JSON: numbers and truths as such, dynamic values as they are, all else as `text`.
    public var json: JSON {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(Int64(value))
        case .long(let value): .int(value)
        case .real(let value): .double(value)
        case .dynamic(let value): value
        default: .string(text ?? "")
        }
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
