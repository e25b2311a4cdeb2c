internal import JSON
internal import KQLValues

/// How much of a result is given.
struct ResultLimits: Hashable {
    var rows: Int
    var bytes: Int

    static let unlimited = ResultLimits(rows: .max, bytes: .max)

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
        guard bytes < .max, let count = rowsThatFit(table) else { return (table, nil) }
        return (
            table.gather(Array(0..<count)),
            "The result is larger than \(bytes) bytes; only the first \(count) of its \(table.rowCount) rows are given. "
                + Self.remedy
        )
    }

    private static let remedy = "Narrow the query, or add 'summarize', 'project' or 'take'."

    /// Nil when all rows fit.
    private func rowsThatFit(_ table: Table) -> Int? {
        var sizes = [Int](repeating: 0, count: table.rowCount)
        for column in table.columns { ResultSize.add(column, to: &sizes) }
        var total = 0
        for (row, size) in sizes.enumerated() {
            total += size
            if total > bytes { return row }
        }
        return nil
    }
}

/// How large results are: texts and dynamic values by their length, others by eight bytes.
enum ResultSize {
    static func bytes(_ table: Table) -> Int {
        var sizes = [Int](repeating: 0, count: table.rowCount)
        for column in table.columns { add(column, to: &sizes) }
        return sizes.reduce(0, +)
    }

    static func add(_ column: Column, to sizes: inout [Int]) {
        switch column {
        case .string(let strings):
            for row in sizes.indices { sizes[row] += strings.byteCount(row) }
        case .dynamic(let values):
            for row in sizes.indices { sizes[row] += bytes(values[row]) }
        default:
            for row in sizes.indices { sizes[row] += 8 }
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
