import Chronology
import JSON
import KQLFunctions
import KQLValues

/// The bins of a series along its axis, in ticks for times.
private enum SeriesAxis {
    case whole(from: Int64, step: Int64, count: Int)
    case real(from: Double, step: Double, count: Int)

    var count: Int {
        switch self {
        case .whole(_, _, let count), .real(_, _, let count): count
        }
    }

    /// The bin of each row's value, -1 when it is null or lies outside.
    func bins(of column: Column) -> [Int] {
        switch (self, column) {
        case (.whole(let from, let step, let count), .long(let vector)),
            (.whole(let from, let step, let count), .datetime(let vector)),
            (.whole(let from, let step, let count), .timespan(let vector)):
            vector.bins { value in
                let (distance, overflow) = value.subtractingReportingOverflow(from)
                let bin = overflow ? -1 : distance.floorDivided(by: step)
                return bin >= 0 && bin < count ? Int(bin) : -1
            }
        case (.whole(let from, let step, let count), .int(let vector)):
            vector.bins { value in
                let bin = (Int64(value) &- from).floorDivided(by: step)
                return bin >= 0 && bin < count ? Int(bin) : -1
            }
        case (.real(let from, let step, let count), .real(let vector)):
            vector.bins { value in
                let bin = ((value - from) / step).rounded(.down)
                return bin >= 0 && bin < Double(count) ? Int(bin) : -1
            }
        default: Array(repeating: -1, count: column.count)
        }
    }

    /// The start of each bin, as the axis array shows it.
    func labels(_ type: KQLType) -> JSON {
        .array(
            (0..<count).map { index -> JSON in
                switch self {
                case .real(let from, let step, _): return .double(from + Double(index) * step)
                case .whole(let from, let step, _):
                    let value = from + Int64(index) * step
                    switch type {
                    case .datetime: return .string(Instant(ticks: value).description)
                    case .timespan: return .string(TimeSpan(ticks: value).description)
                    default: return .int(value)
                    }
                }
            })
    }
}

extension Execution {
    func makeSeries(_ node: MakeSeries) throws(ExecutionError) -> Table {
        let rows = RowView(try table(node.input))
        let axisColumn = try column(node.axis.expression, over: rows)
        guard rows.rowCount > 0 || node.isNonEmpty, let axis = try seriesAxis(node, axisColumn) else {
            return Table(empty: node.schema)
        }
        if axis.count > 1_000_000 {
            throw ExecutionError(.rowLimit, "make-series has more than a million bins; use a larger step")
        }
        var keys: [Column] = []
        for key in node.keys { keys.append(try column(key.expression, over: rows)) }
        let grouping = Grouping(keys, rowCount: rows.rowCount)
        let groupCount = node.keys.isEmpty ? 1 : grouping.count
        if groupCount * axis.count > executor.limits.rows { throw tooManyRows("make-series") }
        var kept: [Int] = []
        var cells: [Int] = []
        for (row, bin) in axis.bins(of: axisColumn).enumerated() where bin >= 0 {
            kept.append(row)
            cells.append(grouping.groups[row] * axis.count + bin)
        }
        var columns = keys.map { $0.gather(grouping.firstRows) }
        let inside = kept.count == rows.rowCount ? rows : rows.narrowed(to: kept)
        // Only cells that have rows are aggregated; the others get the filler.
        let filled = Grouping([.long(Vector(cells.map(Int64.init)))], rowCount: cells.count)
        for series in node.series {
            let values = try seriesValues(series, inside, filled)
            let filler = try constant(series.filler).json
            var arrays = [[JSON]](repeating: Array(repeating: filler, count: axis.count), count: groupCount)
            for (cell, row) in filled.firstRows.enumerated() where !values[cell].isNull {
                arrays[cells[row] / axis.count][cells[row] % axis.count] = values[cell]
            }
            columns.append(.dynamic(arrays.map { .array($0) }))
        }
        let labels = axis.labels(node.axis.expression.type)
        columns.append(.dynamic(Array(repeating: labels, count: groupCount)))
        return Table(schema: node.schema, columns: columns, rowCount: groupCount)
    }

    /// The value of a series in each cell that has rows.
    private func seriesValues(
        _ series: MakeSeries.Series, _ rows: RowView, _ cells: Grouping
    ) throws(ExecutionError) -> [JSON] {
        var schema: [ColumnSchema] = []
        var columns: [Column] = []
        for aggregate in series.aggregates {
            columns += try outputs(of: aggregate, over: rows, groups: cells.groups, groupCount: cells.count)
            schema += aggregate.outputs.map(\.column)
        }
        let aggregated = Table(schema: TableSchema(schema), columns: columns, rowCount: cells.count)
        return packed(try column(series.value.expression, over: aggregated))
    }

    private func seriesAxis(_ node: MakeSeries, _ column: Column) throws(ExecutionError) -> SeriesAxis? {
        let step = try constant(node.step)
        var ends: [Value?] = []
        for end in [node.from, node.to] {
            var value: Value?
            if let end { value = try constant(end) }
            ends.append(value.flatMap { $0.isNull ? nil : $0 })
        }
        let (lowest, highest) = (ends[0] == nil || ends[1] == nil) ? column.extremes : (nil, nil)
        if case .real(let size) = step {
            guard size > 0, case .real(let from)? = ends[0] ?? lowest else { return nil }
            guard case .real(let last)? = ends[1] ?? highest else { return nil }
            let isIncluded = ends[1] == nil || node.includesEnd
            let bins = isIncluded ? ((last - from) / size).rounded(.down) + 1 : ((last - from) / size).rounded(.up)
            return .real(from: from, step: size, count: Int(max(0, min(bins, 1e9))))
        }
        guard let size = step.wholeNumber, size > 0 else {
            throw ExecutionError(.function, "the step of make-series must be positive")
        }
        guard let last = (ends[1] ?? highest)?.wholeNumber else { return nil }
        let from: Int64
        if let start = ends[0]?.wholeNumber {
            from = start
        } else if let start = lowest?.wholeNumber {
            // Without `from` the bins are aligned like those of `bin()`.
            from = start.floorDivided(by: size) * size
        } else {
            return nil
        }
        let isIncluded = ends[1] == nil || node.includesEnd
        let span = last - from
        let bins = span < 0 ? 0 : isIncluded ? span / size + 1 : (span + size - 1) / size
        return .whole(from: from, step: size, count: Int(clamping: bins))
    }
}

extension Vector {
    fileprivate func bins(_ bin: (Element) -> Int) -> [Int] {
        guard let nulls else { return values.map(bin) }
        return zip(values, nulls).map { $1 ? -1 : bin($0) }
    }

    /// The rows of the smallest and the largest element by an order; nil when there is none.
    fileprivate func extremes(by isLess: (Element, Element) -> Bool) -> (lowest: Int, highest: Int)? {
        var extremes: (lowest: Int, highest: Int)?
        for row in values.indices where !isNull(row) {
            guard let known = extremes else {
                extremes = (row, row)
                continue
            }
            if isLess(values[row], values[known.lowest]) { extremes?.lowest = row }
            if isLess(values[known.highest], values[row]) { extremes?.highest = row }
        }
        return extremes
    }
}

extension Column {
    /// The smallest and the largest value of an axis; a NaN comes before all numbers.
    fileprivate var extremes: (lowest: Value?, highest: Value?) {
        let rows: (lowest: Int, highest: Int)? =
            switch self {
            case .int(let vector): vector.extremes(by: <)
            case .long(let vector), .datetime(let vector), .timespan(let vector): vector.extremes(by: <)
            case .real(let vector): vector.extremes { $0.isNaN ? !$1.isNaN : $0 < $1 }
            default: nil
            }
        return (rows.map { self[$0.lowest] }, rows.map { self[$0.highest] })
    }
}

extension Value {
    /// A whole number, or the ticks of a time.
    fileprivate var wholeNumber: Int64? {
        switch self {
        case .int(let value): Int64(value)
        case .long(let value): value
        case .datetime(let value): value.ticks
        case .timespan(let value): value.ticks
        default: nil
        }
    }
}
