import Testing

@testable import Detection

@Suite struct BetaDistributionTests {
    /// Values of SciPy's `beta.ppf`, which is an implementation of its own (Boost).
    @Test(arguments: [
        (0.5, 0.5, 0.025, 0.001541333133436), (1.0, 1.0, 0.3, 0.3), (8.5, 2.5, 0.025, 0.497225503560007),
        (0.5, 10.5, 0.975, 0.217196267509211), (120.5, 3.5, 0.025, 0.936349364871739),
        (2000.5, 1000.5, 0.975, 0.683368297896733),
    ])
    func `quantiles are those of another implementation`(
        _ alpha: Double, _ beta: Double, _ probability: Double, _ expected: Double
    ) {
        let found = BetaDistribution(alpha: alpha, beta: beta).quantile(probability)
        #expect(abs(found - expected) < 1e-9)
    }

    @Test func `a share that was never measured may be anything`() {
        let share = MeasuredShare(count: 0, of: 0)
        #expect(share.mean == 0.5 && share.lower == 0 && share.upper == 1)
        #expect(share.text == "not measured")
        #expect(MeasuredShare(count: 8, of: 10).text == "80 % (50–96 %)")
        #expect(MeasuredShare(count: 0, of: 10).upper < 0.25)
    }
}
