import Foundation
import KQLValues

/// `format_bytes`.
let formatFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "format_bytes", family: .string, summary: "A number of bytes as text in Bytes, KB, MB, GB and so on.",
        signatures: [
            .takes(.real("size"), .long("precision", .optional), .string("unit", .optional), returns: .string)
        ],
        naming: .firstArgument,
        evaluate: each { (size: Double, precision: Int64?, unit: String?) throws(EvaluationError) -> String? in
            let units = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
            guard size.isFinite else { return nil }
            var exponent = 0
            if let unit, !unit.isEmpty {
                guard let index = units.firstIndex(where: { $0.lowercased() == unit.lowercased() }) else {
                    throw EvaluationError("'\(unit)' is no unit of bytes; use Bytes, KB, MB, GB, TB, PB or EB")
                }
                exponent = index
            } else {
                while exponent < units.count - 1, abs(size) / pow(1024, Double(exponent)) >= 1024 { exponent += 1 }
            }
            let places = max(0, min(15, Int(clamping: precision ?? 0)))
            let amount = roundHalfUp(size / pow(1024, Double(exponent)), places)
            return "\(plain(amount)) \(units[exponent])"
        })
}

/// The number without a needless fraction.
private func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : number.description
}
