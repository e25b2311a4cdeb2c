import Foundation
import KQLValues

/// The beta distribution and Welch's test.
let distributionFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "beta_cdf", family: .mathematical, summary: "The standard cumulative beta distribution.",
        signatures: betaSignatures("x"),
        evaluate: each { (x: Double, alpha: Double, beta: Double) -> Double? in
            guard (0...1).contains(x), beta > 0 else { return .nan }
            return alpha > 0 ? regularizedBeta(x, alpha, beta) : 1
        })
    ScalarFunction(
        "beta_pdf", family: .mathematical, summary: "The density of the standard beta distribution.",
        signatures: betaSignatures("x"),
        evaluate: each { (x: Double, alpha: Double, beta: Double) -> Double? in
            guard (0...1).contains(x), alpha > 0, beta > 0 else { return .nan }
            return pow(x, alpha - 1) * pow(1 - x, beta - 1) / exp(logBeta(alpha, beta))
        })
    ScalarFunction(
        "beta_inv", family: .mathematical, summary: "The inverse of the cumulative beta distribution.",
        signatures: betaSignatures("probability"),
        evaluate: each { (probability: Double, alpha: Double, beta: Double) -> Double? in
            guard (0...1).contains(probability) else { return nil }
            guard alpha > 0, beta > 0 else { return .nan }
            var (low, high) = (0.0, 1.0)
            for _ in 0..<200 {
                let middle = (low + high) / 2
                if regularizedBeta(middle, alpha, beta) < probability { low = middle } else { high = middle }
            }
            return (low + high) / 2
        })
    ScalarFunction(
        "welch_test", family: .mathematical,
        summary: "The p value of Welch's test that two samples have the same mean.",
        signatures: [
            .takes(
                .real("mean1"), .real("variance1"), .real("count1"), .real("mean2"), .real("variance2"),
                .real("count2"),
                returns: .real)
        ],
        evaluate: eachList { (values: [Double]) -> Double? in
            let (first, second) = (values[1] / values[2], values[4] / values[5])
            let statistic = (values[0] - values[3]) / (first + second).squareRoot()
            let freedom =
                pow(first + second, 2) / (first * first / (values[2] - 1) + second * second / (values[5] - 1))
            return regularizedBeta(freedom / (freedom + statistic * statistic), freedom / 2, 0.5)
        })
}

private func betaSignatures(_ first: String) -> [Signature] {
    [.takes(.real(first), .real("alpha"), .real("beta"), returns: .real)]
}

private func logBeta(_ alpha: Double, _ beta: Double) -> Double {
    logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta)
}

/// The regularized incomplete beta function (DLMF 8.17), 0 to 1, by its continued fraction with the method of Lentz (Numerical
/// Recipes, 6.4). The parameters `a` and `b` must be greater than 0.
public func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(a * log(x) + b * log(1 - x) - logBeta(a, b))
    return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b
}

private func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func bounded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / bounded(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...500 {
        let m = Double(step)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / bounded(1 + even * d)
        c = bounded(1 + even / c)
        result *= d * c
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / bounded(1 + odd * d)
        c = bounded(1 + odd / c)
        result *= d * c
        if abs(d * c - 1) < 1e-16 { break }
    }
    return result
}
