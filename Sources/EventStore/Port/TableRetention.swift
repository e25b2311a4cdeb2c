public import Chronology

/// How long a table's rows are kept: first where queries are fast, then in the archive, which queries reach as well.
public struct TableRetention: Sendable, Hashable {
    /// Days in the database.
    public let interactiveDays: Int
    /// Days in the database and the archive together; at least `interactiveDays`.
    public let totalDays: Int

    /// Twelve years, as in Log Analytics.
    public static let mostDays = 4383
    /// Log Analytics' least.
    public static let leastDays = 4
    /// 90 days and no archive.
    public static let standard = TableRetention(uncheckedInteractive: 90, total: 90)

    /// Nil when a number is not from 4 to 4383, or the total is less than the interactive time.
    ///
    /// - Parameter totalDays: nil: the same, so that nothing is archived.
    public init?(interactiveDays: Int, totalDays: Int? = nil) {
        let total = totalDays ?? interactiveDays
        guard (Self.leastDays...Self.mostDays).contains(interactiveDays), total >= interactiveDays,
            total <= Self.mostDays
        else { return nil }
        self.init(uncheckedInteractive: interactiveDays, total: total)
    }

    private init(uncheckedInteractive interactive: Int, total: Int) {
        interactiveDays = interactive
        totalDays = total
    }

    /// Whether rows go to the archive before they are dropped.
    public var isArchived: Bool { totalDays > interactiveDays }

    /// When a partition leaves the database: so long after its month ended.
    public func interactiveEnd(of partition: TimePartition) -> Instant {
        partition.month.end + .days(Int64(interactiveDays))
    }

    /// When a partition is dropped for good.
    public func end(of partition: TimePartition) -> Instant { partition.month.end + .days(Int64(totalDays)) }
}

/// How long rows of each table are kept.
public struct RetentionPolicy: Sendable, Hashable {
    /// For tables that are not named.
    public var standard: TableRetention
    /// By KQL name.
    public var tables: [String: TableRetention]

    public init(standard: TableRetention = .standard, tables: [String: TableRetention] = [:]) {
        self.standard = standard
        self.tables = tables
    }

    public subscript(table: String) -> TableRetention { tables[table] ?? standard }
}
