/// How much a query may use.
public struct ExecutionLimits: Sendable, Hashable {
    /// Rows that any one operator may make.
    public var rows: Int
    /// Bytes of the largest result of one operator, roughly estimated.
    public var bytes: Int
    /// Seconds of running time.
    public var seconds: Double

    public init(rows: Int = 20_000_000, bytes: Int = 4 << 30, seconds: Double = 600) {
        self.rows = rows
        self.bytes = bytes
        self.seconds = seconds
    }
}

/// What one operator did, for `--explain`.
public struct StageStatistics: Sendable, Hashable {
    public let name: String
    /// Operators around it.
    public let depth: Int
    public let rows: Int
    /// Seconds, the inputs' time included.
    public let seconds: Double
}
