public import Chronology
public import Vocabulary

/// The analytics rules as the portal lists them.
public struct RuleListing: Sendable {
    public let rules: [RuleOverview]
    /// What was wrong with rule files: where, and what to do.
    public let findings: [Finding]

    public struct Finding: Sendable {
        public let place: String
        public let message: String

        public init(place: String, message: String) {
            self.place = place
            self.message = message
        }
    }

    public init(rules: [RuleOverview], findings: [Finding]) {
        self.rules = rules
        self.findings = findings
    }
}

/// One rule as the portal shows it.
public struct RuleOverview: Sendable {
    /// What a rule is doing.
    public enum State: Sendable, Equatable {
        case healthy
        /// It ran and failed; the reason is shown.
        case failing(String)
        case disabled(String)
        /// Matched against every event as it comes in.
        case streaming
        /// Its first run is still to come.
        case waiting
    }

    public var id: String
    public var name: String
    public var severity: Severity
    /// `Scheduled`, `NRT`, `Sigma`.
    public var kind: String
    public var tactics: [Tactic]
    public var techniques: [String]
    /// In words: `every 1 h over the last 1 d`.
    public var schedule: String
    public var state: State
    public var lastRun: Instant?
    public var nextRun: Instant?
    public var alertCount: Int
    /// How the last run came by the rows of its look-back, in words; nil where there is nothing to choose.
    public var reading: String?
    public var description: String
    /// The query, or the rule file's text.
    public var body: String
    public var isQuery: Bool
    public var file: String

    public init(
        id: String, name: String, severity: Severity, kind: String, tactics: [Tactic], techniques: [String],
        schedule: String, state: State, lastRun: Instant?, nextRun: Instant?, alertCount: Int, description: String,
        body: String, isQuery: Bool, file: String
    ) {
        self.id = id
        self.name = name
        self.severity = severity
        self.kind = kind
        self.tactics = tactics
        self.techniques = techniques
        self.schedule = schedule
        self.state = state
        self.lastRun = lastRun
        self.nextRun = nextRun
        self.alertCount = alertCount
        self.description = description
        self.body = body
        self.isQuery = isQuery
        self.file = file
    }
}
