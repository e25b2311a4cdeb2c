public import Casebook
public import Chronology
internal import JSON
internal import Vocabulary

/// Dismisses alerts of a kind as they come in, as Microsoft.Security's `alertsSuppressionRules` do.
public struct SuppressionRule: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        case enabled = "Enabled"
        case disabled = "Disabled"
        case expired = "Expired"
    }

    /// A condition on one field of an alert; it holds when any value of the field fits.
    public struct Condition: Sendable, Hashable {
        public enum Test: Sendable, Hashable {
            /// One of the texts, in any letter case.
            case isOne(of: [String])
            /// The text occurs, in any letter case.
            case contains(String)
        }

        /// `entities.ip.address`, or a field of the alert itself such as `compromisedEntity`.
        public var field: String
        public var test: Test

        public init(field: String, test: Test) {
            self.field = field
            self.test = test
        }
    }

    /// Unique in any letter case.
    public var name: String
    /// The detector's kind of alert; `*`: all.
    public var alertType: String
    public var reason: String
    public var comment: String
    public var state: State
    /// From then on it dismisses nothing.
    public var expires: Instant?
    /// All of them must hold.
    public var conditions: [Condition]
    public internal(set) var modified = Instant.unixEpoch

    public init(
        name: String, alertType: String, reason: String, comment: String = "", state: State, expires: Instant? = nil,
        conditions: [Condition] = []
    ) {
        self.name = name
        self.alertType = alertType
        self.reason = reason
        self.comment = comment
        self.state = state
        self.expires = expires
        self.conditions = conditions
    }

    /// The state, with the end of its time heeded.
    public func state(at now: Instant) -> State {
        if let expires, expires <= now { .expired } else { state }
    }

    /// What an incident turned out to be whose alerts the rule dismisses: its reason, in Microsoft Sentinel's words.
    public var classification: Classification {
        switch reason.lowercased().filter(\.isLetter) {
        case "falsepositive", "incorrectalertlogic": .incorrectAlertLogic
        case "inaccuratedata": .inaccurateData
        default: .benignPositive
        }
    }

    /// Whether the rule dismisses an alert.
    public func matches(_ alert: NewAlert, at now: Instant) -> Bool {
        guard state(at: now) == .enabled, alertType == "*" || alertType.lowercased() == alert.alertType.lowercased()
        else { return false }
        return conditions.allSatisfy { $0.holds(for: alert) }
    }
}

extension SuppressionRule.Condition {
    func holds(for alert: NewAlert) -> Bool {
        values(of: alert).contains { value in
            switch test {
            case .isOne(let texts): texts.contains { $0.lowercased() == value.lowercased() }
            case .contains(let text): value.lowercased().contains(text.lowercased())
            }
        }
    }

    private func values(of alert: NewAlert) -> [String] {
        let parts = field.lowercased().split(separator: ".").map(String.init)
        if parts.count == 3, parts[0] == "entities" {
            return (alert.entities.alertSchema.arrayValue ?? []).compactMap { entity in
                guard entity["Type"]?.stringValue?.lowercased() == parts[1] else { return nil }
                return entity.objectValue?.first { $0.key.lowercased() == parts[2] }?.value.stringValue
            }
        }
        switch parts.last {
        case "compromisedentity": return [alert.compromisedEntity]
        case "alertdisplayname": return [alert.displayName]
        case "severity": return [alert.severity.rawValue]
        case "productname": return [alert.productName]
        default: return []
        }
    }

    /// Whether the field is one that alerts have.
    public var isKnown: Bool {
        let parts = field.lowercased().split(separator: ".")
        if parts.first == "entities" { return parts.count == 3 }
        return ["compromisedentity", "alertdisplayname", "severity", "productname"].contains(
            parts.last.map(String.init))
    }
}

// MARK: Storing

extension SuppressionRule {
    var stored: JSON {
        [
            "alertType": .string(alertType), "reason": .string(reason), "comment": .string(comment),
            "state": .string(state.rawValue), "expires": expires.map { .int($0.ticks) } ?? .null,
            "conditions": .array(
                conditions.map { condition -> JSON in
                    switch condition.test {
                    case .isOne(let texts):
                        ["field": .string(condition.field), "in": .array(texts.map { .string($0) })]
                    case .contains(let text): ["field": .string(condition.field), "contains": .string(text)]
                    }
                }),
        ]
    }

    init(name: String, stored json: JSON, modified: Instant) {
        self.init(
            name: name, alertType: json["alertType"]?.stringValue ?? "", reason: json["reason"]?.stringValue ?? "",
            comment: json["comment"]?.stringValue ?? "",
            state: json["state"]?.stringValue.flatMap(State.init) ?? .disabled,
            expires: json["expires"]?.intValue.map { Instant(ticks: $0) },
            conditions: (json["conditions"]?.arrayValue ?? []).map { condition in
                let texts = condition["in"]?.arrayValue?.compactMap(\.stringValue)
                return Condition(
                    field: condition["field"]?.stringValue ?? "",
                    test: texts.map { Condition.Test.isOne(of: $0) }
                        ?? .contains(condition["contains"]?.stringValue ?? ""))
            })
        self.modified = modified
    }
}
