public import Chronology
public import JSON
public import Vocabulary

/// A detector's finding, with the fields of the SecurityAlert table.
public struct Alert: Sendable, Hashable {
    public let id: AlertID
    /// What the detector said.
    public var content: NewAlert
    public var status: AlertStatus
    /// The incident that the alert belongs to, if any.
    public var incidentID: IncidentID?
    /// When the casebook took the alert in.
    public let recordedTime: Instant
}

/// A detector's finding on its way into the casebook.
public struct NewAlert: Sendable, Hashable {
    /// The identifier under which a repeated recording is recognised; nil makes a fresh one.
    public var id: AlertID?
    /// The analytics or Sigma rule that made the alert; empty for alerts of other products.
    public var ruleID: String = ""
    public var ruleName: String = ""
    /// The detector's kind of alert (`AlertType`).
    public var alertType: String = ""
    public var productName: String = "Tocsin"
    public var productComponentName: String = ""
    public var vendorName: String = "Tocsin"
    public var providerName: String = "Tocsin"
    /// The alert's identifier at its provider (`VendorOriginalId`).
    public var providerAlertID: String = ""
    public var displayName: String
    public var description: String = ""
    public var severity: Severity
    public var tactics: [Tactic] = []
    /// Technique and sub-technique identifiers, `T1110.003`.
    public var techniques: [String] = []
    public var confidence: AlertConfidence?
    public var compromisedEntity: String = ""
    /// The first and the last activity.
    public var startTime: Instant
    public var endTime: Instant
    /// When the detector made the alert.
    public var generatedTime: Instant
    public var entities: [Entity] = []
    /// Values by custom-detail key, as the rule named them.
    public var customDetails: CustomDetails = [:]
    /// Further texts by name, in order; `Custom Details` is added from `customDetails` when the alert is shown.
    public var extendedProperties: AlertProperties = [:]
    public var remediationSteps: [String] = []
    public var alertLink: String = ""
    /// The matching rows, one JSON object each; the casebook keeps the first 100 and at most 256 KiB.
    public var evidence: [JSON] = []

    public init(displayName: String, severity: Severity, startTime: Instant, endTime: Instant, generatedTime: Instant) {
        self.displayName = displayName
        self.severity = severity
        self.startTime = startTime
        self.endTime = endTime
        self.generatedTime = generatedTime
    }
}

/// An ordered map of texts (`ExtendedProperties`).
public typealias AlertProperties = OrderedDictionary<String, String>

/// An ordered map of a rule's custom details, up to 50 values each.
public typealias CustomDetails = OrderedDictionary<String, [String]>

/// The state of an alert; the raw values are those of the API.
public enum AlertStatus: String, Sendable, Hashable, CaseIterable {
    case new = "New"
    case inProgress = "InProgress"
    case resolved = "Resolved"
    case dismissed = "Dismissed"
    case unknown = "Unknown"
}

/// How sure the detector is of its finding.
public struct AlertConfidence: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case unknown = "Unknown"
        case low = "Low"
        case high = "High"
    }

    public var level: Level
    /// 0 to 1, where the detector gives one.
    public var score: Double?

    public init(level: Level, score: Double? = nil) {
        self.level = level
        self.score = score
    }
}
