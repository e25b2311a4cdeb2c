import KQLFunctions
import KQLValues

extension Plugin {
    static let slidingWindowCounts = Plugin(
        "sliding_window_counts", "Per bin, the events and users of the window that ends with it.",
        Parameter.activity + Parameter.range + [.constant("lookback"), .constant("bin")] + Parameter.dimensions,
        schema: {
            $0.timelineSchema(dimensionsFrom: 6, [ColumnSchema("Count", .long), ColumnSchema("Dcount", .long)])
        }
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let (start, end) = (try input.wholeNumber(2), try input.wholeNumber(3))
        let bins = try TimelinePeriods(try input.constant(5), from: start)
        let width: Int
        if case .string = try input.constant(5) {
            width = bins.number(of: start) - bins.number(of: start &- (try input.wholeNumber(4)))
        } else {
            width = Int(try input.wholeNumber(4) / max(1, try input.wholeNumber(5)))
        }
        let rows = try TimelineRows(timeline, input, dimensionsFrom: 6)
        let first = bins.number(of: start)
        let last = bins.number(of: end)
        guard last - first <= 1_000_000 else {
            throw ExecutionError(.rowLimit, "sliding_window_counts would make more than a million bins")
        }
        var seen: [TimelineCell: (count: Int64, users: [Int: Int])] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, moment <= end else { continue }
            let cell = TimelineCell(rows.dimensions.groups[row], bins.number(of: moment))
            seen[cell, default: (0, [:])].count += 1
            seen[cell]?.users[timeline.users[row], default: 0] += 1
        }
        var result: [(cell: TimelineCell, count: Int64, users: Int64)] = []
        for group in 0..<rows.dimensions.count {
            var window = SlidingUsers()
            for bin in (first - max(1, width) + 1)...max(first, last) {
                if let (_, users) = seen[TimelineCell(group, bin)] { window.add(users) }
                if let (_, users) = seen[TimelineCell(group, bin - max(1, width))],
                    bin - max(1, width) > first - max(1, width)
                {
                    window.remove(users)
                }
                guard bin >= first, window.events > 0 else { continue }
                result.append((TimelineCell(group, bin), window.events, Int64(window.users.count)))
            }
            try input.execution.check()
        }
        result.sort { TimelineCell.isBefore($0.cell, $1.cell) }
        return try rows.table(
            input, groups: result.map(\.cell.group),
            [
                .moments(timeline.name, result.map { bins.start(of: $0.cell.period) }), .dimensions,
                .measure("Count", .long(Vector(result.map(\.count)))),
                .measure("Dcount", .long(Vector(result.map(\.users)))),
            ])
    }

    static let sessionCount = Plugin(
        "session_count", "Per bin, the sessions of users that are alive in it: runs of events without a long pause.",
        Parameter.activity + Parameter.range + [.constant("bin"), .constant("lookback")] + Parameter.dimensions,
        schema: { $0.timelineSchema(dimensionsFrom: 6, [ColumnSchema("count_sessions", .long)]) }
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let (start, end) = (try input.wholeNumber(2), try input.wholeNumber(3))
        let bins = try TimelinePeriods(try input.constant(4), from: start)
        let lookback = try input.wholeNumber(5)
        let rows = try TimelineRows(timeline, input, dimensionsFrom: 6)
        var seen: [TimelineCell: [Int64]] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, moment >= start, moment <= end else { continue }
            seen[TimelineCell(rows.dimensions.groups[row], timeline.users[row]), default: []].append(moment)
        }
        var sessions: [TimelineCell: Int64] = [:]
        for (key, moments) in seen {
            var previous: (moment: Int64, bin: Int)?
            for moment in moments.sorted() {
                let bin = bins.number(of: moment)
                // A session counts once in each bin that it has an event in.
                let continues = previous.map { moment - $0.moment <= lookback } ?? false
                if !continues || previous?.bin != bin { sessions[TimelineCell(key.group, bin), default: 0] += 1 }
                previous = (moment, bin)
            }
        }
        let cells = sessions.keys.sorted(by: TimelineCell.isBefore)
        return try rows.table(
            input, groups: cells.map(\.group),
            [
                .moments(timeline.name, cells.map { bins.start(of: $0.period) }), .dimensions,
                .measure("count_sessions", .long(Vector(cells.map { sessions[$0] ?? 0 }))),
            ])
    }
}

/// The users of the bins inside a sliding window, each with the number of its events.
private struct SlidingUsers {
    private(set) var users: [Int: Int] = [:]
    private(set) var events: Int64 = 0

    mutating func add(_ others: [Int: Int]) {
        for (user, count) in others {
            users[user, default: 0] += count
            events += Int64(count)
        }
    }

    mutating func remove(_ others: [Int: Int]) {
        for (user, count) in others {
            events -= Int64(count)
            users[user, default: 0] -= count
            if users[user] == 0 { users[user] = nil }
        }
    }
}
