public import Chronology
public import Vocabulary

/// A set of alerts under work.
public struct Incident: Sendable, Hashable {
    public let id: IncidentID
    /// Counts up from 1.
    public let number: Int
    public var title: String
    public var description: String
    public var severity: Severity
    public var status: IncidentStatus
    public var classification: Classification?
    public var classificationComment: String
    public var owner: IncidentOwner?
    public var labels: [IncidentLabel]
    public var firstActivityTime: Instant?
    public var lastActivityTime: Instant?
    public var createdTime: Instant
    public var lastModifiedTime: Instant
    /// The first change by a person or an automation after the creation; the time of triage.
    public var firstModifiedTime: Instant?
    public var closedTime: Instant?
    /// How often it was reopened, and when last.
    public var reopenedCount: Int = 0
    public var lastReopenedTime: Instant?
    /// Who made the last change.
    public var modifiedBy: String
    public var providerName: String
    public var providerIncidentID: String
    /// The name of its type, which says what fields of its own it has; empty when it has none.
    public var typeName: String = ""
    /// The incident that took this one's alerts over, when it was merged.
    public var mergedInto: IncidentID?
    /// The number of that incident.
    public var mergedIntoNumber: Int?

    /// In the order in which they were recorded; empty in a list that was asked for summaries.
    public var alertIDs: [AlertID]
    /// The rules behind the alerts, without repetition.
    public var ruleIDs: [String]
    public var alertProductNames: [String]
    public var tactics: [Tactic]
    public var techniques: [String]
    /// In the order in which alerts named them.
    public var entities: [KnownEntity]
    /// In the order in which they were added.
    public var bookmarkIDs: [BookmarkID] = []
    public var alertCount: Int
    public var commentCount: Int
    public var taskCount: Int

    public var priority: IncidentPriority?
    /// Counts the changes; two reads with the same version show the same incident (but for its priority).
    public var version: Int64
}

extension Incident {
    /// The entity tag of this version, with its quotation marks, as the API carries it.
    public var etag: String { Incident.etag(version: version) }

    /// The entity tag of a version.
    public static func etag(version: Int64) -> String {
        let digits = String(version, radix: 16)
        return "\"" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits + "\""
    }

    /// The version that an entity tag names, with or without quotation marks; nil when it is none of ours.
    public static func version(etag: String) -> Int64? {
        Int64(etag.filter { $0 != "\"" }, radix: 16)
    }

    /// Is it still to be worked on?
    public var isOpen: Bool { status != .closed }
}

/// Where an incident stands; the raw values are those of the API.
public enum IncidentStatus: String, Sendable, Hashable, CaseIterable {
    case new = "New"
    case active = "Active"
    case closed = "Closed"

    /// Reads a status in any letter case.
    public init?(lenient text: some StringProtocol) {
        let wanted = text.lowercased()
        guard let status = IncidentStatus.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else {
            return nil
        }
        self = status
    }
}

/// The person or group that an incident is assigned to.
public struct IncidentOwner: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case unknown = "Unknown"
        case user = "User"
        case group = "Group"
    }

    public var objectID: String
    public var userPrincipalName: String
    public var email: String
    /// The name that people read.
    public var assignedTo: String
    public var kind: Kind

    public init(
        objectID: String = "",
        userPrincipalName: String = "",
        email: String = "",
        assignedTo: String = "",
        kind: Kind = .user
    ) {
        self.objectID = objectID
        self.userPrincipalName = userPrincipalName
        self.email = email
        self.assignedTo = assignedTo
        self.kind = kind
    }

    /// What to call the owner: the name, else the principal name, the mail address, the id.
    public var displayName: String {
        [assignedTo, userPrincipalName, email, objectID].first { !$0.isEmpty } ?? ""
    }
}

/// A tag on an incident.
public struct IncidentLabel: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case user = "User"
        case autoAssigned = "AutoAssigned"
    }

    public var name: String
    public var kind: Kind

    public init(name: String, kind: Kind = .user) {
        self.name = name
        self.kind = kind
    }
}
