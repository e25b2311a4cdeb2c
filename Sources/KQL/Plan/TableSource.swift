public import KQLValues

/// Where the runtime reads stored tables; implemented by the event store. Called on a thread that may block.
public protocol TableSource: Sendable {
    /// Reads the wanted columns of a table. Rows outside the request's time range may be left out.
    func read(_ request: ScanRequest) throws -> Table

    /// Runs what the store's planner pushed down.
    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table
}

/// What the runtime needs of a stored table.
public struct ScanRequest: Sendable {
    public let table: String
    public let columns: [ColumnSchema]
    public let timeRange: TimeBounds?
    /// More rows than this make the query fail, so no more need to be read.
    public let rowLimit: Int
    public let isCancelled: @Sendable () -> Bool

    public init(
        table: String, columns: [ColumnSchema], timeRange: TimeBounds?, rowLimit: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.table = table
        self.columns = columns
        self.timeRange = timeRange
        self.rowLimit = rowLimit
        self.isCancelled = isCancelled
    }
}
