/// How much lists may hold.
public struct WatchlistLimits: Sendable, Hashable {
    /// Items of one list.
    public var items = 50_000_000
    /// Properties of the items of a list.
    public var columns = 300
    /// Bytes of one line of an uploaded content, and of an item as JSON.
    public var itemBytes = 256 << 10
    /// Items up to which a list is held in memory for queries; larger ones are read from the table `Watchlist`.
    public var itemsInMemory = 10_000
    /// Bytes of the items of a list that is held in memory.
    public var bytesInMemory = 16 << 20
    /// Findings of an upload that are told one by one.
    public var findings = 1_000

    public init() {}
}
