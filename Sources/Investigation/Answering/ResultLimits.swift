internal import JSON
internal import KQLValues

/// How much of a result is given.
struct ResultLimits: Hashable {
    var rows: Int
    var bytes: Int

    /// The rows that are given of a table, and why these are not all.
    func cut(_ table: Table) -> (table: Table, reason: String?) {
        if table.rowCount > rows {
            let (cut, _) = cut(table.gather(Array(0..<rows)))
            return (
                cut,
                "The result has \(table.rowCount) rows; only the first \(cut.rowCount) are given (limit: \(rows) rows). "
                    + Self.remedy
            )
        }
        guard let count = rowsThatFit(table) else { return (table, nil) }
        return (
            table.gather(Array(0..<count)),
            "The result is larger than \(bytes) bytes; only the first \(count) of its \(table.rowCount) rows are given. "
                + Self.remedy
        )
    }

    private static let remedy = "Narrow the query, or add 'summarize', 'project' or 'take'."

    /// Nil when all rows fit.
    private func rowsThatFit(_ table: Table) -> Int? {
        var total = 0
        for row in 0..<table.rowCount {
            total += table.columns.reduce(0) { $0 + ResultSize.bytes($1, row) }
            if total > bytes { return row }
        }
        return nil
    }
}

/// How large results are: texts and dynamic values by their length, others by eight bytes.
enum ResultSize {
    static func bytes(_ table: Table) -> Int {
        table.columns.reduce(0) { sum, column in (0..<table.rowCount).reduce(sum) { $0 + bytes(column, $1) } }
    }

    static func bytes(_ column: Column, _ row: Int) -> Int {
        switch column {
        case .string(let strings): strings.byteCount(row)
        case .dynamic(let values): bytes(values[row])
        default: 8
        }
    }

    private static func bytes(_ json: JSON) -> Int {
        switch json {
        case .null, .bool: 4
        case .int, .double: 8
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + bytes($1) + 1 }
        case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + bytes($1.value) + 4 }
        }
    }
}
