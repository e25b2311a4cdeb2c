/// What the ledger counts apart: one way in, one kind of record, one table, one sender.
public struct SourceKey: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The way in: a listener, a client of the API, a followed file.
    public var origin: String
    /// The log source that the records were taken for; empty when none was recognised.
    public var source: String
    /// The table that the rows went to; empty when there were none.
    public var table: String
    /// The computer that the records are about; empty for all of them together.
    public var sender: String

    public init(origin: String, source: String, table: String, sender: String = "") {
        self.origin = origin
        self.source = source
        self.table = table
        self.sender = sender
    }

    /// The key without its sender.
    public var feed: SourceKey { SourceKey(origin: origin, source: source, table: table) }

    public var isFeed: Bool { sender.isEmpty }

    /// `syslog udp/windows/SecurityEvent/srv-01`.
    public var description: String {
        [origin, source, table, sender].filter { !$0.isEmpty }.joined(separator: "/")
    }

    public static func < (left: SourceKey, right: SourceKey) -> Bool {
        (left.origin, left.source, left.table, left.sender) < (right.origin, right.source, right.table, right.sender)
    }
}
