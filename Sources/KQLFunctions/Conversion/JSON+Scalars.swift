import Chronology
import Foundation
import JSON
import KQLValues

/// How a dynamic value is silently taken for a scalar of each type.
extension JSON {
    /// A string without quotes, nothing for null, otherwise the JSON text.
    var kqlText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        default: description
        }
    }

    var kqlBool: Bool? {
        switch self {
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let text): Bool(kqlText: text)
        default: nil
        }
    }

    var kqlLong: Int64? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): value
        case .double(let value): Int64(exactly: value.rounded(.towardZero))
        case .string(let text): Int64(kqlText: text)
        default: nil
        }
    }

    var kqlReal: Double? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): Double(value)
        case .double(let value): value
        case .string(let text): Double(kqlText: text)
        default: nil
        }
    }

    var kqlInstant: Instant? {
        switch self {
        case .string(let text): Instant(kqlText: text)
        case .int(let ticks): (0...Instant.max.ticks).contains(ticks) ? Instant(ticks: ticks) : nil
        default: nil
        }
    }

    var kqlTimeSpan: TimeSpan? {
        switch self {
        case .string(let text): TimeSpan(kqlText: text)
        case .int(let ticks): TimeSpan(ticks: ticks)
        default: nil
        }
    }

    /// Reads JSON text; text that is no JSON becomes a string, as in Kusto, and the empty text null.
    init(kqlParsing text: String) {
        guard !text.isEmpty else {
            self = .null
            return
        }
        do {
            self = try JSON(parsing: text)
        } catch {
            self = .string(text)
        }
    }
}
