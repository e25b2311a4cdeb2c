public import Casebook
public import Chronology

/// How good a rule's alerts are, measured by what analysts made of its incidents.
public struct RuleQuality: Sendable, Hashable {
    public var ruleID: String
    /// Alerts since the beginning, and within the days looked at.
    public var alerts = 0
    public var recentAlerts = 0
    /// Days looked at: fewer while the rule is younger.
    public var days = 0.0
    /// Recent alerts by day, the oldest first.
    public var alertsByDay: [Int] = []
    /// Incidents with alerts of the rule, by what they were classified as.
    public var verdicts: [Classification.Verdict: Int] = [:]
    /// Incidents that nobody has classified yet.
    public var openIncidents = 0
    /// The median time from an incident's creation until a person first touched it.
    public var timeToTriage: TimeSpan?
    public var lastAlert: Instant?

    public init(ruleID: String) {
        self.ruleID = ruleID
    }

    public var alertsPerDay: Double { days > 0 ? Double(recentAlerts) / days : 0 }

    /// How often an incident of the rule is a true positive.
    public var precision: MeasuredShare {
        MeasuredShare(count: verdicts[.truePositive] ?? 0, of: judged)
    }

    /// How often the rule found what it looks for, though it may have been expected: true and benign positives.
    public var correctness: MeasuredShare {
        MeasuredShare(count: (verdicts[.truePositive] ?? 0) + (verdicts[.benignPositive] ?? 0), of: judged)
    }

    /// Alerts a day that lead to nothing, as far as is known: what a noisy rule costs.
    public var noisePerDay: Double { alertsPerDay * (1 - precision.mean) }

    /// Incidents with a verdict that tells something.
    public var judged: Int {
        verdicts.reduce(0) { $1.key == .undetermined ? $0 : $0 + $1.value }
    }
}

/// A share out of some cases, with what it may be by chance: the posterior under the Jeffreys prior.
public struct MeasuredShare: Sendable, Hashable {
    public let count: Int
    public let total: Int
    /// The posterior's mean; 0.5 while there are no cases.
    public let mean: Double
    /// The 95 % credible interval.
    public let lower: Double
    public let upper: Double

    public init(count: Int, of total: Int) {
        self.count = count
        self.total = total
        let posterior = BetaDistribution(alpha: Double(count) + 0.5, beta: Double(total - count) + 0.5)
        mean = posterior.mean
        // At the ends the interval is closed: nothing speaks against a share of 0 or 1.
        lower = count == 0 ? 0 : posterior.quantile(0.025)
        upper = count == total ? 1 : posterior.quantile(0.975)
    }

    /// `88 % (72–96 %)`; while there are no cases `not measured`.
    public var text: String {
        guard total > 0 else { return "not measured" }
        return "\(Self.percent(Double(count) / Double(total))) % (\(Self.percent(lower))–\(Self.percent(upper)) %)"
    }

    private static func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
}
