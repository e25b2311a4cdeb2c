import KQLFunctions
import KQLValues

extension Parameter {
    /// The arguments that all plugins about activity start with.
    static let activity: [Parameter] = [.value("id"), .value("timeline")]
    static let range: [Parameter] = [.constant("start"), .constant("end")]
    static let dimensions: [Parameter] = [.value("dimension", .repeated)]
}

extension Plugin {
    static let activeUsersCount = Plugin(
        "active_users_count",
        "Per bin, the users who were active in enough periods of the window before an event in it.",
        Parameter.activity + Parameter.range
            + [.constant("lookback"), .constant("period"), .constant("activePeriods"), .constant("bin")]
            + Parameter.dimensions,
        schema: { $0.timelineSchema(dimensionsFrom: 8, [ColumnSchema("dcount", .long)]) }
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let (start, end) = (try input.wholeNumber(2), try input.wholeNumber(3))
        let lookback = try input.wholeNumber(4)
        let periods = try TimelinePeriods(try input.constant(5), from: start)
        let wanted = try input.wholeNumber(6)
        let bins = try TimelinePeriods(try input.constant(7), from: start)
        let rows = try TimelineRows(timeline, input, dimensionsFrom: 8)
        var seen: [TimelineCell: [Int64]] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment else { continue }
            seen[TimelineCell(rows.dimensions.groups[row], timeline.users[row]), default: []].append(moment)
        }
        var active: [TimelineCell: Set<Int>] = [:]
        for (key, moments) in seen {
            let sorted = moments.sorted()
            var first = 0
            for (last, moment) in sorted.enumerated() where moment >= start && moment < end {
                while sorted[first] <= moment - lookback { first += 1 }
                guard Set(sorted[first...last].map(periods.number)).count >= wanted else { continue }
                active[TimelineCell(key.group, bins.number(of: moment)), default: []].insert(key.period)
            }
        }
        let cells = active.keys.sorted(by: TimelineCell.isBefore)
        return try rows.table(
            input, groups: cells.map(\.group),
            [
                .moments(timeline.name, cells.map { bins.start(of: $0.period) }), .dimensions,
                .measure("dcount", .long(Vector(cells.map { Int64(active[$0]?.count ?? 0) }))),
            ])
    }

    static let activityCountsMetrics = Plugin(
        "activity_counts_metrics",
        "Per window the events, the users, the users not seen in earlier windows, and all users so far.",
        Parameter.activity + Parameter.range + [.constant("window")] + Parameter.dimensions,
        schema: { shape in
            shape.timelineSchema(
                dimensionsFrom: 5,
                ["count", "dcount", "new_dcount", "aggregated_dcount"].map { ColumnSchema($0, .long) })
        }
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input)
        let (start, end) = (try input.wholeNumber(2), try input.wholeNumber(3))
        let windows = try TimelinePeriods(try input.constant(4), from: start)
        let rows = try TimelineRows(timeline, input, dimensionsFrom: 5)
        var seen: [TimelineCell: (count: Int64, users: Set<Int>)] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, moment >= start, moment <= end else { continue }
            let cell = TimelineCell(rows.dimensions.groups[row], windows.number(of: moment))
            seen[cell, default: (0, [])].count += 1
            seen[cell]?.users.insert(timeline.users[row])
        }
        let cells = seen.keys.sorted(by: TimelineCell.isBefore)
        var known: [Int: Set<Int>] = [:]
        var (counts, users, newUsers, allUsers): ([Int64], [Int64], [Int64], [Int64]) = ([], [], [], [])
        for cell in cells {
            guard let (count, inWindow) = seen[cell] else { continue }
            let before = known[cell.group]?.count ?? 0
            known[cell.group, default: []].formUnion(inWindow)
            let after = known[cell.group]?.count ?? 0
            counts.append(count)
            users.append(Int64(inWindow.count))
            newUsers.append(Int64(after - before))
            allUsers.append(Int64(after))
        }
        return try rows.table(
            input, groups: cells.map(\.group),
            [
                .moments(timeline.name, cells.map { windows.start(of: $0.period) }), .dimensions,
                .measure("count", .long(Vector(counts))), .measure("dcount", .long(Vector(users))),
                .measure("new_dcount", .long(Vector(newUsers))),
                .measure("aggregated_dcount", .long(Vector(allUsers))),
            ])
    }
}
