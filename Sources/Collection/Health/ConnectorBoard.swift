public import Chronology
internal import Synchronization

/// One way in as it is configured, and what it does.
public struct ConnectorStatus: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        case starting
        /// Takes events in.
        case working
        /// Stopped by an error, and tried again.
        case failing(String)
    }

    /// Unique among the connectors: `syslog udp 0.0.0.0:514`.
    public var name: String
    /// `Syslog`, `HTTP`, `Kafka`, `Files`.
    public var kind: String
    /// Where it listens or what it reads.
    public var address: String
    public var state: State
    public var since: Instant
    /// Connections that are open, and those refused since the start; nil where there are none.
    public var connections: Int?
    public var refusedConnections: Int?

    public init(
        name: String, kind: String, address: String, state: State, since: Instant, connections: Int? = nil,
        refusedConnections: Int? = nil
    ) {
        self.name = name
        self.kind = kind
        self.address = address
        self.state = state
        self.since = since
        self.connections = connections
        self.refusedConnections = refusedConnections
    }
}

/// Where the ways in say what they do.
public final class ConnectorBoard: Sendable {
    private struct Entry {
        var status: ConnectorStatus
        var statistics: ListenerStatistics?
    }

    private let entries = Mutex([String: Entry]())

    public init() {}

    /// Says what a connector does; `statistics` fill in its connections whenever the board is read.
    public func report(_ status: ConnectorStatus, statistics: ListenerStatistics? = nil) {
        entries.withLock {
            $0[status.name] = Entry(status: status, statistics: statistics ?? $0[status.name]?.statistics)
        }
    }

    /// All connectors, in order of name.
    public var connectors: [ConnectorStatus] {
        entries.withLock { Array($0.values) }.map { entry in
            var status = entry.status
            status.connections = entry.statistics?.connections ?? status.connections
            status.refusedConnections = entry.statistics?.refusedConnections ?? status.refusedConnections
            return status
        }.sorted { $0.name < $1.name }
    }
}
