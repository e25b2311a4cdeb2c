public import Casebook
internal import Chronology
internal import StateStore
internal import Vocabulary

/// What the conditions of automation rules are judged on: an incident as it stands, and what just changed.
public struct RuleFacts: Sendable {
    public var incident: Incident
    public var alerts: [Alert]
    /// Nil when the incident is new.
    public var update: IncidentUpdate?

    public init(incident: Incident, alerts: [Alert], update: IncidentUpdate? = nil) {
        self.incident = incident
        self.alerts = alerts
        self.update = update
    }

    /// Whether all conditions hold.
    public func satisfy(_ conditions: [RuleCondition]) -> Bool {
        conditions.allSatisfy { holds($0, item: nil) }
    }
}

/// What changed on an incident.
public struct IncidentUpdate: Sendable, Hashable {
    public var changes: [FieldChange]
    public var addedAlerts: [AlertID]
    public var addedComments: [CommentID]
    /// `User`, `Application`, `Playbook`, `Automation rule`, `Alert grouping`…
    public var source: String
    public var sourceName: String

    public init(
        changes: [FieldChange] = [], addedAlerts: [AlertID] = [], addedComments: [CommentID] = [], source: String,
        sourceName: String = ""
    ) {
        self.changes = changes
        self.addedAlerts = addedAlerts
        self.addedComments = addedComments
        self.source = source
        self.sourceName = sourceName
    }

    /// What a list field has now and had not before.
    public func added(to field: FieldChange.Field) -> [String] {
        guard let change = changes.first(where: { $0.field == field }) else { return [] }
        func parts(_ text: String) -> [String] {
            text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
        }
        let old = Set(parts(change.old))
        return parts(change.new).filter { !old.contains($0) }
    }
}

extension IncidentUpdate {
    /// Rules about updates look at status, owner, severity, labels, tactics, and what was added.
    var isNotable: Bool {
        !addedAlerts.isEmpty || !addedComments.isEmpty
            || changes.contains { [.status, .owner, .severity, .labels, .tactics].contains($0.field) }
    }

    /// Whether a condition holds that looks at what changed alone; nil for one that looks at more.
    func satisfies(_ condition: RuleCondition) -> Bool? {
        switch condition {
        case .changed(let property, let direction, let test, let wanted):
            guard let change = changes.first(where: { $0.field == property.field }) else { return false }
            guard let test, !wanted.isEmpty else { return true }
            return test.holds(direction == .from ? change.old : change.new, wanted)
        case .added(let array):
            return switch array {
            case .alerts: !addedAlerts.isEmpty
            case .comments: !addedComments.isEmpty
            case .labels: !added(to: .labels).isEmpty
            case .tactics: !added(to: .tactics).isEmpty
            }
        case .property, .array, .all, .any: return nil
        }
    }
}

extension RuleFacts {
    /// One element of a list, on which inner conditions are judged.
    private enum Item {
        case label(String)
        case detail(key: String, values: [String])
        case detailValue(String)
    }

    private func holds(_ condition: RuleCondition, item: Item?) -> Bool {
        switch condition {
        case .all(let inner): inner.allSatisfy { holds($0, item: item) }
        case .any(let inner): inner.contains { holds($0, item: item) }
        case .property(let property, let test, let wanted): compare(property, test, wanted, item: item)
        case .array(let array, let all, let inner): items(of: array, within: item, all: all, inner)
        case .changed, .added: update?.satisfies(condition) ?? false
        }
    }

    private func compare(_ property: RuleProperty, _ test: TextOperator, _ wanted: [String], item: Item?) -> Bool {
        var found = values(of: property, item: item)
        var values = wanted
        if property == .incident(.updatedBySource) { values = wanted.map { $0.filter { !$0.isWhitespace } } }
        if property.isRuleID {
            found = found.map(Self.lastPart)
            values = wanted.map(Self.lastPart)
        }
        guard test.isNegative, !property.isEntity else { return found.contains { test.holds($0, values) } }
        return found.allSatisfy { test.holds($0, values) }
    }

    /// The name at the end of a resource's path; a rule may be named by either.
    static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private func items(of array: RuleCondition.RuleArray, within item: Item?, all: Bool, _ inner: [RuleCondition])
        -> Bool
    {
        let elements: [Item]
        switch array {
        case .labels: elements = incident.labels.map { .label($0.name) }
        case .customDetails: elements = details.map { .detail(key: $0.key, values: $0.values) }
        case .customDetailValues:
            if case .detail(_, let values)? = item {
                elements = values.map { .detailValue($0) }
            } else {
                elements = details.flatMap(\.values).map { .detailValue($0) }
            }
        }
        func fits(_ element: Item) -> Bool { inner.allSatisfy { holds($0, item: element) } }
        return all ? !elements.isEmpty && elements.allSatisfy(fits) : elements.contains(where: fits)
    }

    /// Custom details of all alerts, merged by key.
    private var details: [(key: String, values: [String])] {
        var merged: [String: [String]] = [:]
        var order: [String] = []
        for (key, values) in alerts.flatMap({ Array($0.content.customDetails) }) {
            if merged[key] == nil { order.append(key) }
            for value in values where merged[key]?.contains(value) != true { merged[key, default: []].append(value) }
        }
        return order.map { ($0, merged[$0] ?? []) }
    }

    private func values(of property: RuleProperty, item: Item?) -> [String] {
        switch (property, item) {
        case (.incident(.label), .label(let name)): return [name]
        case (.incident(.customDetailsKey), .detail(let key, _)): return [key]
        case (.incident(.customDetailsValue), .detail(_, let values)): return values
        case (.incident(.customDetailsValue), .detailValue(let value)): return [value]
        case (.entity(let kind, let identifier), _):
            return incident.entities.filter { $0.kind == kind }.compactMap { $0.entity[identifier] }
        case (.incident(let property), _): return values(of: property)
        }
    }

    private func values(of property: RuleProperty.IncidentProperty) -> [String] {
        switch property {
        case .title: [incident.title]
        case .description: [incident.description]
        case .severity: [incident.severity.rawValue]
        case .status: [incident.status.rawValue]
        case .owner:
            incident.owner.map { [$0.objectID, $0.email, $0.userPrincipalName, $0.assignedTo].filter { !$0.isEmpty } }
                ?? []
        case .ruleIDs, .alertRuleIDs, .customDetectionRuleIDs: incident.ruleIDs
        case .tactics: incident.tactics.map(\.rawValue)
        case .label: incident.labels.map(\.name)
        case .providerName: [incident.providerName]
        case .updatedBySource: update.map { [$0.source] } ?? []
        case .customDetailsKey: details.map(\.key)
        case .customDetailsValue: details.flatMap(\.values)
        case .alertTitle: alerts.map(\.content.displayName)
        case .alertProductNames: incident.alertProductNames
        }
    }
}
