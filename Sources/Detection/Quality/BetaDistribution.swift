internal import KQLFunctions

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
        regularizedBeta(x, alpha, beta)
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
}
