public import Chronology
public import EventStore
public import Foundation
public import HTTPAdapter
public import Investigation

/// Everything that can be configured, read once at start. `docs/operating.md` lists the keys.
public struct Settings: Sendable {
    /// Where state, events and secrets are kept.
    public var dataFolder: URL
    /// Where what ships with the product lies: schemas, rules, playbooks, plans.
    public var contentFolder: URL
    /// Where the browser libraries lie (`scripts/fetch-assets`).
    public var webFolder: URL
    /// Folders searched for the DuckDB library after `TOCSIN_DUCKDB_LIBRARY` and the system's path.
    public var libraryFolders: [URL]
    public var http = HTTP()
    public var syslog = Syslog()
    public var mail = Mail()
    public var detection = Detection()
    public var workspace = Workspace()
    public var outgoing = Outgoing()
    public var events = Events()
    public var health = Health()
    public var sensor = Sensor()
    /// How much queries may use and give.
    public var queries = QueryLimits()
    public var externalData = ExternalData()
    /// The ways in that have names: further syslog listeners, followed files, Kafka consumers.
    var connectors = Connectors()

    /// The web server.
    public struct HTTP: Sendable {
        public var host = "127.0.0.1"
        public var port = 7700
        /// The address that links in mails and playbooks start with; nil: made of host and port.
        public var publicURL: String?
        /// PEM files; both or none.
        public var tlsCertificate: String?
        public var tlsKey: String?
        /// The largest request body taken, in bytes.
        public var maximumBody = 256 << 20
        /// How many requests with events are taken at a time.
        public var intakeRequests = 64
        /// How much of their bodies is held at a time, in MiB.
        public var intakeMiB = 128
        /// For how long a body with events may come slower than 1 KiB/s before its sender is answered 408, in seconds.
        public var patienceSeconds = 20
        /// After how long a connection is closed on which nothing comes, in seconds.
        public var idleSeconds = 75

        /// Whether the server speaks TLS.
        public var isSecure: Bool { tlsCertificate != nil }

        /// The address on which this process listens.
        var localAddress: String { "\(isSecure ? "https" : "http")://\(host):\(port)" }

        /// The address of the portal, without a slash at its end.
        public var address: String {
            publicURL ?? localAddress
        }
    }

    /// The syslog listeners; a port of nil is not opened.
    public struct Syslog: Sendable {
        public var host = "127.0.0.1"
        public var tcpPort: Int?
        public var udpPort: Int?
    }

    /// The mail server that notifications go out through; without a host none are sent and the outbox waits.
    public struct Mail: Sendable {
        public var host: String?
        public var port = 587
        public var security = "starttls"
        public var username: String?
        public var password: String?
        public var from = "tocsin@localhost"
        /// A PEM file of certificate authorities to trust besides the system's.
        public var caFile: String?
    }

    /// When rules run.
    public struct Detection: Sendable {
        /// How long after its nominal time a scheduled rule runs, so that late events are there.
        public var scheduledDelay = TimeSpan.minutes(5)
        /// The same for near-real-time rules.
        public var nearRealTimeDelay = TimeSpan.minutes(2)
        public var incremental = IncrementalRuns.measured
        /// Folders of analytics rules (Sentinel YAML) besides the shipped ones.
        public var ruleFolders: [String] = []
        /// Folders of Sigma rules besides the shipped ones.
        public var sigmaFolders: [String] = []
        /// By how much a hit of a Sigma rule may be older than the newest of its group and still be joined with others.
        public var correlationLateness = TimeSpan.hours(1)
        /// Whether rules that are added to a running installation start in trial.
        public var trial = true
        /// A rule in trial whose back-test raises no more alerts a day is promoted by it.
        public var trialAlertsPerDay = 1.0
        /// How far back the back-tests of rules in trial look.
        public var trialDays = 30
    }

    /// Which rules with long look-backs read only what is new in them, of those that can.
    public enum IncrementalRuns: String, Sendable, CaseIterable {
        /// Those that take less so.
        case measured
        case always
        case never
    }

    /// The names under which the resources of this installation appear in ARM paths.
    public struct Workspace: Sendable {
        public var subscriptionID = "00000000-0000-0000-0000-000000000000"
        public var resourceGroup = "tocsin"
        public var name = "tocsin"
        public var id = "00000000-0000-0000-0000-000000000001"
    }

    /// What playbooks may reach.
    public struct Outgoing: Sendable {
        /// Hosts (or `host:port`) that playbooks may call although they are loopback, link-local or private.
        public var allowedPrivateHosts: [String] = []
    }

    /// What `externaldata` and `http_request` may reach; nothing unless addresses are named.
    public struct ExternalData: Sendable {
        /// Patterns of addresses such as `https://raw.githubusercontent.com/*`.
        public var allow: [AddressPattern] = []
        /// Hosts (or `host:port`) that may be reached although they are loopback, link-local or private.
        public var allowedPrivateHosts: [String] = []
        /// How long one request may take.
        public var seconds = 30.0
        /// The largest answer, and the largest file unpacked from one.
        public var maximumBytes = 64 << 20
    }

    /// The event store.
    public struct Events: Sendable {
        /// Where events are kept.
        public var engine = Engine.duckdb
        /// The server or cluster when the engine is ClickHouse.
        public var clickHouse = ClickHouse()
        /// The most memory the event store may take, in MiB; with ClickHouse what one query may take on the server.
        public var memoryMiB = 640
        public var threads = 2
        /// Room on the disk that events never take, in MiB.
        public var reserveMiB = 256
        /// How long rows are kept where nobody set another time.
        public var retention = RetentionPolicy()

        /// The engines of event stores.
        public enum Engine: String, Sendable, CaseIterable {
            /// In this process, in a file of the data folder.
            case duckdb
            /// A server or cluster, over HTTP.
            case clickhouse
        }

        /// A ClickHouse server or cluster.
        public struct ClickHouse: Sendable {
            /// The HTTP interface.
            public var url = URL(filePath: "/")
            public var database = "tocsin"
            public var user = "default"
            public var password: String?
            /// The cluster's name in `system.clusters`; nil: one server.
            public var cluster: String?
            /// A PEM file of certificate authorities to trust besides the system's.
            public var caFile: String?
            /// How many inserts run at once.
            public var writers = 4
            /// How long a server that is away is asked again before a write or the start fails.
            public var retrySeconds = 20.0
        }
    }
}
