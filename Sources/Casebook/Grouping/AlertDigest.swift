internal import Chronology
internal import Vocabulary

/// The few fields of an alert that its incident is derived from.
struct AlertDigest: Sendable, Hashable {
    let id: AlertID
    let ruleID: String
    let displayName: String
    let severity: Severity
    let tactics: [Tactic]
    let techniques: [String]
    let start: Instant
    let end: Instant
    /// The entity to name in a title; empty when there is none.
    let principal: String
}

/// What an incident owes to its alerts: a function of the set of alerts, whatever the order they came in.
struct IncidentDigest: Sendable, Hashable {
    let title: String
    let severity: Severity
    /// Along the kill chain.
    let tactics: [Tactic]
    let techniques: [String]
    let firstActivity: Instant
    let lastActivity: Instant

    /// Nil without alerts.
    init?(_ alerts: [AlertDigest], mode: GroupingMode) {
        let ordered = alerts.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        guard let first = ordered.first else { return nil }
        let worst = ordered.map(\.severity).max() ?? first.severity
        let lead = mode.comesFromManyRules ? ordered.first { $0.severity == worst } ?? first : first
        severity = worst
        tactics = Set(ordered.flatMap(\.tactics)).alongKillChain
        techniques = Set(ordered.flatMap(\.techniques)).sorted()
        firstActivity = first.start
        lastActivity = ordered.map(\.end).max() ?? first.end
        title = IncidentDigest.title(
            lead: lead, isMultiStage: mode.comesFromManyRules && Set(tactics.map(\.killChainStage)).count >= 3)
    }

    /// `Multi-stage intrusion: LSASS memory read on srv-dc01`.
    private static func title(lead: AlertDigest, isMultiStage: Bool) -> String {
        var title = lead.displayName
        if !lead.principal.isEmpty, !title.lowercased().contains(lead.principal.lowercased()) {
            title += " on \(lead.principal)"
        }
        if isMultiStage { title = "Multi-stage intrusion: \(title)" }
        return String(title.prefix(CasebookLimits.titleCharacters))
    }
}

/// How an incident came to be, which decides what alerts may join it.
enum GroupingMode: Sendable, Hashable {
    /// By hand, or for one alert only.
    case separate
    /// Alerts of all rules that share entities.
    case sharedEntities
    /// Alerts of one rule with the same key.
    case rule(key: String)

    /// The form in the database.
    var text: String {
        switch self {
        case .separate: ""
        case .sharedEntities: "shared"
        case .rule(let key): "rule:" + key
        }
    }

    init(text: String) {
        switch text {
        case "": self = .separate
        case "shared": self = .sharedEntities
        default: self = .rule(key: String(text.dropFirst(5)))
        }
    }

    var comesFromManyRules: Bool { self == .sharedEntities }
}
