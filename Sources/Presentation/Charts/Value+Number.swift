internal import Chronology
internal import Foundation
internal import KQLValues

extension Value {
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
}
