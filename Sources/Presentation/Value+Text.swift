internal import Chronology
internal import Foundation
internal import JSON
internal import KQLValues

extension Value {
    /// The value as text, nil for null: datetimes ISO 8601, timespans `d.hh:mm:ss`, dynamic values JSON.
    var text: String? {
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

    /// The value as JSON; dynamic values as they are.
    var json: JSON {
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

    /// The value on an axis: numbers as they are, instants and lengths of time in seconds.
    var number: Double? {
        let number: Double? =
            switch self {
            case .int(let value): Double(value)
            case .long(let value): Double(value)
            case .real(let value): value
            case .decimal(let value): Double("\(value)")
            case .datetime(let value): value.unixSeconds
            case .timespan(let value): value.seconds
            case .bool(let value): value ? 1 : 0
            default: nil
            }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
