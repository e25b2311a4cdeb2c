import Chronology
import EventStore
import KQLValues

/// Rows of one table, parted by the partition they belong to.
struct PartitionedRows {
    struct Part {
        var partition: TimePartition
        /// One per column of the table; nil: the rows have none.
        var columns: [Column?]
        var rowCount: Int
    }

    let parts: [Part]

    /// - Parameter time: The position of `TimeGenerated`, nil when the table has none.
    init(_ columns: [Column?], rowCount: Int, time: Int?, takenIn: CalendarMonth) {
        guard let time, case .datetime(let times)? = columns[time] else {
            parts = [Part(partition: .late(takenIn), columns: columns, rowCount: rowCount)]
            return
        }
        if let only = Self.onlyPartition(of: times, takenIn) {
            parts = [Part(partition: only, columns: columns, rowCount: rowCount)]
            return
        }
        var rows: [TimePartition: [Int]] = [:]
        for row in 0..<rowCount {
            let time = times[row].map { Instant(ticks: $0) }
            rows[TimePartition(time: time, takenIn: takenIn), default: []].append(row)
        }
        parts = rows.sorted { $0.value[0] < $1.value[0] }.map { partition, rows in
            Part(partition: partition, columns: columns.map { $0?.gather(rows) }, rowCount: rows.count)
        }
    }

    /// The partition of all rows, when the earliest and the latest share one month.
    private static func onlyPartition(of times: Vector<Int64>, _ takenIn: CalendarMonth) -> TimePartition? {
        guard times.nulls == nil, let first = times.values.min(), let last = times.values.max() else { return nil }
        let month = CalendarMonth(Instant(ticks: first))
        return last < month.end.ticks ? TimePartition(time: Instant(ticks: first), takenIn: takenIn) : nil
    }
}
