public import Casebook
public import Chronology

/// What a priority is made of besides the incident itself.
public struct IncidentEvidence: Sendable, Hashable {
    /// What the incident's alerts say of how sure they are.
    public var findings: [IncidentFinding]
    /// How near the incident is to the end of its time; nil when no service level is set for it.
    public var deadline: Deadline?
    public var override: PriorityOverride?

    /// The next thing to be done about an incident, and how much of its time is used up.
    public struct Deadline: Sendable, Hashable {
        /// `acknowledge`, `contain`, `close`
        public var target: String
        /// 1: all of it.
        public var share: Double

        public init(target: String, share: Double) {
            self.target = target
            self.share = share
        }
    }

    public init(findings: [IncidentFinding] = [], deadline: Deadline? = nil, override: PriorityOverride? = nil) {
        self.findings = findings
        self.deadline = deadline
        self.override = override
    }

    public static let none = IncidentEvidence()
}

/// A score that a person has set in place of the model's.
public struct PriorityOverride: Sendable, Hashable {
    /// 0 to 100.
    public var score: Int
    public var reason: String
    /// When the model's word counts again; nil: until it is taken back.
    public var until: Instant?
    public var made: Instant
    /// Who set it.
    public var by: String

    public init(score: Int, reason: String, until: Instant?, made: Instant, by: String) {
        self.score = score
        self.reason = reason
        self.until = until
        self.made = made
        self.by = by
    }
}
