import KQLFunctions
import KQLValues

extension Plugin {
    static let rowsNear = Plugin(
        "rows_near", "The rows that lie near a row for which a condition holds.",
        [.value("condition"), .constant("rows", .long), .constant("rowsAfter", .long, .optional)],
        schema: { $0.input }
    ) { input throws(ExecutionError) in
        guard case .bool(let marks) = try input.column(0).converted(to: .bool) else { return input.table }
        let before = Int(clamping: try input.wholeNumber(1))
        let after = try input.option(2, "rowsAfter").map { value throws(ExecutionError) in
            Int(clamping: try value.timelineNumber())
        }
        let count = input.table.rowCount
        var rows: [Int] = []
        var next = 0
        for row in 0..<count where marks[row] == true {
            let first = max(next, row - min(row, max(0, before)))
            let last = min(count - 1, row + min(count, max(0, after ?? before)))
            if first <= last { rows += first...last }
            next = max(next, last + 1)
        }
        return input.table.gather(rows)
    }

    static let preview = Plugin(
        "preview", "The first rows of a table; the second table of Kusto, the count, is left out.",
        [.constant("rows", .long)], schema: { $0.input }
    ) { input throws(ExecutionError) in
        let count = Int(clamping: max(0, try input.wholeNumber(0)))
        return input.table.gather(Array(0..<min(count, input.table.rowCount)))
    }

    static let estimateRowsCount = Plugin(
        "estimate_rows_count", "The number of rows; exact in Tocsin.", [],
        schema: { _ in TableSchema([ColumnSchema("EstimatedRowsCount", .long)]) }
    ) { input in
        Table(
            schema: TableSchema([ColumnSchema("EstimatedRowsCount", .long)]),
            columns: [.long(Vector([Int64(input.table.rowCount)]))], rowCount: 1)
    }
}
