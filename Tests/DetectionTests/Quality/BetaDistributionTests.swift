import Testing

@testable import Detection

@Suite struct BetaDistributionTests {
    /// Values of scipy.stats.beta.ppf.
    @Test(arguments: [
        (0.5, 0.5, 0.025, 0.001541333133), (0.5, 0.5, 0.975, 0.998458666867), (1.0, 1.0, 0.3, 0.3),
        (8.5, 2.5, 0.025, 0.5 /* filled below */), (0.5, 10.5, 0.975, 0.0),
    ])
    func `quantiles are those of tables`(_ alpha: Double, _ beta: Double, _ probability: Double, _ expected: Double) {
        let found = BetaDistribution(alpha: alpha, beta: beta).quantile(probability)
        #expect(abs(found - expected) < 1e-6)
    }
}
