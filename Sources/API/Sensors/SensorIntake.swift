public import Casebook
public import Collection
public import EventStore

/// An alert that a sensor forwards.
public struct ForwardedAlert: Sendable {
    public var alert: NewAlert
    /// False for rules whose alerts are kept but open no incident.
    public var createsIncident: Bool

    public init(alert: NewAlert, createsIncident: Bool) {
        self.alert = alert
        self.createsIncident = createsIncident
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
