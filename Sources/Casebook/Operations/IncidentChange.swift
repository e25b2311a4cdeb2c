public import Chronology
public import Vocabulary

/// What is to be changed on an incident; nil leaves a field as it is.
public struct IncidentChange: Sendable, Hashable {
    public enum OwnerChange: Sendable, Hashable {
        case assign(IncidentOwner)
        case unassign
    }

    public var title: String?
    public var description: String?
    public var severity: Severity?
    public var status: IncidentStatus?
    /// Needed to close an incident that has none yet.
    public var classification: Classification?
    public var classificationComment: String?
    public var owner: OwnerChange?
    /// Replaces all labels.
    public var labels: [IncidentLabel]?
    /// Labels to add to those that are there.
    public var addedLabels: [IncidentLabel] = []
    /// Names of labels to take away.
    public var removedLabels: [String] = []
    public var firstActivityTime: Instant?
    public var lastActivityTime: Instant?

    public init() {}
}

/// An incident that is made by hand or by a client, without alerts.
public struct NewIncident: Sendable, Hashable {
    /// Nil makes a fresh GUID.
    public var id: IncidentID?
    public var title: String
    public var description: String = ""
    public var severity: Severity
    public var status: IncidentStatus = .new
    public var classification: Classification?
    public var classificationComment: String = ""
    public var owner: IncidentOwner?
    public var labels: [IncidentLabel] = []
    public var firstActivityTime: Instant?
    public var lastActivityTime: Instant?
    public var providerName: String = "Tocsin"

    public init(title: String, severity: Severity) {
        self.title = title
        self.severity = severity
    }
}
