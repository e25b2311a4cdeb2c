public import Chronology
public import Vocabulary

/// What became of one run of a rule.
public struct RuleHealth: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case success = "Success"
        /// The run will be tried again.
        case retried = "Retried"
        case failure = "Failure"
        /// The failure disabled the rule.
        case disabled = "Disabled"
    }

    public var time: Instant
    public var ruleID: String
    public var ruleName: String
    public var status: Status
    /// What happened, in a sentence.
    public var message: String
    public var window: TimeRange
    public var results: Int
    public var alerts: Int
    /// How long the run took.
    public var seconds: Double
    /// The rule's kind, as in files and in the API.
    public var kind = "Scheduled"
    /// A person asked for the run.
    public var isManual = false
    /// How the run came by the rows of its look-back; nil: it failed, its events were matched in the stream, or it is not
    /// known any more.
    public var reading: LookBackReading?

    public init(
        time: Instant, ruleID: String, ruleName: String, status: Status, message: String, window: TimeRange,
        results: Int = 0, alerts: Int = 0, seconds: Double = 0
    ) {
        self.time = time
        self.ruleID = ruleID
        self.ruleName = ruleName
        self.status = status
        self.message = message
        self.window = window
        self.results = results
        self.alerts = alerts
        self.seconds = seconds
    }
}
