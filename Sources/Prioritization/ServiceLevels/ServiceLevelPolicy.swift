public import Chronology
public import Vocabulary

/// What is to be done about an incident in time.
public enum ServiceTarget: String, Sendable, Hashable, CaseIterable {
    /// Somebody has taken it: it has an owner or is no longer new.
    case acknowledge
    /// It spreads no further: it is labelled so, a task of containment is completed, or it is closed.
    case contain
    case close
}

/// Within what time incidents of a kind are to be acknowledged, contained and closed.
public struct ServiceLevel: Sendable, Hashable {
    public var name: String
    /// Of these severities; all when empty.
    public var severities: Set<Severity>
    /// With at least this score.
    public var score: Int
    /// A target that is not among them has no limit.
    public var limits: [ServiceTarget: TimeSpan]
    /// In whose hours the time runs; nil: day and night.
    public var calendar: BusinessCalendar?
    /// After which share of the time it warns.
    public var warning: Double

    public init(
        name: String, severities: Set<Severity> = [], score: Int = 0, limits: [ServiceTarget: TimeSpan],
        calendar: BusinessCalendar? = nil, warning: Double = 0.8
    ) {
        self.name = name
        self.severities = severities
        self.score = score
        self.limits = limits
        self.calendar = calendar
        self.warning = warning
    }
}

/// The service levels, of which the first that fits an incident counts, and what says that it is contained.
public struct ServiceLevelPolicy: Sendable, Hashable {
    public var levels: [ServiceLevel]
    /// The label that says so, in any letter case.
    public var containedLabel: String
    /// The beginning of the title of tasks that say so when they are completed, in any letter case.
    public var containmentTask: String

    public init(levels: [ServiceLevel] = [], containedLabel: String = "Contained", containmentTask: String = "Contain")
    {
        self.levels = levels
        self.containedLabel = containedLabel
        self.containmentTask = containmentTask
    }

    func level(severity: Severity, score: Int) -> ServiceLevel? {
        levels.first { ($0.severities.isEmpty || $0.severities.contains(severity)) && score >= $0.score }
    }

    /// The service level of this name.
    public func level(named name: String) -> ServiceLevel? { levels.first { $0.name == name } }
}
