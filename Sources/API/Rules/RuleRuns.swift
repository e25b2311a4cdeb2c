public import Chronology
public import Vocabulary

/// Runs of analytics rules that a person or a program asks for.
public protocol RuleRuns: Sendable {
    /// Runs a rule as its schedule would with that nominal time.
    ///
    /// - Returns: nil when there is no such rule.
    func run(rule id: String, nominalTime: Instant) async throws -> RuleRunOutcome?

    /// Runs a rule over each window of its schedule whose nominal time lies in a range.
    ///
    /// - Returns: nil when there is no such rule.
    func rerun(rule id: String, _ range: TimeRange) async throws -> [RuleRunOutcome]?

    /// The latest runs of a rule, the newest first.
    func latest(rule id: String, limit: Int) async throws -> [RuleRunOutcome]
}

/// What became of a run.
public struct RuleRunOutcome: Sendable, Hashable {
    public var ruleID: String
    public var time: Instant
    public var window: TimeRange
    public var succeeded: Bool
    /// What happened, in a sentence.
    public var message: String
    public var results: Int
    /// Alerts that were new.
    public var alerts: Int
    public var seconds: Double

    public init(
        ruleID: String, time: Instant, window: TimeRange, succeeded: Bool, message: String, results: Int, alerts: Int,
        seconds: Double
    ) {
        self.ruleID = ruleID
        self.time = time
        self.window = window
        self.succeeded = succeeded
        self.message = message
        self.results = results
        self.alerts = alerts
        self.seconds = seconds
    }
}
