public import Casebook
public import Chronology
public import Vocabulary

/// What a rule would have done over a stretch of history.
public struct BacktestReport: Sendable {
    /// A day with the alerts that would have been raised on it.
    public struct Day: Sendable, Hashable {
        public var start: Instant
        public var alerts: Int
        /// Rows that the rule's tables hold for that day.
        public var rows: Int
    }

    /// An entity with the number of alerts that name it.
    public struct NamedEntity: Sendable, Hashable {
        public var entity: Entity
        public var alerts: Int
    }

    /// One of the alerts.
    public struct Sample: Sendable, Hashable {
        public var title: String
        public var severity: Severity
        public var start: Instant
        public var entities: [String]
        /// The known incidents that it would have belonged to, by number.
        public var incidents: [Int]
    }

    /// A known incident that at least one of the alerts would have hit: it shares an entity and the time.
    public struct HitIncident: Sendable, Hashable {
        public var id: IncidentID
        public var number: Int
        public var title: String
        /// Nil while nobody has classified it.
        public var verdict: Classification.Verdict?
        public var alerts: Int
    }

    public var ruleID: String
    public var ruleName: String
    public var kind: String
    public var range: TimeRange
    public var alerts = 0
    public var days: [Day] = []
    public var entities: [NamedEntity] = []
    /// The first alerts.
    public var samples: [Sample] = []
    public var incidents: [HitIncident] = []
    /// Alerts that hit no known incident.
    public var newAlerts = 0
    public var cost = Cost()
    /// Rows of each table that the rule reads, within the range.
    public var tables: [TableRows] = []
    /// What kept runs from giving an answer, each once.
    public var failures: [String] = []
    /// Why not all of the range was looked at; nil: it was.
    public var incompleteReason: String?

    /// A table with its rows.
    public struct TableRows: Sendable, Hashable {
        public var table: String
        public var rows: Int
    }

    /// What looking at the history took.
    public struct Cost: Sendable, Hashable {
        /// Queries run, and windows left out since their tables were empty.
        public var runs = 0
        public var emptyWindows = 0
        public var failedRuns = 0
        /// Results of all runs.
        public var results = 0
        public var seconds = 0.0
        public var slowestRunSeconds = 0.0
    }

    public init(rule: KnownRule, range: TimeRange) {
        ruleID = rule.id
        ruleName = rule.name
        kind = rule.kind
        self.range = range
    }

    public var alertsPerDay: Double {
        let days = range.duration.seconds / 86_400
        return days > 0 ? Double(alerts) / days : 0
    }

    /// Days on which there was something to look at; a rule without data is not proven quiet.
    public var daysWithRows: Int { days.count { $0.rows > 0 } }

    /// How many known incidents would have been hit, by what became of them; nil: not classified.
    public var verdicts: [Classification.Verdict?: Int] {
        incidents.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
    }
}

/// What a back-test must show for a rule to leave its trial by itself.
public struct PromotionBound: Sendable, Hashable {
    public var alertsPerDay: Double
    public var leastDaysWithRows: Int

    public init(alertsPerDay: Double = 1, leastDaysWithRows: Int = 7) {
        self.alertsPerDay = alertsPerDay
        self.leastDaysWithRows = leastDaysWithRows
    }

    /// Why the rule may be promoted, in words; nil when it may not.
    public func reason(_ report: BacktestReport) -> String? {
        guard report.incompleteReason == nil, report.cost.failedRuns == 0, report.daysWithRows >= leastDaysWithRows,
            report.alertsPerDay <= alertsPerDay
        else { return nil }
        let days = Int((report.range.duration.seconds / 86_400).rounded())
        return "back-test over \(days) days: \(report.alerts) alerts, at most \(Self.text(alertsPerDay)) a day allowed"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}
