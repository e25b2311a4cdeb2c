public import Casebook
public import Chronology
public import EventStore
public import Records
public import Sigma

/// A block of events as it is ingested: what detectors in the stream look at.
public struct StreamedBlock: Sendable {
    /// The records as they came.
    public var records: RecordBatch
    /// The rows made of them, by table.
    public var rows: [EventBatch]
    /// When the block was received; the time of events that tell none.
    public var receivedAt: Instant

    public init(records: RecordBatch, rows: [EventBatch] = [], receivedAt: Instant) {
        self.records = records
        self.rows = rows
        self.receivedAt = receivedAt
    }
}

/// Finds alerts in blocks of events as they are ingested. May be used by any number of tasks at once.
public protocol BlockMatcher: Sendable {
    /// What is found in a block, to be recorded once the block is durable. The same events give findings with the same
    /// identifiers, in whatever blocks they come.
    func findings(in block: StreamedBlock) -> [StreamFinding]
}

/// An alert found in the stream, with what to do about it.
public struct StreamFinding: Sendable {
    public var alert: NewAlert
    /// How the alert joins others in an incident; nil: its alert is kept but opens none.
    public var grouping: AlertGrouping?
    /// Matching events of the block behind the alert.
    public var events: Int
    /// Whether an alert of this identifier that was recorded before takes in what this one adds: further entities, details
    /// and evidence, and a longer time.
    public var grows: Bool
    /// What correlation rules are told of, once the block is durable.
    public var hits: [SigmaHit] = []
    /// Whether the alert is to be recorded; false where only the hits count.
    public var isAlert = true

    public init(
        alert: NewAlert, grouping: AlertGrouping? = .sharedEntities(), events: Int, grows: Bool = false
    ) {
        self.alert = alert
        self.grouping = grouping
        self.events = events
        self.grows = grows
    }

    public var createsIncident: Bool { grouping != nil }
}
