import Chronology
import JSON
import KQLFunctions
import KQLValues

extension Plugin {
    /// How many users are listed per row.
    private static let sampleSize = 128

    static let funnelSequence = Plugin(
        "funnel_sequence",
        "Per window, how many users were in which state before and after a sequence of states; the first of Kusto's tables.",
        Parameter.activity + Parameter.range
            + [.constant("maxStepWindow"), .constant("step"), .value("state"), .constant("sequence", .dynamic)],
        schema: { shape in
            let scalars = shape.scalars
            guard scalars.count > 6 else { return nil }
            return TableSchema([
                scalars[1].column, ColumnSchema("prev", scalars[6].expression.type),
                ColumnSchema("next", scalars[6].expression.type), ColumnSchema("dcount", .long),
                ColumnSchema("samples", .dynamic),
            ])
        }
    ) { input throws(ExecutionError) in
        let events = try FunnelEvents(input, states: 6, sequence: 7)
        let windows = try TimelinePeriods(try input.constant(5), from: events.start)
        let limit = try input.wholeNumber(4)
        var seen: [FunnelStep: [Int]] = [:]
        for (user, visits) in events.byUser.sorted(by: { $0.key < $1.key }) {
            let runs = FunnelVisit.runs(visits)
            for index in runs.indices where FunnelVisit.matches(runs, at: index, events.sequence, within: limit) {
                let end = index + events.sequence.count
                let before = index > 0 && runs[index].first - runs[index - 1].last <= limit ? runs[index - 1].row : -1
                let after = end < runs.count && runs[end].first - runs[end - 1].last <= limit ? runs[end].row : -1
                let step = FunnelStep(
                    window: windows.number(of: runs[index].first), before: events.code(before),
                    after: events.code(after))
                if seen[step]?.last != user { seen[step, default: []].append(user) }
            }
        }
        let steps = seen.keys.sorted { left, right in
            let (first, second) = (seen[left]?.count ?? 0, seen[right]?.count ?? 0)
            return (left.window, -first, left.before, left.after) < (right.window, -second, right.before, right.after)
        }
        let ids = try input.column(0).converted(to: .dynamic)
        let states = try input.column(6)
        let samples = steps.map { step -> JSON in
            guard case .dynamic(let values) = ids else { return .array([]) }
            return .array((seen[step] ?? []).prefix(sampleSize).map { values[events.firstRows[$0]] })
        }
        return Table(
            schema: TableSchema([
                events.timeline.schema(events.timeline.name), ColumnSchema("prev", states.type),
                ColumnSchema("next", states.type), ColumnSchema("dcount", .long), ColumnSchema("samples", .dynamic),
            ]),
            columns: [
                events.timeline.column(steps.map { windows.start(of: $0.window) }),
                states.gather(steps.map { events.row(ofState: $0.before) }),
                states.gather(steps.map { events.row(ofState: $0.after) }),
                .long(Vector(steps.map { Int64(seen[$0]?.count ?? 0) })), .dynamic(samples),
            ], rowCount: steps.count)
    }

    static let funnelSequenceCompletion = Plugin(
        "funnel_sequence_completion",
        "Per window and allowed time, how many users came how far in a sequence of states.",
        Parameter.activity + Parameter.range
            + [
                .constant("binSize"), .value("state"), .constant("sequence", .dynamic),
                .constant("maxPeriods", .dynamic),
            ]
    ) { input throws(ExecutionError) in
        let events = try FunnelEvents(input, states: 5, sequence: 6)
        let windows = try TimelinePeriods(try input.constant(4), from: events.start)
        let periods = try FunnelEvents.periods(try input.constant(7))
        var counts: [Int: [[Int64]]] = [:]
        for (_, visits) in events.byUser {
            for (window, inside) in Dictionary(grouping: visits, by: { windows.number(of: $0.first) }) {
                let empty = periods.map { _ in [Int64](repeating: 0, count: events.sequence.count) }
                for (index, period) in periods.enumerated() {
                    let reached = FunnelVisit.progress(inside, events.sequence, within: period)
                    for step in 0..<reached { counts[window, default: empty][index][step] += 1 }
                }
            }
        }
        var rows: [[Value]] = []
        for window in counts.keys.sorted() {
            for (index, period) in periods.enumerated() {
                for (step, state) in events.names.enumerated() {
                    rows.append([
                        events.timeline.column([windows.start(of: window)])[0], .string(state),
                        events.timeline.type == .datetime ? .timespan(.init(ticks: period)) : .long(period),
                        .long(counts[window]?[index][step] ?? 0),
                    ])
                }
            }
        }
        return Table(
            schema: TableSchema([
                events.timeline.schema(events.timeline.name), ColumnSchema(input.argumentName(5), .string),
                ColumnSchema("Period", events.timeline.type == .datetime ? .timespan : .long),
                ColumnSchema("dcount", .long),
            ]), rows: rows)
    }
}
