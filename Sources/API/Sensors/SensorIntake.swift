public import Casebook
public import Collection
public import Detection
public import EventStore
public import JSON

/// An alert that a sensor forwards.
public struct ForwardedAlert: Sendable {
    public var alert: NewAlert
    /// How the alert joins others in an incident; nil for rules whose alerts are kept but open none.
    public var grouping: AlertGrouping?
    /// Whether an alert of this identifier that the hub has takes in what this one adds.
    public var grows: Bool

    public init(alert: NewAlert, grouping: AlertGrouping?, grows: Bool) {
        self.alert = alert
        self.grouping = grouping
        self.grows = grows
    }

    /// Reads `{…alert…, "createsIncident": true, "grouping": {…}, "grows": false}`; without a grouping alerts join by the
    /// entities that they share.
    ///
    /// - Throws: `CasebookError` `invalidField`.
    public init(json: JSON) throws(CasebookError) {
        alert = try NewAlert(json: json)
        grows = json["grows"]?.boolValue ?? false
        guard json["createsIncident"]?.boolValue ?? true else { return }
        guard let told = json["grouping"] else {
            grouping = .sharedEntities()
            return
        }
        guard let known = AlertGrouping(json: told) else {
            throw CasebookError(.invalidField, field: "grouping", "'grouping' is no way of grouping alerts")
        }
        grouping = known
    }

    /// The form in which a sensor sends it.
    public var json: JSON {
        var members = alert.json.objectValue ?? [:]
        members["createsIncident"] = .bool(grouping != nil)
        members["grouping"] = grouping?.json
        if grows { members["grows"] = true }
        return .object(members)
    }
}

/// What the hub does with what its sensors send.
public protocol SensorIntake: Sendable {
    /// Stores rows that a sensor made, once; the bytes name their delivery.
    ///
    /// - Throws: `IntakeRefusal` for bytes that are no delivery.
    func store(delivery bytes: [UInt8]) async throws -> AppendOutcome

    /// Records an alert; one that was recorded before changes nothing. Gives whether it is new.
    func record(_ forwarded: ForwardedAlert, of sensor: String) async throws -> Bool

    /// Joins hits of Sigma rules with those of other places; hits that were joined before change nothing. Gives the ids of
    /// rules that no correlation here joins.
    func join(_ forwarded: ForwardedHits) async throws -> Set<String>

    func hear(_ status: SensorStatus) async
}

/// Why nothing can be taken in now; nothing of what was sent was kept, and it should be sent again.
public struct IntakeBusy: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// After how many seconds it is worth trying again.
    public let retrySeconds: Int

    public init(_ description: String, retrySeconds: Int = 5) {
        self.description = description
        self.retrySeconds = retrySeconds
    }
}
