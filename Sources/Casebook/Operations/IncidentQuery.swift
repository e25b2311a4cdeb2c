public import Chronology
public import Vocabulary

/// Which incidents to list, in which order, and which page of them.
public struct IncidentQuery: Sendable, Hashable {
    public var filter: IncidentFilter
    public var order: IncidentOrder
    /// At most 1,000.
    public var limit: Int
    public var offset: Int
    public var detail: IncidentDetail

    public init(
        _ filter: IncidentFilter = .all,
        order: IncidentOrder = .queue,
        limit: Int = 50,
        offset: Int = 0,
        detail: IncidentDetail = .full
    ) {
        self.filter = filter
        self.order = order
        self.limit = limit
        self.offset = offset
        self.detail = detail
    }
}

/// How much of each incident a list holds.
public enum IncidentDetail: Sendable, Hashable {
    /// All.
    case full
    /// No identifiers of alerts, and the first 24 entities only: for pages that show a line per incident.
    case summary

    static let entitiesOfSummary = 24
}

/// A condition on incidents.
public indirect enum IncidentFilter: Sendable, Hashable {
    case all
    case and([IncidentFilter])
    case or([IncidentFilter])
    case not(IncidentFilter)
    case status(Set<IncidentStatus>)
    case severity(Set<Severity>)
    case classification(Set<Classification.Verdict>)
    case classificationReason(Set<Classification.Reason>)
    /// The owner's object id, principal name, mail address or name, in any letter case.
    case owner(String)
    case unassigned
    case label(String)
    /// Any label whose name passes the test.
    case labelText(TextTest, String)
    case tactic(Tactic)
    case rule(String)
    case product(String)
    case entity(EntityID)
    case alert(AlertID)
    case ids([IncidentID])
    case number(ClosedRange<Int>)
    /// Priority scores from, to; incidents without a score count as 0.
    case score(ClosedRange<Int>)
    case time(IncidentTimeField, TimeRange)
    case text(IncidentTextField, TextTest, String)
    /// What `Casebook.search` looks in holds the words; of very many matches the newest count.
    case search(String)
}

/// A time of an incident that can be filtered and ordered by.
public enum IncidentTimeField: String, Sendable, Hashable, CaseIterable {
    case createdTime, lastModifiedTime, firstActivityTime, lastActivityTime, closedTime
}

/// A text of an incident that can be filtered by.
public enum IncidentTextField: String, Sendable, Hashable, CaseIterable {
    case id, title, description, providerName, classificationComment, ownerName, ownerEmail, ownerObjectID
    case ownerPrincipalName
}

/// How a text is compared; all disregard letter case.
public enum TextTest: Sendable, Hashable, CaseIterable {
    case equals, contains, startsWith, endsWith
}

/// The order of a list of incidents; ties are broken by number, newest first.
public enum IncidentOrder: Sendable, Hashable {
    /// Open before closed, then by score, then newest first: the work queue.
    case queue
    case by(Field, descending: Bool)

    public enum Field: String, Sendable, Hashable, CaseIterable {
        case score, severity, status, title, number, createdTime, lastModifiedTime, firstActivityTime, lastActivityTime
        case closedTime
    }
}

/// One page of a list.
public struct IncidentPage: Sendable, Hashable {
    public let incidents: [Incident]
    /// How many incidents the filter has in all.
    public let total: Int

    public init(incidents: [Incident], total: Int) {
        self.incidents = incidents
        self.total = total
    }
}

/// Figures for the overview.
public struct IncidentCounts: Sendable, Hashable {
    public var byStatus: [IncidentStatus: Int]
    public var openBySeverity: [Severity: Int]
    public var openUnassigned: Int
    public var openTactics: [Tactic: Int]
    public var closedByVerdict: [Classification.Verdict: Int]
    /// Alerts recorded in all.
    public var alerts: Int
    /// Means over the closed incidents, where there are any: creation to first change, creation to closing.
    public var meanTimeToTriage: TimeSpan?
    public var meanTimeToClose: TimeSpan?
}
