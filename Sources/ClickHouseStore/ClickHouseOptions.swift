public import Foundation

/// Where a ClickHouse server or cluster is and how it is used.
public struct ClickHouseOptions: Sendable {
    /// The HTTP interface, such as `https://clickhouse.example:8443`.
    public var url: URL
    /// The database that holds the events; made when it is not there.
    public var database = "tocsin"
    public var user = "default"
    public var password: String?
    /// The cluster's name as `system.clusters` has it; nil: one server, tables without replicas.
    public var cluster: String?
    /// A PEM file of certificate authorities to trust besides the system's.
    public var caFile: String?
    /// The most memory one query may take on the server, in bytes; 0: what the server's profile says.
    public var memoryLimit = 0
    /// How many read sessions run at once; more wait.
    public var readers = 8
    /// How many inserts are under way at once; more wait.
    public var writers = 4
    /// How long a server that cannot be reached, or is too busy, is asked again before a write fails.
    public var retrySeconds = 20.0

    public init(url: URL) {
        self.url = url
    }
}
