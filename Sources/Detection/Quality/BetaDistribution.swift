internal import Foundation

/// The beta distribution: what is known of a share after some trials.
struct BetaDistribution: Sendable, Hashable {
    let alpha: Double
    let beta: Double

    /// Both parameters must be greater than 0.
    init(alpha: Double, beta: Double) {
        self.alpha = max(alpha, .leastNormalMagnitude)
        self.beta = max(beta, .leastNormalMagnitude)
    }

    var mean: Double { alpha / (alpha + beta) }

    /// The probability that the share is at most `x`: the regularised incomplete beta function.
    func cumulative(_ x: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let front = exp(
            lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta) + alpha * log(x) + beta * log1p(-x))
        if x < (alpha + 1) / (alpha + beta + 2) {
            return front * Self.fraction(x, alpha, beta) / alpha
        }
        return 1 - front * Self.fraction(1 - x, beta, alpha) / beta
    }

    /// The share below which the true one lies with a probability, by bisection to 1e-12.
    func quantile(_ probability: Double) -> Double {
        var low = 0.0
        var high = 1.0
        while high - low > 1e-12 {
            let middle = (low + high) / 2
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    private static let mostSteps = 500

    /// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...mostSteps {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }
}
