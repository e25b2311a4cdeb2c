public import Chronology
public import Vocabulary

/// How an alert finds its incident.
public enum AlertGrouping: Sendable, Hashable {
    /// Each alert gets an incident of its own (a rule with grouping disabled).
    case separate
    /// Alerts of all rules that share an account, host or address within a window make one incident: the default for
    /// rules that say nothing about grouping.
    case sharedEntities(SharedEntityGrouping = SharedEntityGrouping())
    /// As a rule's `groupingConfiguration` says; only alerts of that rule come together.
    case rule(GroupingConfiguration)
}

/// Grouping of alerts of all rules by the entities that they share.
public struct SharedEntityGrouping: Sendable, Hashable {
    /// The longest gap between the activities of two alerts that belong together.
    public var window: TimeSpan
    /// The kinds of entity that tie alerts together.
    public var kinds: Set<EntityKind>
    /// An alert that names more entities of a kind than this is not tied by that kind: a password spray names half of
    /// the organisation, and is tied to what follows by its address.
    public var mostPerKind: Int

    public init(
        window: TimeSpan = .hours(24),
        kinds: Set<EntityKind> = [.account, .host, .ip],
        mostPerKind: Int = 10
    ) {
        self.window = window
        self.kinds = kinds
        self.mostPerKind = mostPerKind
    }

    /// The entities that may tie an alert to others.
    func ties(of alert: NewAlert) -> [Entity] {
        kinds.sorted { $0.rawValue < $1.rawValue }.flatMap { kind -> [Entity] in
            let named = alert.entities.filter { $0.kind == kind }
            return named.count > mostPerKind ? [] : named.filter(\.tiesAlerts)
        }
    }
}

/// A rule's `groupingConfiguration`, as in analytics rules.
public struct GroupingConfiguration: Sendable, Hashable {
    public enum MatchingMethod: Sendable, Hashable {
        /// Every alert of the rule joins.
        case anyAlert
        /// All entities are the same.
        case allEntities
        /// The entities of the listed kinds and the listed details are the same.
        case selected(Selection)
    }

    /// What must be the same under `selected`.
    public struct Selection: Sendable, Hashable {
        public var entityKinds: Set<EntityKind>
        public var alertDetails: Set<AlertDetail>
        public var customDetails: Set<String>

        public init(
            entityKinds: Set<EntityKind> = [],
            alertDetails: Set<AlertDetail> = [],
            customDetails: Set<String> = []
        ) {
            self.entityKinds = entityKinds
            self.alertDetails = alertDetails
            self.customDetails = customDetails
        }
    }

    public enum AlertDetail: String, Sendable, Hashable, CaseIterable {
        case displayName = "DisplayName"
        case severity = "Severity"
    }

    public var matchingMethod: MatchingMethod
    /// How far the alert and another alert of the incident may lie apart; 5 minutes to 7 days in rules.
    public var lookback: TimeSpan
    /// A matching alert reopens a closed incident instead of opening a new one.
    public var reopensClosedIncident: Bool

    public init(
        matchingMethod: MatchingMethod = .allEntities,
        lookback: TimeSpan = .hours(5),
        reopensClosedIncident: Bool = false
    ) {
        self.matchingMethod = matchingMethod
        self.lookback = lookback
        self.reopensClosedIncident = reopensClosedIncident
    }
}

/// What became of an alert that was recorded.
public struct RecordedAlert: Sendable, Hashable {
    public let alertID: AlertID
    /// Nil when no incident was wanted.
    public let incidentID: IncidentID?
    /// False when the alert had been recorded before; then nothing was changed.
    public let isNew: Bool
    /// True when the alert joined an incident that existed.
    public let wasGrouped: Bool
}
