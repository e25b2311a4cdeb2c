public import KQL

/// A part of a table's rows that is stored by itself, such as those of one month.
public struct StoredSegment: Sendable, Hashable {
    /// Where the rows are.
    public enum Place: Sendable, Hashable {
        /// A table of the store's database.
        case table(String)
        /// A Parquet file of the archive, by its path.
        case file(String)
    }

    public var place: Place
    /// The columns that it has, as positions in the table; in all others its rows have no value. Nil: it has all.
    public var columns: Set<Int>?
    /// No row's `TimeGenerated` is outside; open where that is not known.
    public var bounds: TimeBounds

    public init(place: Place, columns: Set<Int>? = nil, bounds: TimeBounds = TimeBounds()) {
        self.place = place
        self.columns = columns
        self.bounds = bounds
    }

    /// Whether it has the column at a position of its table.
    public func has(_ position: Int) -> Bool { columns?.contains(position) ?? true }

    /// The column of that KQL name, nil when it has none.
    public func column(_ name: String, of table: StoredTable) -> StoredColumn? {
        table.columns.firstIndex { $0.name == name }.flatMap { has($0) ? table.columns[$0] : nil }
    }

    /// Whether rows of that time can be here.
    public func mayHoldRows(in range: TimeBounds?) -> Bool {
        guard let range else { return true }
        if let lower = range.lower, let last = bounds.upper, lower > last { return false }
        if let upper = range.upper, let first = bounds.lower, upper < first { return false }
        return true
    }
}
