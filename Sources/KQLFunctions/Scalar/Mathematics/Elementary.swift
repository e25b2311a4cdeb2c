import Foundation
import KQLValues

/// Roots, powers, logarithms and trigonometry: reals to reals.
let elementaryFunctions: [ScalarFunction] = scalars {
    real("sqrt", "The square root; NaN of a negative number.") { $0.squareRoot() }
    real("exp", "e to the power of a number.") { exp($0) }
    real("exp2", "2 to the power of a number.") { exp2($0) }
    real("exp10", "10 to the power of a number.", naming: .anonymous) { pow(10, $0) }
    real("log", "The natural logarithm.") { log($0) }
    real("log2", "The logarithm to base 2.") { log2($0) }
    real("log10", "The logarithm to base 10.") { log10($0) }
    real("sin", "The sine of an angle in radians.") { sin($0) }
    real("cos", "The cosine of an angle in radians.") { cos($0) }
    real("tan", "The tangent of an angle in radians.") { tan($0) }
    real("asin", "The angle in radians of a sine.") { asin($0) }
    real("acos", "The angle in radians of a cosine.") { acos($0) }
    real("atan", "The angle in radians of a tangent.") { atan($0) }
    real("cot", "The cotangent of an angle in radians.", naming: .anonymous) { 1 / tan($0) }
    real("degrees", "An angle in radians as degrees.", naming: .anonymous) { $0 * 180 / .pi }
    real("radians", "An angle in degrees as radians.", naming: .anonymous) { $0 * .pi / 180 }
    real("gamma", "The gamma function.") { tgamma($0) }
    real("loggamma", "The logarithm of the absolute value of the gamma function.") { logGamma($0) }
    real("erf", "The error function.") { erf($0) }
    real("erfc", "The complementary error function.") { erfc($0) }
    real("sign", "-1, 0 or 1 as a number is negative, zero or positive.", naming: .anonymous) {
        $0 > 0 ? 1 : $0 < 0 ? -1 : 0
    }
    ScalarFunction(
        "pow", family: .mathematical, summary: "A number to the power of another.",
        signatures: [.takes(.real("base"), .real("exponent"), returns: .real)],
        evaluate: each { (base: Double, exponent: Double) in pow(base, exponent) })
    ScalarFunction(
        "atan2", family: .mathematical, summary: "The angle between the x axis and the ray to a point, y given first.",
        signatures: [.takes(.real("y"), .real("x"), returns: .real)],
        naming: .firstArgument,
        evaluate: each { (y: Double, x: Double) in atan2(y, x) })
    ScalarFunction(
        "pi", family: .mathematical, summary: "The constant π.",
        signatures: [.takes(returns: .real)]
    ) { call in
        .real(Vector(Array(repeating: Double.pi, count: call.rowCount)))
    }
    number("isnan", "Whether a real is not a number.") { $0.isNaN }
    number("isinf", "Whether a real is infinite.") { $0.isInfinite }
    number("isfinite", "Whether a real is neither infinite nor NaN.") { $0.isFinite }
}

private func real(
    _ name: String, _ summary: String, naming: ResultNaming = .firstArgument,
    _ body: @escaping @Sendable (Double) -> Double
) -> ScalarFunction {
    ScalarFunction(
        name, family: .mathematical, summary: summary,
        signatures: [
            .takes(.real("number"), returns: .real),
            .takes(.init("number", .oneOf([.decimal])), returns: .real),
        ],
        naming: naming,
        evaluate: each { (number: Double) in body(number) })
}

private func number(_ name: String, _ summary: String, _ body: @escaping @Sendable (Double) -> Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .mathematical, summary: summary,
        signatures: [.takes(.real("number"), returns: .bool)],
        evaluate: each { (number: Double) in body(number) })
}

/// ln|Γ(x)| without the global sign variable of the C library's lgamma.
func logGamma(_ x: Double) -> Double {
    let magnitude = tgamma(x)
    if magnitude.isFinite, magnitude != 0 { return log(abs(magnitude)) }
    guard x > 0 else { return .infinity }
    // Stirling's series; beyond the range of tgamma it is exact to double precision.
    let inverse = 1 / x
    let series = inverse / 12 - pow(inverse, 3) / 360 + pow(inverse, 5) / 1260
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * .pi) + series
}
