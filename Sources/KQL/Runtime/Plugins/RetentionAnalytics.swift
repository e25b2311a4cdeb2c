import Chronology
import KQLFunctions
import KQLValues

extension Plugin {
    /// `activity_engagement(id, time, [start, end,] inner, outer, dimensions…)`: users of an inner window as a share of
    /// those of the outer window that ends with it.
    static let activityEngagement = Plugin("activity_engagement") { input throws(ExecutionError) in
        let events = try UserEvents(input, needsRange: false)
        let inner = max(1, try input.constant(events.next).wholeTicks())
        let outer = max(1, try input.constant(events.next + 1).wholeTicks())
        let dimensions = try input.dimensionGroups(from: events.next + 2)
        var users: [EventCell: Set<Int>] = [:]
        for (row, moment) in events.moments.enumerated() {
            guard let moment, events.holds(moment) else { continue }
            let bin = (moment - events.origin).floorDivided(by: inner)
            users[EventCell(dimensions.groups[row], Int(bin)), default: []].insert(events.users[row])
        }
        let width = Int(max(1, outer / inner))
        let cells = users.keys.sorted { ($0.bin, $0.group) < ($1.bin, $1.group) }
        var innerCounts: [Int64] = []
        var outerCounts: [Int64] = []
        for cell in cells {
            var all: Set<Int> = []
            for offset in 0..<width { all.formUnion(users[EventCell(cell.group, cell.bin - offset)] ?? []) }
            innerCounts.append(Int64(users[cell]?.count ?? 0))
            outerCounts.append(Int64(all.count))
        }
        let ratios = zip(innerCounts, outerCounts).map { Double($0) / Double(max(1, $1)) }
        return try input.cellTable(
            cells, times: [(input.argumentName(1), cells.map { events.origin + Int64($0.bin) * inner })],
            metrics: [
                ("dcount_activities_inner", .long(Vector(innerCounts))),
                ("dcount_activities_outer", .long(Vector(outerCounts))), ("activity_ratio", .real(Vector(ratios))),
            ], dimensions: dimensions, from: events.next + 2)
    }

    /// `new_activity_metrics(id, time, start, end, window, [cohort], [lookback], dimensions…)`: of the users that are
    /// new in a window, how many are seen in each later one.
    static let newActivityMetrics = Plugin("new_activity_metrics") { input throws(ExecutionError) in
        let events = try UserEvents(input, needsRange: true)
        let window = max(1, try input.constant(events.next).wholeTicks())
        var cohort: Int64?
        var position = events.next + 1
        if let value = input.option(position, "Cohort") {
            cohort = try value.wholeTicks()
            position += 1
        }
        var isKnownBefore: Set<Value> = []
        if case .table(let lookback)? = input.positional.dropFirst(position).first {
            position += 1
            if let ids = lookback.columns.last { isKnownBefore = Set((0..<ids.count).map { ids[$0] }) }
        }
        let ids = try input.column(0)
        let dimensions = try input.dimensionGroups(from: position)
        var seen: [EventCell: Set<Int>] = [:]
        var first: [EventCell: Int] = [:]
        for (row, moment) in events.moments.enumerated() {
            guard let moment, events.holds(moment), !isKnownBefore.contains(ids[row]) else { continue }
            let bin = Int((moment - events.origin).floorDivided(by: window))
            seen[EventCell(dimensions.groups[row], bin), default: []].insert(events.users[row])
            let user = EventCell(dimensions.groups[row], events.users[row])
            first[user] = min(first[user] ?? bin, bin)
        }
        var newUsers: [EventCell: Set<Int>] = [:]
        for (user, bin) in first { newUsers[EventCell(user.group, bin), default: []].insert(user.bin) }
        var rows = RetentionRows()
        for from in newUsers.keys.sorted(by: { ($0.bin, $0.group) < ($1.bin, $1.group) }) {
            if let cohort, events.origin + Int64(from.bin) * window != cohort { continue }
            let new = newUsers[from] ?? []
            let later = seen.keys.filter { $0.group == from.group && $0.bin >= from.bin }.sorted { $0.bin < $1.bin }
            for to in later {
                rows.append(from, to: to.bin, new: new.count, retained: new.intersection(seen[to] ?? []).count)
            }
        }
        let name = input.argumentName(1)
        let start = { (bin: Int) in events.origin + Int64(bin) * window }
        return try input.cellTable(
            rows.cells,
            times: [("from_\(name)", rows.cells.map { start($0.bin) }), ("to_\(name)", rows.ends.map(start))],
            metrics: rows.metrics, dimensions: dimensions, from: position)
    }
}

/// One line per window of new users and later window.
private struct RetentionRows {
    var cells: [EventCell] = []
    var ends: [Int] = []
    private var new: [Int64] = []
    private var retained: [Int64] = []

    mutating func append(_ cell: EventCell, to end: Int, new newCount: Int, retained retainedCount: Int) {
        cells.append(cell)
        ends.append(end)
        new.append(Int64(newCount))
        retained.append(Int64(retainedCount))
    }

    var metrics: [(String, Column)] {
        let rates = zip(retained, new).map { Double($0) / Double(max(1, $1)) }
        return [
            ("dcount_new_values", .long(Vector(new))), ("dcount_retained_values", .long(Vector(retained))),
            ("dcount_churn_values", .long(Vector(zip(new, retained).map { $0 - $1 }))),
            ("retention_rate", .real(Vector(rates))), ("churn_rate", .real(Vector(rates.map { 1 - $0 }))),
        ]
    }
}

/// A group of dimensions and a window, or a group and a user.
private struct EventCell: Hashable {
    let group: Int
    let bin: Int

    init(_ group: Int, _ bin: Int) {
        self.group = group
        self.bin = bin
    }
}

/// The users and times of events, and the range that counts.
private struct UserEvents {
    let users: [Int]
    let moments: [Int64?]
    let origin: Int64
    private let end: Int64
    /// The position of the first argument after the range.
    let next: Int

    init(_ input: PluginInput, needsRange: Bool) throws(ExecutionError) {
        users = Grouping([try input.column(0)], rowCount: input.table.rowCount).groups
        let times = try input.column(1)
        moments = (0..<times.count).map { row in
            switch times[row] {
            case .datetime(let instant): instant.ticks
            case .long(let number): number
            case .int(let number): Int64(number)
            default: nil
            }
        }
        let first = try input.constant(2)
        if needsRange || first.type == times.type {
            origin = try first.wholeTicks()
            end = try input.constant(3).wholeTicks()
            next = 4
        } else {
            origin = moments.compactMap(\.self).min() ?? 0
            end = .max
            next = 2
        }
    }

    func holds(_ moment: Int64) -> Bool { moment >= origin && moment <= end }
}

extension PluginInput {
    fileprivate func dimensionGroups(from position: Int) throws(ExecutionError) -> Grouping {
        var columns: [Column] = []
        for index in positional.indices.dropFirst(position) { columns.append(try column(index)) }
        return Grouping(columns, rowCount: table.rowCount)
    }

    fileprivate func argumentName(_ position: Int) -> String {
        if case .column(_, let name, _)? = positional.dropFirst(position).first { name } else { "" }
    }

    fileprivate func cellTable(
        _ cells: [EventCell], times: [(String, [Int64])], metrics: [(String, Column)], dimensions: Grouping,
        from position: Int
    ) throws(ExecutionError) -> Table {
        let isTime = try column(1).type == .datetime
        var schema: [ColumnSchema] = []
        var columns: [Column] = []
        for (name, values) in times {
            schema.append(ColumnSchema(name, isTime ? .datetime : .long))
            columns.append(isTime ? .datetime(Vector(values)) : .long(Vector(values)))
        }
        for (name, values) in metrics {
            schema.append(ColumnSchema(name, values.type))
            columns.append(values)
        }
        for index in positional.indices.dropFirst(position) {
            let values = try column(index)
            schema.append(ColumnSchema(argumentName(index), values.type))
            columns.append(values.gather(cells.map { dimensions.firstRows[$0.group] }))
        }
        return Table(schema: TableSchema(schema), columns: columns, rowCount: cells.count)
    }
}

extension Value {
    fileprivate func wholeTicks() throws(ExecutionError) -> Int64 {
        switch self {
        case .long(let value): return value
        case .int(let value): return Int64(value)
        case .datetime(let value): return value.ticks
        case .timespan(let value): return value.ticks
        default: throw ExecutionError(.function, "a plugin needs a time or a whole number here, not \(type.rawValue)")
        }
    }
}
