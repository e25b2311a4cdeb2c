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

    /// The bin of a row's value, nil when it lies outside.
    func bin(_ column: Column, _ row: Int) -> Int? {
        guard !column.isNull(row) else { return nil }
        switch (self, column) {
        case (.whole(let from, let step, let count), .long(let vector)),
            (.whole(let from, let step, let count), .datetime(let vector)),
            (.whole(let from, let step, let count), .timespan(let vector)):
            let bin = (vector.values[row] - from).floorDivided(by: step)
            return bin >= 0 && bin < count ? Int(bin) : nil
        case (.whole(let from, let step, let count), .int(let vector)):
            let bin = (Int64(vector.values[row]) - from).floorDivided(by: step)
            return bin >= 0 && bin < count ? Int(bin) : nil
        case (.real(let from, let step, let count), .real(let vector)):
            let bin = ((vector.values[row] - from) / step).rounded(.down)
            return bin >= 0 && bin < Double(count) ? Int(bin) : nil
        default: return nil
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
        for row in 0..<rows.rowCount {
            guard let bin = axis.bin(axisColumn, row) else { continue }
            kept.append(row)
            cells.append(grouping.groups[row] * axis.count + bin)
        }
        var columns = keys.map { $0.gather(grouping.firstRows) }
        let inside = rows.narrowed(to: kept)
        for series in node.series {
            let values = try seriesColumn(series, inside, cells, groupCount: groupCount, binCount: axis.count)
            columns.append(values)
        }
        let labels = axis.labels(node.axis.expression.type)
        columns.append(.dynamic(Array(repeating: labels, count: groupCount)))
        return Table(schema: node.schema, columns: columns, rowCount: groupCount)
    }

    private func seriesColumn(
        _ series: MakeSeries.Series, _ rows: RowView, _ cells: [Int], groupCount: Int, binCount: Int
    ) throws(ExecutionError) -> Column {
        // Only cells that have rows are aggregated; the others get the filler.
        let grouping = Grouping([.long(Vector(cells.map(Int64.init)))], rowCount: cells.count)
        var schema: [ColumnSchema] = []
        var columns: [Column] = []
        for aggregate in series.aggregates {
            columns += try outputs(of: aggregate, over: rows, groups: grouping.groups, groupCount: grouping.count)
            schema += aggregate.outputs.map(\.column)
        }
        let aggregated = Table(schema: TableSchema(schema), columns: columns, rowCount: grouping.count)
        let values = packed(try column(series.value.expression, over: aggregated))
        let filler = try constant(series.filler).packed
        var arrays = [[JSON]](repeating: Array(repeating: filler, count: binCount), count: groupCount)
        for (group, row) in grouping.firstRows.enumerated() where !values[group].isNull {
            arrays[cells[row] / binCount][cells[row] % binCount] = values[group]
        }
        return .dynamic(arrays.map { .array($0) })
    }

    private func seriesAxis(_ node: MakeSeries, _ column: Column) throws(ExecutionError) -> SeriesAxis? {
        let step = try constant(node.step)
        var ends: [Value?] = []
        for end in [node.from, node.to] {
            var value: Value?
            if let end { value = try constant(end) }
            ends.append(value.flatMap { $0.isNull ? nil : $0 })
        }
        let order = sortedRows(column.count, by: [RowOrder(column, isDescending: false, nullsFirst: true)])
        let present = order.filter { !column.isNull($0) }
        let lowest = present.first.map { column[$0] }
        let highest = present.last.map { column[$0] }
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
