public import Casebook
public import Chronology
public import JSON
public import Sigma
public import Vocabulary

/// A Microsoft Sentinel analytics rule: a KQL query whose results make alerts.
public struct AnalyticsRule: Sendable, Identifiable {
    /// A GUID in lower case; a rule without one has an id made of its name.
    public var id: String
    public var name: String
    public var description: String
    public var severity: Severity
    public var tactics: [Tactic] = []
    /// Technique and sub-technique identifiers, `T1110.003`.
    public var techniques: [String] = []
    public var query: String
    public var timing: RuleTiming
    public var eventGrouping: EventGrouping = .singleAlert
    /// How long no run is made after one that raised an alert; nil: no suppression.
    public var suppression: TimeSpan?
    public var entityMappings: [EntityMapping] = []
    /// Columns that hold JSON of entities.
    public var entityColumns: [String] = []
    /// From the detail's key to the column.
    public var customDetails: OrderedDictionary<String, String> = [:]
    public var alertOverride = AlertOverride()
    public var incident = IncidentConfiguration()
    public var isEnabled = true
    public var version: String = ""
    /// The template that the rule was made of; empty: none.
    public var templateID: String = ""
    public var status: String = ""
    public var tags: [String] = []
    public var dataConnectors: [DataConnector] = []
    /// Where the rule and its query were read.
    public var position: SigmaPosition

    public init(
        id: String, name: String, description: String = "", severity: Severity, query: String, timing: RuleTiming,
        position: SigmaPosition = SigmaPosition(file: "")
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.severity = severity
        self.query = query
        self.timing = timing
        self.position = position
    }
}

/// When a rule runs and what it then looks at.
public enum RuleTiming: Sendable, Hashable {
    case scheduled(Schedule)
    /// Every minute, over what was ingested since the last run; any result raises an alert.
    case nearRealTime

    public struct Schedule: Sendable, Hashable {
        public var frequency: TimeSpan
        /// How far back a run looks; at least the frequency.
        public var period: TimeSpan
        public var trigger: RuleTrigger

        public init(frequency: TimeSpan, period: TimeSpan, trigger: RuleTrigger = RuleTrigger()) {
            self.frequency = frequency
            self.period = period
            self.trigger = trigger
        }
    }

    /// The rule kind's name in files and in the API.
    public var kind: String {
        switch self {
        case .scheduled: "Scheduled"
        case .nearRealTime: "NRT"
        }
    }

    /// The condition on the number of results.
    public var trigger: RuleTrigger {
        switch self {
        case .scheduled(let schedule): schedule.trigger
        case .nearRealTime: RuleTrigger()
        }
    }
}

/// The condition that the number of a run's results must meet to raise an alert.
public struct RuleTrigger: Sendable, Hashable {
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case greaterThan = "GreaterThan"
        case lessThan = "LessThan"
        case equal = "Equal"
        case notEqual = "NotEqual"

        /// Reads the long name or `gt`, `lt`, `eq`, `ne`, in any letter case.
        public init?(lenient text: some StringProtocol) {
            switch text.lowercased() {
            case "gt", "greaterthan": self = .greaterThan
            case "lt", "lessthan": self = .lessThan
            case "eq", "equal", "equals": self = .equal
            case "ne", "notequal", "notequals": self = .notEqual
            default: return nil
            }
        }
    }

    public var `operator`: Operator
    public var threshold: Int

    public init(_ operator: Operator = .greaterThan, _ threshold: Int = 0) {
        self.operator = `operator`
        self.threshold = threshold
    }

    public func isMet(by count: Int) -> Bool {
        switch self.operator {
        case .greaterThan: count > threshold
        case .lessThan: count < threshold
        case .equal: count == threshold
        case .notEqual: count != threshold
        }
    }
}

/// Whether a run makes one alert of all its results or one of each.
public enum EventGrouping: String, Sendable, Hashable, CaseIterable {
    case singleAlert = "SingleAlert"
    case alertPerResult = "AlertPerResult"
}

/// Which connector brings the data that a rule reads.
public struct DataConnector: Sendable, Hashable {
    public var connectorID: String
    public var dataTypes: [String]

    public init(connectorID: String, dataTypes: [String]) {
        self.connectorID = connectorID
        self.dataTypes = dataTypes
    }
}

/// Whether and how a rule's alerts become incidents.
public struct IncidentConfiguration: Sendable, Hashable {
    public var createsIncident: Bool
    public var grouping: AlertGrouping

    public init(createsIncident: Bool = true, grouping: AlertGrouping = .sharedEntities()) {
        self.createsIncident = createsIncident
        self.grouping = grouping
    }
}
