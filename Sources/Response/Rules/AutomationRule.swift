public import Casebook
public import Chronology

/// What is done to incidents and alerts when something happens to them, after Microsoft Sentinel's automation rules.
public struct AutomationRule: Sendable, Hashable {
    public enum Subject: String, Sendable, Hashable, CaseIterable {
        case incidents = "Incidents"
        case alerts = "Alerts"
    }

    public enum Occasion: String, Sendable, Hashable, CaseIterable {
        case created = "Created"
        case updated = "Updated"
    }

    public var id: String
    public var displayName: String
    /// 1 to 1000; lower runs first.
    public var order: Int
    public var isEnabled: Bool
    /// From then on the rule does nothing.
    public var expirationTime: Instant?
    public var subject: Subject
    public var occasion: Occasion
    /// All must hold.
    public var conditions: [RuleCondition]
    /// In their order.
    public var actions: [RuleAction]

    public init(
        id: String, displayName: String, order: Int = 1, isEnabled: Bool = true, expirationTime: Instant? = nil,
        subject: Subject = .incidents, occasion: Occasion = .created, conditions: [RuleCondition] = [],
        actions: [RuleAction] = []
    ) {
        self.id = id
        self.displayName = displayName
        self.order = order
        self.isEnabled = isEnabled
        self.expirationTime = expirationTime
        self.subject = subject
        self.occasion = occasion
        self.conditions = conditions
        self.actions = actions
    }

    /// Whether the rule is in force.
    public func isActive(at now: Instant) -> Bool { isEnabled && (expirationTime.map { now < $0 } ?? true) }
}

/// One thing that an automation rule does.
public enum RuleAction: Sendable, Hashable {
    case modifyProperties(IncidentChange)
    /// The playbook's resource id or name.
    case runPlaybook(String)
    case addTask(title: String, description: String)
    /// Makes the incident one of a type, with its tasks, labels and fields.
    case setType(String)

    /// The action's type as the API names it.
    public var typeName: String {
        switch self {
        case .modifyProperties: "ModifyProperties"
        case .runPlaybook: "RunPlaybook"
        case .addTask: "AddIncidentTask"
        case .setType: "SetIncidentType"
        }
    }
}

/// A condition of an automation rule.
public indirect enum RuleCondition: Sendable, Hashable {
    case property(RuleProperty, TextOperator, [String])
    /// Items of a list, each against all of the inner conditions.
    case array(RuleArray, all: Bool, [RuleCondition])
    /// A field changed; with an operator, from or to such a value.
    case changed(ChangedProperty, Direction?, TextOperator?, [String])
    /// Something was added.
    case added(AddedArray)
    case all([RuleCondition])
    case any([RuleCondition])

    public enum Direction: String, Sendable, Hashable, CaseIterable {
        case from = "ChangedFrom"
        case to = "ChangedTo"
    }

    public enum ChangedProperty: String, Sendable, Hashable, CaseIterable {
        case severity = "IncidentSeverity"
        case status = "IncidentStatus"
        case owner = "IncidentOwner"

        var field: FieldChange.Field {
            switch self {
            case .severity: .severity
            case .status: .status
            case .owner: .owner
            }
        }
    }

    public enum AddedArray: String, Sendable, Hashable, CaseIterable {
        case alerts = "Alerts"
        case labels = "Labels"
        case tactics = "Tactics"
        case comments = "Comments"
    }

    public enum RuleArray: String, Sendable, Hashable, CaseIterable {
        case customDetails = "CustomDetails"
        case customDetailValues = "CustomDetailValues"
        case labels = "IncidentLabels"
    }
}

/// How a text is compared; letter case does not count.
public enum TextOperator: String, Sendable, Hashable, CaseIterable {
    case equals = "Equals"
    case notEquals = "NotEquals"
    case contains = "Contains"
    case notContains = "NotContains"
    case startsWith = "StartsWith"
    case notStartsWith = "NotStartsWith"
    case endsWith = "EndsWith"
    case notEndsWith = "NotEndsWith"

    public var isNegative: Bool {
        switch self {
        case .notEquals, .notContains, .notStartsWith, .notEndsWith: true
        case .equals, .contains, .startsWith, .endsWith: false
        }
    }

    /// Whether the text fits: one of the values for a positive operator, none of them for a negative one.
    func holds(_ text: String, _ values: [String]) -> Bool {
        let folded = text.lowercased()
        let matches = values.contains { value in
            let wanted = value.lowercased()
            return switch self {
            case .equals, .notEquals: folded == wanted
            case .contains, .notContains: wanted.isEmpty || folded.contains(wanted)
            case .startsWith, .notStartsWith: folded.hasPrefix(wanted)
            case .endsWith, .notEndsWith: folded.hasSuffix(wanted)
            }
        }
        return matches != isNegative
    }
}
