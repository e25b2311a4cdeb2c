internal import Chronology
internal import Vocabulary

/// When tables have rows, to the hour.
struct TableActivity {
    private var hours: [String: [Instant: Int]] = [:]
    /// Tables without times may give rows in any window.
    private(set) var timeless: [String] = []

    mutating func add(_ table: String, _ rows: [Instant: Int]?) {
        if let rows { hours[table] = rows } else { timeless.append(table) }
    }

    /// Whether no table has a row in any hour that the window touches.
    func isEmpty(in window: TimeRange) -> Bool {
        guard timeless.isEmpty else { return false }
        return hours.values.allSatisfy { rows in rows.isEmpty || !touched(window).contains { rows[$0] != nil } }
    }

    /// The tables that have rows in a window.
    func tables(in window: TimeRange) -> [String] {
        hours.filter { rows in touched(window).contains { rows.value[$0] != nil } }.keys.sorted()
    }

    func totals(in range: TimeRange) -> [(table: String, rows: Int)] {
        hours.map { table, rows in
            (table, rows.reduce(0) { range.contains($1.key) ? $0 + $1.value : $0 })
        }.sorted { $0.0 < $1.0 }
    }

    func days(in range: TimeRange) -> [Instant: Int] {
        var days: [Instant: Int] = [:]
        for (hour, count) in hours.values.joined() where range.start.startOfDay <= hour && hour < range.end {
            days[hour.startOfDay, default: 0] += count
        }
        return days
    }

    /// The range in parts of whole hours that hold about so many rows each; empty hours are left out.
    func parts(of range: TimeRange, rowsAtOnce: Int) -> [TimeRange] {
        var parts: [TimeRange] = []
        var current: (start: Instant, end: Instant, rows: Int)?
        for hour in touched(range) {
            let rows = hours.values.reduce(0) { $0 + ($1[hour] ?? 0) }
            guard rows > 0 else { continue }
            let end = hour + .hours(1)
            if let open = current, open.end == hour, open.rows + rows <= rowsAtOnce {
                current = (open.start, end, open.rows + rows)
            } else {
                if let open = current { parts.append(TimeRange(start: open.start, end: open.end)) }
                current = (hour, end, rows)
            }
        }
        if let open = current { parts.append(TimeRange(start: open.start, end: open.end)) }
        return parts.map {
            TimeRange(start: max($0.start, range.start), end: min($0.end, range.end))
        }
    }

    private func touched(_ window: TimeRange) -> [Instant] {
        let hour = TimeSpan.hours(1).ticks
        let first = window.start.ticks.floorDivided(by: hour)
        let last = (window.end.ticks - 1).floorDivided(by: hour)
        guard first <= last else { return [] }
        return (first...last).map { Instant(ticks: $0 * hour) }
    }
}
