import KQLFunctions
import KQLValues

extension Plugin {
    static let activityEngagement = Plugin(
        "activity_engagement",
        "Per inner window its users, those of the outer window that ends with it, and their ratio.",
        Parameter.activity
            + [
                .constant("start", nil, .optional), .constant("end", nil, .optional), .constant("innerWindow"),
                .constant("outerWindow"),
            ] + Parameter.dimensions
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let range = try TimelineRange(timeline, input, lengths: 2)
        let windows = try TimelinePeriods(try input.constant(range.next), from: range.start)
        let inner = max(1, try input.wholeNumber(range.next))
        let outer = max(1, try input.wholeNumber(range.next + 1))
        let rows = try TimelineRows(timeline, input, dimensionsFrom: range.next + 2)
        let users = range.users(timeline, windows, rows.dimensions)
        let width = Int(max(1, outer / inner))
        let cells = users.keys.sorted(by: TimelineCell.isBefore)
        var innerCounts: [Int64] = []
        var outerCounts: [Int64] = []
        for cell in cells {
            var all: Set<Int> = []
            for offset in 0..<width { all.formUnion(users[TimelineCell(cell.group, cell.period - offset)] ?? []) }
            innerCounts.append(Int64(users[cell]?.count ?? 0))
            outerCounts.append(Int64(all.count))
        }
        let ratios = zip(innerCounts, outerCounts).map { Double($0) / Double(max(1, $1)) }
        return try rows.table(
            input, groups: cells.map(\.group),
            [
                .moments(timeline.name, cells.map { windows.start(of: $0.period) }),
                .measure("dcount_activities_inner", .long(Vector(innerCounts))),
                .measure("dcount_activities_outer", .long(Vector(outerCounts))),
                .measure("activity_ratio", .real(Vector(ratios))), .dimensions,
            ])
    }

    static let activityMetrics = Plugin(
        "activity_metrics",
        "Per window its users, those never seen before, and which share of the window before came back or was lost.",
        Parameter.activity
            + [.constant("start", nil, .optional), .constant("end", nil, .optional), .constant("window")]
            + Parameter.dimensions
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let range = try TimelineRange(timeline, input, lengths: 1)
        let windows = try TimelinePeriods(try input.constant(range.next), from: range.start)
        let rows = try TimelineRows(timeline, input, dimensionsFrom: range.next + 1)
        let users = range.users(timeline, windows, rows.dimensions)
        let cells = users.keys.sorted(by: TimelineCell.isBefore)
        var known: [Int: Set<Int>] = [:]
        var (counts, newCounts): ([Int64], [Int64]) = ([], [])
        var (retained, lost): ([Double], [Double]) = ([], [])
        for cell in cells {
            let current = users[cell] ?? []
            let before = users[TimelineCell(cell.group, cell.period - 1)] ?? []
            counts.append(Int64(current.count))
            newCounts.append(Int64(current.subtracting(known[cell.group] ?? []).count))
            known[cell.group, default: []].formUnion(current)
            // Without a window before there is nobody to come back: NaN.
            let rate = Double(current.intersection(before).count) / Double(before.count)
            retained.append(rate)
            lost.append(1 - rate)
        }
        return try rows.table(
            input, groups: cells.map(\.group),
            [
                .moments(timeline.name, cells.map { windows.start(of: $0.period) }),
                .measure("dcount_values", .long(Vector(counts))),
                .measure("dcount_newvalues", .long(Vector(newCounts))),
                .measure("retention_rate", .real(Vector(retained))), .measure("churn_rate", .real(Vector(lost))),
                .dimensions,
            ])
    }

    static let newActivityMetrics = Plugin(
        "new_activity_metrics", "For the users who are new in a window, how many are seen in each later window.",
        Parameter.activity + Parameter.range
            + [.constant("window"), .constant("cohort", nil, .optional), .value("dimensionOrLookbackTable", .repeated)]
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let range = TimelineRange(start: try input.wholeNumber(2), end: try input.wholeNumber(3), next: 4)
        let windows = try TimelinePeriods(try input.constant(4), from: range.start)
        var position = 5
        var cohort: Int?
        if let value = input.option(position, "Cohort") {
            cohort = windows.number(of: try value.timelineNumber())
            position += 1
        }
        var isKnownBefore: Set<Value> = []
        for case .table(let lookback) in input.positional {
            if let ids = lookback.columns.last { isKnownBefore = Set((0..<ids.count).map { ids[$0] }) }
        }
        let rows = try TimelineRows(timeline, input, dimensionsFrom: position)
        let ids = try input.column(0)
        let isOld = (0..<ids.count).map { !isKnownBefore.isEmpty && isKnownBefore.contains(ids[$0]) }
        let seen = range.users(timeline, windows, rows.dimensions) { !isOld[$0] }
        var first: [TimelineCell: Int] = [:]
        for (cell, users) in seen {
            for user in users {
                first[TimelineCell(cell.group, user), default: cell.period] = min(
                    first[TimelineCell(cell.group, user)] ?? cell.period, cell.period)
            }
        }
        var newUsers: [TimelineCell: Set<Int>] = [:]
        for (user, period) in first { newUsers[TimelineCell(user.group, period), default: []].insert(user.period) }
        var result = RetentionRows()
        for from in newUsers.keys.sorted(by: TimelineCell.isBefore) where cohort == nil || cohort == from.period {
            let new = newUsers[from] ?? []
            let later = seen.keys.filter { $0.group == from.group && $0.period >= from.period }
            for to in later.sorted(by: TimelineCell.isBefore) {
                result.append(from, to: to.period, new: new.count, retained: new.intersection(seen[to] ?? []).count)
            }
            try input.execution.check()
        }
        return try rows.table(
            input, groups: result.cells.map(\.group),
            [
                .moments("from_\(timeline.name)", result.cells.map { windows.start(of: $0.period) }),
                .moments("to_\(timeline.name)", result.ends.map { windows.start(of: $0) }),
            ] + result.measures + [.dimensions])
    }
}

/// The part of a timeline that counts: given as third and fourth argument, or all of it.
private struct TimelineRange {
    let start: Int64
    let end: Int64
    /// The position of the first argument after the range.
    let next: Int

    init(start: Int64, end: Int64, next: Int) {
        self.start = start
        self.end = end
        self.next = next
    }

    /// Reads the range when more constants follow than the `lengths` of windows that must be there.
    init(_ timeline: Timeline, _ input: PluginInput, lengths: Int) throws(ExecutionError) {
        let constants = input.positional.dropFirst(2).prefix { content in
            if case .constant = content { true } else { false }
        }
        if constants.count > lengths {
            self.init(start: try input.wholeNumber(2), end: try input.wholeNumber(3), next: 4)
        } else {
            self.init(start: timeline.moments.compactMap(\.self).min() ?? 0, end: .max, next: 2)
        }
    }

    /// The users per combination of dimensions and period, of the rows that count.
    func users(
        _ timeline: Timeline, _ periods: TimelinePeriods, _ dimensions: Grouping,
        where counts: (Int) -> Bool = { _ in true }
    ) -> [TimelineCell: Set<Int>] {
        var users: [TimelineCell: Set<Int>] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, moment >= start, moment <= end, counts(row) else { continue }
            let cell = TimelineCell(dimensions.groups[row], periods.number(of: moment))
            users[cell, default: []].insert(timeline.users[row])
        }
        return users
    }
}

/// One line per window of new users and later window.
private struct RetentionRows {
    private(set) var cells: [TimelineCell] = []
    private(set) var ends: [Int] = []
    private var new: [Int64] = []
    private var retained: [Int64] = []

    mutating func append(_ cell: TimelineCell, to end: Int, new newCount: Int, retained retainedCount: Int) {
        cells.append(cell)
        ends.append(end)
        new.append(Int64(newCount))
        retained.append(Int64(retainedCount))
    }

    var measures: [TimelineRows.Part] {
        let rates = zip(retained, new).map { Double($0) / Double(max(1, $1)) }
        return [
            .measure("dcount_new_values", .long(Vector(new))),
            .measure("dcount_retained_values", .long(Vector(retained))),
            .measure("dcount_churn_values", .long(Vector(zip(new, retained).map { $0 - $1 }))),
            .measure("retention_rate", .real(Vector(rates))),
            .measure("churn_rate", .real(Vector(rates.map { 1 - $0 }))),
        ]
    }
}
