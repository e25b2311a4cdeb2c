import KQLFunctions
import KQLValues

extension Plugin {
    static let rollingPercentile = Plugin(
        "rolling_percentile", "Per bin, a percentile of a column over the bins of the window that ends with it.",
        [
            .value("value"), .constant("percentile"), .value("timeline"), .constant("bin"), .constant("binsPerWindow"),
            .value("dimension", .repeated),
        ]
    ) { input throws(ExecutionError) in
        let values = try input.column(0)
        guard
            case .real(let wanted) = Column(type: try input.constant(1).type, [try input.constant(1)])
                .converted(to: .real)[0]
        else { return input.table }
        let timeline = try Timeline(input, time: 2)
        let bins = try TimelinePeriods(try input.constant(3), from: 0)
        let width = Int(try input.wholeNumber(4))
        let rows = try TimelineRows(timeline, input, dimensionsFrom: 5)
        var seen: [TimelineCell: [Int]] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, !values.isNull(row) else { continue }
            seen[TimelineCell(rows.dimensions.groups[row], bins.number(of: moment)), default: []].append(row)
        }
        let cells = seen.keys.sorted(by: TimelineCell.isBefore)
        let order = RowOrder(values, isDescending: false, nullsFirst: true)
        let chosen = cells.map { cell -> Int in
            let inside = (0..<max(1, width)).flatMap { seen[TimelineCell(cell.group, cell.period - $0)] ?? [] }
                .sorted { order.compare($0, $1) < 0 }
            let rank = Int((wanted / 100 * Double(inside.count)).rounded(.up))
            return inside[max(0, min(inside.count - 1, rank - 1))]
        }
        return try rows.table(
            input, groups: cells.map(\.group),
            [
                .moments(timeline.name, cells.map { bins.start(of: $0.period) }), .dimensions,
                .measure(
                    "rolling_\(width)_percentile_\(input.argumentName(0))_\(Int(wanted))", values.gather(chosen)),
            ])
    }
}
