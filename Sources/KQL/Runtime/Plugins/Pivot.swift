import KQLFunctions
import KQLValues

extension Plugin {
    static let pivot = Plugin(
        "pivot", "One column per value of a column, with the aggregate of its rows.",
        [.value("column"), .value("aggregation", .optional), .value("key", .repeated)]
    ) { input throws(ExecutionError) in
        let pivotIndex = try input.columnIndex(0)
        var keyIndexes: [Int] = []
        var aggregate: BoundAggregate?
        for content in input.positional.dropFirst() {
            switch content {
            case .aggregate(let found): aggregate = found
            case .column(_, _, let index?): keyIndexes.append(index)
            default: break
            }
        }
        let table = input.table
        if keyIndexes.isEmpty {
            let used = aggregate.map { Set($0.arguments.compactMap(\.columnIndex)) } ?? []
            keyIndexes = table.columns.indices.filter { $0 != pivotIndex && !used.contains($0) }
        }
        let names = table.columns[pivotIndex].converted(to: .string)
        let pivots = Grouping([names], rowCount: table.rowCount)
        let keys = Grouping(keyIndexes.map { table.columns[$0] }, rowCount: table.rowCount)
        let cellCount = keys.count * pivots.count
        if cellCount > 10_000_000 {
            throw ExecutionError(.rowLimit, "pivot would make more than ten million cells; reduce the values first")
        }
        let cells = zip(keys.groups, pivots.groups).map { $0 * pivots.count + $1 }
        var values = Column.long(Vector(Array(repeating: 0, count: cellCount)))
        if let aggregate {
            values = try input.execution.outputs(
                of: aggregate, over: RowView(table), groups: cells, groupCount: cellCount)[0]
        } else {
            var counts = [Int64](repeating: 0, count: cellCount)
            for cell in cells { counts[cell] += 1 }
            values = .long(Vector(counts))
        }
        let labels = names.gather(pivots.firstRows)
        let order = sortedRows(pivots.count, by: [RowOrder(labels, isDescending: false, nullsFirst: true)])
        var namer = ColumnNamer()
        var schema = keyIndexes.map { table.schema.columns[$0] }
        for column in schema { namer.reserve(column.name) }
        var columns = keyIndexes.map { table.columns[$0].gather(keys.firstRows) }
        for pivot in order {
            let name = labels[pivot].text ?? ""
            schema.append(ColumnSchema(namer.unique(name), values.type))
            columns.append(values.gather((0..<keys.count).map { $0 * pivots.count + pivot }))
        }
        return Table(schema: TableSchema(schema), columns: columns, rowCount: keys.count)
    }

    static let narrow = Plugin(
        "narrow", "One row per cell: the number of its row, the name of its column and its text.", [],
        schema: { _ in narrowSchema }
    ) { input throws(ExecutionError) in
        let table = input.table
        var rows: [Int64] = []
        var names = StringColumn()
        var values = StringColumn()
        let texts = table.columns.map { $0.converted(to: .string) }
        for row in 0..<table.rowCount {
            for (index, column) in texts.enumerated() {
                rows.append(Int64(row))
                names.append(table.schema.columns[index].name)
                if case .string(let strings) = column { values.append(row: row, of: strings) }
            }
        }
        return Table(
            schema: narrowSchema, columns: [.long(Vector(rows)), .string(names), .string(values)],
            rowCount: rows.count)
    }

    private static let narrowSchema = TableSchema([
        ColumnSchema("Row", .long), ColumnSchema("Column", .string), ColumnSchema("Value", .string),
    ])
}

extension BoundExpression {
    /// The position of the column that this is, conversions aside.
    var columnIndex: Int? {
        switch self {
        case .column(let reference): reference.index
        case .convert(let inner, _): inner.columnIndex
        default: nil
        }
    }
}
