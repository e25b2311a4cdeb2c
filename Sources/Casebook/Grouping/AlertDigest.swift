internal import Chronology
internal import Vocabulary

/// The few fields of an alert that its incident is derived from.
struct AlertDigest: Sendable, Hashable {
    let id: AlertID
    let ruleID: String
    let product: String
    let displayName: String
    let severity: Severity
    let tactics: [Tactic]
    let techniques: [String]
    let start: Instant
    let end: Instant
    /// The entity to name in a title; empty when there is none.
    let principal: String
}

extension AlertDigest {
    init(_ alert: NewAlert, id: AlertID) {
        self.init(
            id: id, ruleID: alert.ruleID, product: alert.productName, displayName: alert.displayName,
            severity: alert.severity, tactics: alert.tactics, techniques: alert.techniques, start: alert.startTime,
            end: alert.endTime, principal: alert.principal)
    }
}

/// What an incident owes to its alerts: a function of the set of alerts, whatever the order they came in (but for the
/// lists of rules and products, which are in the order of recording).
///
/// It is kept with the incident, and takes alerts in one by one, so that an alert costs the same however many there are.
struct IncidentDigest: Sendable, Hashable {
    /// The alert that gives the title.
    struct Lead: Sendable, Hashable {
        let id: AlertID
        let severity: Severity
        let start: Instant
        let displayName: String
        let principal: String
    }

    var lead: Lead
    var severity: Severity
    /// Along the kill chain.
    var tactics: [Tactic]
    var techniques: [String]
    var firstActivity: Instant
    var lastActivity: Instant
    /// Without repetition, as they were recorded.
    var ruleIDs: [String]
    var products: [String]
}

extension IncidentDigest {
    init(of alert: AlertDigest) {
        lead = Lead(alert)
        severity = alert.severity
        tactics = Set(alert.tactics).alongKillChain
        techniques = Set(alert.techniques).sorted()
        firstActivity = alert.start
        lastActivity = alert.end
        ruleIDs = alert.ruleID.isEmpty ? [] : [alert.ruleID]
        products = alert.product.isEmpty ? [] : [alert.product]
    }

    /// Nil without alerts.
    init?(_ alerts: [AlertDigest], mode: GroupingMode) {
        guard let first = alerts.first else { return nil }
        self.init(of: first)
        for alert in alerts.dropFirst() { take(alert, mode: mode) }
    }

    /// Takes in an alert, or one that was taken in before and has grown since.
    mutating func take(_ alert: AlertDigest, mode: GroupingMode) {
        let candidate = Lead(alert)
        if candidate.id == lead.id || candidate.comes(before: lead, mode: mode) { lead = candidate }
        severity = max(severity, alert.severity)
        if !alert.tactics.allSatisfy(tactics.contains) { tactics = Set(tactics + alert.tactics).alongKillChain }
        if !alert.techniques.allSatisfy(techniques.contains) {
            techniques = Set(techniques + alert.techniques).sorted()
        }
        firstActivity = min(firstActivity, alert.start)
        lastActivity = max(lastActivity, alert.end)
        if !alert.ruleID.isEmpty, !ruleIDs.contains(alert.ruleID) { ruleIDs.append(alert.ruleID) }
        if !alert.product.isEmpty, !products.contains(alert.product) { products.append(alert.product) }
    }

    /// `Multi-stage intrusion: LSASS memory read on srv-dc01`.
    func title(mode: GroupingMode) -> String {
        var title = lead.displayName
        if !lead.principal.isEmpty, !title.lowercased().contains(lead.principal.lowercased()) {
            title += " on \(lead.principal)"
        }
        let isMultiStage = mode.comesFromManyRules && Set(tactics.map(\.killChainStage)).count >= 3
        if isMultiStage { title = "Multi-stage intrusion: \(title)" }
        return String(title.prefix(CasebookLimits.titleCharacters))
    }
}

extension IncidentDigest.Lead {
    init(_ alert: AlertDigest) {
        self.init(
            id: alert.id, severity: alert.severity, start: alert.start, displayName: alert.displayName,
            principal: alert.principal)
    }

    /// The earliest leads; of many rules' alerts the earliest of the most severe.
    fileprivate func comes(before other: Self, mode: GroupingMode) -> Bool {
        if mode.comesFromManyRules, severity != other.severity { return severity > other.severity }
        return (start, id) < (other.start, other.id)
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
