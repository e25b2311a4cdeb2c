import Chronology
import Foundation
import JSON
import KQLValues

/// Rows as kusto-loco's tests print them.
struct PrintedText {
    let separator: String
    let null: String
    /// Whether date-times are written as .NET's `O` (with seven decimals) rather than `u`.
    let isRoundTrip: Bool

    func line(_ row: [Value]) -> String {
        row.map(cell).joined(separator: separator)
    }

    private func cell(_ value: Value) -> String {
        switch value {
        case .null: return null
        case .bool(let flag): return flag ? "True" : "False"
        case .int(let number): return "\(number)"
        case .long(let number): return "\(number)"
        case .real(let number): return text(number)
        case .decimal(let number): return "\(number)"
        case .datetime(let instant):
            if isRoundTrip { return instant.formatted(fractionDigits: 7).replacing("Z", with: "") }
            return instant.formatted(fractionDigits: 0).replacing("T", with: " ")
        case .timespan(let span): return span.description
        case .guid(let guid): return guid.uuidString.lowercased()
        case .string(let text): return text
        case .dynamic(let json): return isRoundTrip ? json.description : json.stringValue ?? json.description
        }
    }

    private func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-∞" : "∞" }
        if number == number.rounded(), abs(number) < 1e15 { return "\(Int64(number))" }
        return "\(number)"
    }
}
