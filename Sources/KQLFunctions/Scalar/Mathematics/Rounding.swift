import Chronology
import Foundation
import KQLValues

/// Rounding, absolute values and bins.
let roundingFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "abs", family: .mathematical, summary: "The absolute value.",
        signatures: [
            .takes(.long("number"), returns: .long), .takes(.real("number"), returns: .real),
            .takes(.timespan("number"), returns: .timespan), .takes(.decimal("number"), returns: .decimal),
        ],
        naming: .firstArgument
    ) { call in
        switch call.arguments[0] {
        case .real(let vector): .real(vector.map { abs($0) })
        case .decimal(let vector): .decimal(vector.map { abs($0) })
        default: Int64.column(call.arguments[0].longs.map { $0 < 0 ? 0 &- $0 : $0 }, call.resultType)
        }
    }
    ScalarFunction(
        "ceiling", family: .mathematical, summary: "The least whole number that is not less.",
        signatures: [.takes(.real("number"), returns: .real), .takes(.decimal("number"), returns: .decimal)],
        naming: .firstArgument
    ) { call throws(EvaluationError) in
        guard call.resultType == .decimal else { return try each { (number: Double) in number.rounded(.up) }(call) }
        return try each { (number: Decimal) in rounded(number, 0, .up) }(call)
    }
    ScalarFunction(
        "round", family: .mathematical, summary: "The number rounded half away from zero to some decimal places.",
        signatures: [
            .takes(.real("number"), .long("precision", .optional), returns: .real),
            .takes(.decimal("number"), .long("precision", .optional), returns: .decimal),
        ],
        naming: .firstArgument
    ) { call throws(EvaluationError) in
        if call.resultType == .decimal { return try roundDecimals(call) }
        return try each { (number: Double, precision: Int64?) in roundHalfUp(number, Int(clamping: precision ?? 0)) }(
            call)
    }
    bin("bin", "The value rounded down to a multiple of a bin size.")
    bin("floor", "The value rounded down to a multiple of a bin size, 1 if none is given.")
    ScalarFunction(
        "bin_at", family: .mathematical,
        summary: "The value rounded down to a bin of which one starts at a fixed point.",
        signatures: [
            .takes(.long("value"), .long("binSize"), .long("fixedPoint"), returns: .long),
            .takes(.real("value"), .real("binSize"), .real("fixedPoint"), returns: .real),
            .takes(.datetime("value"), .timespan("binSize"), .datetime("fixedPoint"), returns: .datetime),
            .takes(.timespan("value"), .timespan("binSize"), .timespan("fixedPoint"), returns: .timespan),
        ],
        naming: .firstArgument
    ) { call throws(EvaluationError) in
        if call.resultType == .real {
            return try each { (value: Double, size: Double, point: Double) in
                size > 0 ? ((value - point) / size).rounded(.down) * size + point : nil
            }(call)
        }
        return try each { (value: Int64, size: Int64, point: Int64) in
            size > 0 ? (value &- point).floorDivided(by: size) &* size &+ point : nil
        }(call.withLongs())
    }
}

private func bin(_ name: String, _ summary: String) -> ScalarFunction {
    ScalarFunction(
        name, family: .mathematical, summary: summary,
        signatures: [
            .takes(.long("value"), .long("size", name == "bin" ? .required : .optional), returns: .long),
            .takes(.real("value"), .real("size", name == "bin" ? .required : .optional), returns: .real),
            .takes(.datetime("value"), .timespan("size"), returns: .datetime),
            .takes(.timespan("value"), .timespan("size"), returns: .timespan),
            .takes(.decimal("value"), .decimal("size"), returns: .decimal),
            .takes(.datetime("value"), .long("size"), returns: .datetime),
        ],
        naming: .firstArgument,
        sql: .duckDB(binSQL)
    ) { call throws(EvaluationError) in
        switch call.resultType {
        case .real:
            return try each { (value: Double, size: Double?) -> Double? in
                let size = size ?? 1
                return size > 0 ? (value / size).rounded(.down) * size : .nan
            }(call)
        case .decimal:
            return try each { (value: Decimal, size: Decimal) -> Decimal? in
                size > 0 ? rounded(value / size, 0, .down) * size : nil
            }(call)
        default:
            return try each { (value: Int64, size: Int64?) -> Int64? in
                let size = size ?? 1
                return size > 0 ? value.floorDivided(by: size) &* size : nil
            }(call.withLongs())
        }
    }
}

/// Bins of a constant size over whole numbers, or over datetimes where whole microseconds do.
private let binSQL: SQLForms.Rule = { arguments in
    guard arguments.types.count == 2, let constant = arguments.constants[1] else { return nil }
    switch (arguments.types[0], constant) {
    case (.long, .long(let size)) where size > 0:
        return longBin(size)
    case (.timespan, .timespan(let span)) where span.ticks > 0: return longBin(span.ticks)
    case (.datetime, .timespan(let span)) where span.ticks > 0 && span.ticks % 10 == 0:
        // Ticks count from year 1, DuckDB's microseconds from 1970; both are put on the same zero.
        let size = span.ticks / 10
        let value = "(epoch_us($1) + 62135596800000000)"
        return "make_timestamp(\(value) - \(floorRemainder(value, size)) - 62135596800000000)"
    default: return nil
    }
}

private func longBin(_ size: Int64) -> String {
    "$1 - \(floorRemainder("$1", size))"
}

private func floorRemainder(_ value: String, _ size: Int64) -> String {
    "((\(value) % \(size) + \(size)) % \(size))"
}

/// Rounds to decimal places; to tens, hundreds… below 0.
func roundHalfUp(_ number: Double, _ precision: Int) -> Double {
    guard number.isFinite, precision < 16 else { return number }
    let scale = pow(10, Double(max(-300, precision)))
    let scaled = number * scale
    guard scaled.isFinite else { return number }
    // 2.675 is stored a little below; a number within rounding error of a half counts as the half.
    let rounded = (scaled + scaled.sign.factor * 0.5 * abs(scaled).ulp).rounded(.toNearestOrAwayFromZero)
    return precision < 0 ? (number * scale).rounded(.toNearestOrAwayFromZero) / scale : rounded / scale
}

extension FloatingPointSign {
    fileprivate var factor: Double { self == .minus ? -1 : 1 }
}

private func roundDecimals(_ call: ScalarCall) throws(EvaluationError) -> Column {
    try each { (number: Decimal, precision: Int64?) -> Decimal? in
        rounded(number, Int(clamping: precision ?? 0), .plain)
    }(call)
}

private func rounded(_ number: Decimal, _ places: Int, _ mode: NSDecimalNumber.RoundingMode) -> Decimal {
    var source = number
    var result = Decimal()
    NSDecimalRound(&result, &source, max(-30, min(30, places)), mode)
    return result
}

extension ScalarCall {
    /// The call with times as the ticks they are made of.
    func withLongs() -> ScalarCall {
        ScalarCall(
            arguments: arguments.map { .long($0.longs) }, isConstant: isConstant, rowCount: rowCount,
            resultType: resultType, context: context)
    }
}
