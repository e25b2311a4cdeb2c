/// How often incidents of a rule turned out to be true positives, as far as analysts have classified them.
public struct RulePrecision: Sendable, Hashable {
    public var ruleName: String
    public var truePositives: Int
    /// Incidents with a verdict that tells something.
    public var classified: Int
    /// The 95 % credible interval of the share, 0 to 1.
    public var lower: Double
    public var upper: Double

    public init(ruleName: String, truePositives: Int, classified: Int, lower: Double, upper: Double) {
        self.ruleName = ruleName
        self.truePositives = truePositives
        self.classified = classified
        self.lower = lower
        self.upper = upper
    }

    /// How far the rule is proved right (up to 1) or wrong (down to −1); 0 while the interval holds one half, so that a
    /// few classifications move nothing.
    var evidence: Double {
        if lower > 0.5 { return 2 * lower - 1 }
        if upper < 0.5 { return 2 * upper - 1 }
        return 0
    }
}
