public import KQLValues

/// Rows for one table, column by column, on their way into the event store.
///
/// Invariant: one column per schema entry, each of `rowCount` rows and of the entry's type, except that a dynamic column
/// may be carried as `.string` holding JSON text (an empty string is the null of dynamic), so that JSON which is only
/// stored is never parsed into values.
public struct EventBatch: Sendable {
    /// The table's name as KQL knows it, such as `SecurityEvent`.
    public var table: String
    /// The columns that this batch brings; the table may have more, which stay null (for strings: empty).
    public var schema: TableSchema
    /// The values, in the order of `schema`.
    public var columns: [Column]
    public var rowCount: Int

    /// Makes a batch of columns that keep the invariant; the store checks it and answers `invalidBatch`.
    public init(table: String, schema: TableSchema, columns: [Column], rowCount: Int) {
        self.table = table
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    /// Makes a batch of all rows of a table in memory.
    public init(table: String, rows: Table) {
        self.init(table: table, schema: rows.schema, columns: rows.columns, rowCount: rows.rowCount)
    }

    /// What is wrong with this batch's shape, nil when the invariant holds.
    public var fault: String? {
        guard schema.columns.count == columns.count else {
            return "the schema names \(schema.columns.count) columns, the batch holds \(columns.count)"
        }
        for (column, values) in zip(schema.columns, columns) {
            guard values.count == rowCount else {
                return "column \(column.name) has \(values.count) values for \(rowCount) rows"
            }
            let isText = column.type == .dynamic && values.type == .string
            guard values.type == column.type || isText else {
                return "column \(column.name) is declared \(column.type) but holds \(values.type) values"
            }
        }
        return nil
    }

    /// Bytes of the values: the text of strings, the width of others.
    public var byteCount: Int {
        columns.reduce(0) { sum, column in
            switch column {
            case .string(let strings): sum + (strings.offsets.last ?? 0)
            case .bool: sum + rowCount
            case .int: sum + 4 * rowCount
            case .guid, .decimal: sum + 16 * rowCount
            case .long, .real, .datetime, .timespan: sum + 8 * rowCount
            // Parsed dynamics are rare in what is stored; their text is not made just to be measured.
            case .dynamic: sum + 16 * rowCount
            }
        }
    }
}
