public import Chronology
internal import Synchronization

/// What a sensor said of itself when it was last heard.
public struct SensorStatus: Sendable, Hashable {
    public var name: String
    public var version: String
    /// When the sensor was last heard, by the hub's clock.
    public var lastHeard: Instant
    /// Deliveries and bytes that wait in its spool.
    public var waitingDeliveries: Int
    public var waitingBytes: Int
    /// Alerts that wait for the hub.
    public var waitingAlerts: Int
    /// Hits of Sigma rules that wait for the hub's correlations; nil for a sensor of a version that forwards none.
    public var waitingHits: Int?
    /// Hits that the hub will never get, since the sensor's data folder was made.
    public var droppedHits: Int
    /// Events that it took in since it started.
    public var events: Int
    /// What keeps it from handing events on, in words; empty when nothing does.
    public var problem: String

    public init(
        name: String, version: String, lastHeard: Instant, waitingDeliveries: Int = 0, waitingBytes: Int = 0,
        waitingAlerts: Int = 0, waitingHits: Int? = 0, droppedHits: Int = 0, events: Int = 0, problem: String = ""
    ) {
        self.name = name
        self.version = version
        self.lastHeard = lastHeard
        self.waitingDeliveries = waitingDeliveries
        self.waitingBytes = waitingBytes
        self.waitingAlerts = waitingAlerts
        self.waitingHits = waitingHits
        self.droppedHits = droppedHits
        self.events = events
        self.problem = problem
    }
}

/// The sensors that the hub hears of.
public final class SensorBoard: Sendable {
    /// More sensors than this are not listed.
    private static let limit = 10_000
    private let state = Mutex([String: SensorStatus]())

    public init() {}

    /// Takes in what a sensor says of itself.
    ///
    /// - Returns: what it said before; nil when it was not heard yet.
    @discardableResult
    public func hear(_ status: SensorStatus) -> SensorStatus? {
        state.withLock { state in
            let previous = state[status.name]
            if previous != nil || state.count < Self.limit { state[status.name] = status }
            return previous
        }
    }

    /// All sensors, in order of name.
    public var sensors: [SensorStatus] {
        state.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }

    public func heard(since instant: Instant) -> [SensorStatus] {
        sensors.filter { $0.lastHeard >= instant }
    }
}

/// What the pages and routes about health are made of.
public struct SourceHealth: Sendable {
    public let ledger: SourceLedger
    public let connectors: ConnectorBoard
    public let sensors: SensorBoard

    public init(
        ledger: SourceLedger = SourceLedger(), connectors: ConnectorBoard = ConnectorBoard(),
        sensors: SensorBoard = SensorBoard()
    ) {
        self.ledger = ledger
        self.connectors = connectors
        self.sensors = sensors
    }
}
