import Foundation
import JSON
import KQLValues

/// Arithmetic and comparison of series, element by element.
let elementwiseSeries: [ScalarFunction] = scalars {
    calculation("series_add", "The sums of the elements.", Adding.self)
    calculation("series_subtract", "The differences of the elements.", Subtracting.self)
    calculation("series_multiply", "The products of the elements.", Multiplying.self)
    pairwise("series_divide", "The quotients of the elements.") { .double($0 / $1) }
    pairwise("series_pow", "The elements to the power of the others.") { .double(pow($0, $1)) }
    pairwise("series_greater", "Whether the elements are greater.") { .bool($0 > $1) }
    pairwise("series_greater_equals", "Whether the elements are greater or equal.") { .bool($0 >= $1) }
    pairwise("series_less", "Whether the elements are less.") { .bool($0 < $1) }
    pairwise("series_less_equals", "Whether the elements are less or equal.") { .bool($0 <= $1) }
    pairwise("series_equals", "Whether the elements are equal.") { .bool($0 == $1) }
    pairwise("series_not_equals", "Whether the elements differ.") { .bool($0 != $1) }
    single("series_abs", "The absolute values.") { abs($0) }
    single("series_sin", "The sines.") { sin($0) }
    single("series_cos", "The cosines.") { cos($0) }
    single("series_tan", "The tangents.") { tan($0) }
    single("series_asin", "The arcsines.") { asin($0) }
    single("series_acos", "The arccosines.") { acos($0) }
    single("series_atan", "The arctangents.") { atan($0) }
    single("series_exp", "e to the power of the elements.") { exp($0) }
    single("series_log", "The natural logarithms.") { log($0) }
    single("series_floor", "The elements rounded down.") { $0.rounded(.down) }
    single("series_ceiling", "The elements rounded up.") { $0.rounded(.up) }
    ScalarFunction(
        "series_sign", family: .series, summary: "-1, 0 or 1 as the elements are negative, zero or positive.",
        signatures: [.takes(.dynamic("series"), returns: .dynamic)],
        evaluate: each { (series: JSON) -> JSON? in
            Series(series).map { .array($0.values.map { $0.map { .int($0 > 0 ? 1 : $0 < 0 ? -1 : 0) } ?? .null }) }
        })
}

private let pairs: [Signature] = [
    .takes(.dynamic("series1"), .dynamic("series2"), returns: .dynamic),
    .takes(.dynamic("series1"), .number("series2"), returns: .dynamic),
    .takes(.number("series1"), .dynamic("series2"), returns: .dynamic),
]

/// The elements of both sides by position; a plain number stands at every position.
private func aligned(_ first: JSON, _ second: JSON, _ body: (JSON, JSON) -> JSON) -> JSON? {
    switch (first.arrayValue, second.arrayValue) {
    case (let left?, let right?):
        return .array(
            (0..<max(left.count, right.count)).map { index in
                body(index < left.count ? left[index] : .null, index < right.count ? right[index] : .null)
            })
    case (let left?, nil): return .array(left.map { body($0, second) })
    case (nil, let right?): return .array(right.map { body(first, $0) })
    case (nil, nil): return nil
    }
}

private func pairwise(
    _ name: String, _ summary: String, _ body: @escaping @Sendable (Double, Double) -> JSON
) -> ScalarFunction {
    ScalarFunction(
        name, family: .series, summary: summary, signatures: pairs,
        evaluate: each { (first: JSON, second: JSON) -> JSON? in
            aligned(first, second) { left, right in
                guard let left = left.seriesNumber, let right = right.seriesNumber else { return .null }
                return body(left, right)
            }
        })
}

/// Whole numbers stay whole.
private func calculation<C: Calculating>(_ name: String, _ summary: String, _: C.Type) -> ScalarFunction {
    ScalarFunction(
        name, family: .series, summary: summary, signatures: pairs,
        evaluate: each { (first: JSON, second: JSON) -> JSON? in
            aligned(first, second) { left, right in
                if case .int(let left) = left, case .int(let right) = right {
                    return C.of(left, right).map { .int($0) } ?? .null
                }
                guard let left = left.seriesNumber, let right = right.seriesNumber else { return .null }
                return C.of(left, right).map { .double($0) } ?? .null
            }
        })
}

private func single(_ name: String, _ summary: String, _ body: @escaping @Sendable (Double) -> Double) -> ScalarFunction
{
    ScalarFunction(
        name, family: .series, summary: summary,
        signatures: [.takes(.dynamic("series"), returns: .dynamic)],
        evaluate: each { (series: JSON) -> JSON? in
            Series(series).map { .array($0.values.map { $0.map { .double(body($0)) } ?? .null }) }
        })
}
