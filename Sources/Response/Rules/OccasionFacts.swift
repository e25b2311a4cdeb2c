internal import Casebook

/// What the rules of one occasion are judged on: its subject as earlier rules left it, read when the first rule asks.
struct OccasionFacts {
    private let occasion: RuleOccasion
    private let casebook: Casebook
    private var incident: Incident?
    private var alerts: [Alert]?

    init(of occasion: RuleOccasion, _ casebook: Casebook) {
        self.occasion = occasion
        self.casebook = casebook
    }

    /// Whether all conditions hold; none does of a subject that is gone.
    mutating func satisfy(_ conditions: [RuleCondition]) async throws -> Bool {
        switch occasion.subject {
        case .incidentCreated(let id): try await satisfy(conditions, incident: id, update: nil)
        case .incidentUpdated(let id, let update): try await satisfy(conditions, incident: id, update: update)
        case .alertCreated(let id):
            try await alerts(of: { try await $0.alert(id).map { [$0] } ?? [] }).first
                .map { AlertFacts(alert: $0).satisfy(conditions) } ?? false
        }
    }

    /// Lets the subject be read anew, since a rule took effect.
    mutating func forget() {
        incident = nil
        alerts = nil
    }

    private mutating func satisfy(
        _ conditions: [RuleCondition], incident id: IncidentID, update: IncidentUpdate?
    ) async throws -> Bool {
        if incident == nil { incident = try await casebook.incident(id) }
        guard let incident else { return false }
        let readsAlerts = conditions.contains(where: \.readsAlerts)
        let alerts = readsAlerts ? try await alerts(of: { try await $0.alerts(of: id) }) : []
        return RuleFacts(incident: incident, alerts: alerts, update: update).satisfy(conditions)
    }

    private mutating func alerts(of read: (Casebook) async throws -> [Alert]) async throws -> [Alert] {
        if let alerts { return alerts }
        let found = try await read(casebook)
        alerts = found
        return found
    }
}

extension RuleCondition {
    /// Whether it looks at the alerts of an incident, and not at the incident alone.
    fileprivate var readsAlerts: Bool {
        switch self {
        case .property(.incident(let property), _, _):
            switch property {
            case .customDetailsKey, .customDetailsValue, .alertTitle: true
            case .title, .description, .severity, .status, .owner, .ruleIDs, .alertRuleIDs, .customDetectionRuleIDs,
                .tactics, .label, .providerName, .updatedBySource, .alertProductNames:
                false
            }
        case .property(.entity, _, _), .changed, .added: false
        case .array(let array, _, let inner):
            switch array {
            case .customDetails, .customDetailValues: true
            case .labels: inner.contains(where: \.readsAlerts)
            }
        case .all(let inner), .any(let inner): inner.contains(where: \.readsAlerts)
        }
    }
}
