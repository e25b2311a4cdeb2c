/// How much queries may use and give.
public struct QueryLimits: Sendable, Hashable {
    /// Rows of a result; Log Analytics gives as many. A longer result is cut and marked as partial.
    public var rows = 500_000
    /// Bytes of a result; Log Analytics gives as many. A larger result is cut and marked as partial.
    public var bytes = 64 << 20
    /// Rows that any one operator may make.
    public var workingRows = 20_000_000
    /// Bytes that the largest result of one operator may take.
    public var workingBytes = 2 << 30
    /// How long a query runs that does not say otherwise; Log Analytics' default is three minutes.
    public var seconds = 180.0
    /// The longest that a query may ask for; Log Analytics' is ten minutes.
    public var maximumSeconds = 600.0
    /// Queries of one asker that run at the same time.
    public var concurrentPerAsker = 5
    /// Queries that run at the same time in all.
    public var concurrent = 8
    /// Queries that wait for their turn, in all.
    public var queued = 200
    /// How long a query waits for its turn.
    public var queueSeconds = 180.0

    public init() {}
}
