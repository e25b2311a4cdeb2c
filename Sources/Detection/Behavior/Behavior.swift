public import Chronology
public import Sigma
public import Vocabulary

/// A query on a schedule that finds unusual behaviour: what it gives is written to a table instead of raising alerts.
public struct Behavior: Sendable, Identifiable {
    /// Where the results go, each table with the columns that Sentinel gives it.
    public enum Destination: String, Sendable, Hashable, CaseIterable {
        /// What is unusual enough to be looked at by itself; a result needs a `Score` from 0 to 1.
        case anomalies = "Anomalies"
        /// Activities with what is unusual about each; a result needs the `TimeGenerated` of the activity.
        case behaviorAnalytics = "BehaviorAnalytics"

        /// The column without which a result says nothing.
        var requiredColumn: String {
            switch self {
            case .anomalies: "Score"
            case .behaviorAnalytics: "TimeGenerated"
            }
        }
    }

    /// A GUID in lower case.
    public var id: String
    public var name: String
    public var description: String
    public var destination: Destination
    /// Gives columns named as the destination's; others become properties of the row.
    public var query: String
    public var frequency: TimeSpan
    /// How far back a run looks: the time under examination and the past that it is compared with.
    public var period: TimeSpan
    public var tactics: [Tactic] = []
    /// Technique and sub-technique identifiers, `T1110.003`.
    public var techniques: [String] = []
    public var entityMappings: [EntityMapping] = []
    public var isEnabled = true
    public var version = ""
    /// Where the behaviour's query was read.
    public var position: SigmaPosition

    public init(
        id: String, name: String, description: String = "", destination: Destination, query: String,
        frequency: TimeSpan, period: TimeSpan, position: SigmaPosition = SigmaPosition(file: "")
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.destination = destination
        self.query = query
        self.frequency = frequency
        self.period = period
        self.position = position
    }

    /// The schedule, as the state machine of rules knows it.
    var timing: RuleTiming { .scheduled(RuleTiming.Schedule(frequency: frequency, period: period)) }

    /// A rule that raises an alert where the behaviour writes a row, so that it can be tested as rules are.
    var asRule: AnalyticsRule {
        var rule = AnalyticsRule(
            id: id, name: name, description: description, severity: .informational, query: query, timing: timing,
            position: position)
        rule.entityMappings = entityMappings
        rule.eventGrouping = .alertPerResult
        return rule
    }
}
