internal import Chronology
internal import Foundation
internal import JSON
internal import KQLValues

extension Value {
    /// The cell as Log Analytics sends it: datetimes ISO 8601, timespans and guids as text, dynamic values as JSON text.
    var wire: JSON {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(Int64(value))
        case .long(let value): .int(value)
        case .real(let value): .double(value)
        case .decimal(let value): .string("\(value)")
        case .datetime(let value): .string(value.description)
        case .timespan(let value): .string(value.description)
        case .guid(let value): .string(value.uuidString.lowercased())
        case .string(let value): .string(value)
        case .dynamic(let value): .string(value.stringValue ?? value.description)
        }
    }
}
