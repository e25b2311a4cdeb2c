import Chronology
import KQLFunctions
import KQLValues

/// Events of users on a timeline cut into windows.
private struct Timeline {
    let users: [Int]
    /// Ticks or numbers.
    let moments: [Int64?]
    let start: Int64
    let end: Int64

    init(_ input: PluginInput, start: Int, end: Int) throws(ExecutionError) {
        users = Grouping([try input.column(0)], rowCount: input.table.rowCount).groups
        moments = try input.column(1).wholeNumbers
        self.start = try input.constant(start).ticks()
        self.end = try input.constant(end).ticks()
    }
}

extension Plugin {
    /// `active_users_count(id, time, start, end, lookback, period, activePeriods, bin, dimensions…)`: users seen in
    /// enough periods of the window before an event, counted per bin of those events.
    static let activeUsersCount = Plugin("active_users_count", schema: { timelineSchema($0, from: 8, ["dcount"]) }) {
        input throws(ExecutionError) in
        let timeline = try Timeline(input, start: 2, end: 3)
        let lookback = try input.constant(4).ticks()
        let period = max(1, try input.constant(5).ticks())
        let wanted = Int(try input.constant(6).ticks())
        let bin = max(1, try input.constant(7).ticks())
        let dimensions = try input.dimensions(from: 8)
        var seen: [Pair: [Int64]] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment else { continue }
            seen[Pair(dimensions.groups[row], timeline.users[row]), default: []].append(moment)
        }
        var active: [Pair: Set<Int>] = [:]
        for (key, moments) in seen {
            let sorted = moments.sorted()
            for moment in sorted where moment >= timeline.start && moment < timeline.end {
                let window = sorted.filter { $0 > moment - lookback && $0 <= moment }
                let periods = Set(window.map { ($0 - timeline.start).floorDivided(by: period) })
                guard periods.count >= wanted else { continue }
                let index = (moment - timeline.start).floorDivided(by: bin)
                active[Pair(key.first, Int(index)), default: []].insert(key.second)
            }
        }
        let rows = active.keys.sorted { ($0.second, $0.first) < ($1.second, $1.first) }
        return try input.timelineTable(
            bins: rows.map { timeline.start + Int64($0.second) * bin }, dimensions: dimensions, from: 8,
            groups: rows.map(\.first), metrics: [("dcount", rows.map { Int64(active[$0]?.count ?? 0) })])
    }

    /// `activity_counts_metrics(id, time, start, end, window, dimensions…)`: per window the events, the users, the new
    /// users and all users so far.
    static let activityCountsMetrics = Plugin(
        "activity_counts_metrics",
        schema: { timelineSchema($0, from: 5, ["count", "dcount", "new_dcount", "aggregated_dcount"]) }
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input, start: 2, end: 3)
        let window = max(1, try input.constant(4).ticks())
        let dimensions = try input.dimensions(from: 5)
        var cells: [Pair: (count: Int64, users: Set<Int>)] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, moment >= timeline.start, moment <= timeline.end else { continue }
            let bin = Int((moment - timeline.start).floorDivided(by: window))
            cells[Pair(dimensions.groups[row], bin), default: (0, [])].count += 1
            cells[Pair(dimensions.groups[row], bin)]?.users.insert(timeline.users[row])
        }
        let rows = cells.keys.sorted { ($0.second, $0.first) < ($1.second, $1.first) }
        var known: [Int: Set<Int>] = [:]
        var metrics: [(String, [Int64])] = [
            ("count", []), ("dcount", []), ("new_dcount", []), ("aggregated_dcount", []),
        ]
        for row in rows {
            guard let cell = cells[row] else { continue }
            let new = cell.users.subtracting(known[row.first] ?? [])
            known[row.first, default: []].formUnion(cell.users)
            metrics[0].1.append(cell.count)
            metrics[1].1.append(Int64(cell.users.count))
            metrics[2].1.append(Int64(new.count))
            metrics[3].1.append(Int64(known[row.first]?.count ?? 0))
        }
        return try input.timelineTable(
            bins: rows.map { timeline.start + Int64($0.second) * window }, dimensions: dimensions, from: 5,
            groups: rows.map(\.first), metrics: metrics)
    }

    /// `rolling_percentile(value, percentile, time, bin, binsPerWindow, dimensions…)`.
    static let rollingPercentile = Plugin("rolling_percentile") { input throws(ExecutionError) in
        let values = try input.column(0)
        guard
            case .real(let wanted) = Column(type: try input.constant(1).type, [try input.constant(1)])
                .converted(to: .real)[0]
        else { return input.table }
        let moments = try input.column(2).wholeNumbers
        let bin = max(1, try input.constant(3).ticks())
        let width = Int(try input.constant(4).ticks())
        let dimensions = try input.dimensions(from: 5)
        var cells: [Pair: [Int]] = [:]
        for (row, moment) in moments.enumerated() {
            guard let moment, !values.isNull(row) else { continue }
            cells[Pair(dimensions.groups[row], Int(moment.floorDivided(by: bin))), default: []].append(row)
        }
        let rows = cells.keys.sorted { ($0.second, $0.first) < ($1.second, $1.first) }
        let order = RowOrder(values, isDescending: false, nullsFirst: true)
        let chosen = rows.map { key -> Int in
            let inside = (0..<width).flatMap { cells[Pair(key.first, key.second - $0)] ?? [] }
                .sorted { order.compare($0, $1) < 0 }
            let rank = Int((wanted / 100 * Double(inside.count)).rounded(.up))
            return inside[max(0, min(inside.count - 1, rank - 1))]
        }
        let name = "rolling_\(width)_percentile_\(input.name(0))_\(Int(wanted))"
        let base = try input.timelineTable(
            bins: rows.map { Int64($0.second) * bin }, timeArgument: 2, dimensions: dimensions, from: 5,
            groups: rows.map(\.first), metrics: [])
        return Table(
            schema: TableSchema(base.schema.columns + [ColumnSchema(name, values.type)]),
            columns: base.columns + [values.gather(chosen)], rowCount: rows.count)
    }

    private static func timelineSchema(_ shape: PluginShape, from: Int, _ metrics: [String]) -> TableSchema? {
        let scalars = shape.scalars
        guard scalars.count >= from else { return nil }
        return TableSchema(
            [scalars[1].column] + scalars.dropFirst(from).map(\.column) + metrics.map { ColumnSchema($0, .long) })
    }
}

private struct Pair: Hashable {
    let first: Int
    let second: Int

    init(_ first: Int, _ second: Int) {
        self.first = first
        self.second = second
    }
}

extension PluginInput {
    /// The rows grouped by the columns from a position on.
    fileprivate func dimensions(from position: Int) throws(ExecutionError) -> Grouping {
        var columns: [Column] = []
        for index in positional.indices.dropFirst(position) { columns.append(try column(index)) }
        return Grouping(columns, rowCount: table.rowCount)
    }

    fileprivate func name(_ position: Int) -> String {
        if case .column(_, let name, _) = positional[position] { name } else { "" }
    }

    /// A table of time bins, dimensions and numbers.
    fileprivate func timelineTable(
        bins: [Int64], timeArgument: Int = 1, dimensions: Grouping, from position: Int, groups: [Int],
        metrics: [(String, [Int64])]
    ) throws(ExecutionError) -> Table {
        let type = try column(timeArgument).type
        var schema = [ColumnSchema(name(timeArgument), type)]
        var columns: [Column] = [
            type == .datetime
                ? .datetime(Vector(bins)) : type == .timespan ? .timespan(Vector(bins)) : .long(Vector(bins))
        ]
        if type == .int { schema[0].type = .long }
        for index in positional.indices.dropFirst(position) {
            let values = try column(index)
            schema.append(ColumnSchema(name(index), values.type))
            columns.append(values.gather(groups.map { dimensions.firstRows[$0] }))
        }
        for (name, values) in metrics {
            schema.append(ColumnSchema(name, .long))
            columns.append(.long(Vector(values)))
        }
        return Table(schema: TableSchema(schema), columns: columns, rowCount: bins.count)
    }
}

extension Column {
    /// Whole numbers or ticks; nil for nulls and other types.
    fileprivate var wholeNumbers: [Int64?] {
        switch self {
        case .long(let vector), .datetime(let vector), .timespan(let vector): (0..<vector.count).map { vector[$0] }
        case .int(let vector): (0..<vector.count).map { vector[$0].map(Int64.init) }
        default: Array(repeating: nil, count: count)
        }
    }
}

extension Value {
    fileprivate func ticks() throws(ExecutionError) -> Int64 {
        switch self {
        case .long(let value): return value
        case .int(let value): return Int64(value)
        case .datetime(let value): return value.ticks
        case .timespan(let value): return value.ticks
        default: throw ExecutionError(.function, "a plugin needs a time or a whole number here, not \(type.rawValue)")
        }
    }
}
