/// The name and type of a column.
public struct ColumnSchema: Sendable, Hashable {
    public var name: String
    public var type: KQLType

    public init(_ name: String, _ type: KQLType) {
        self.name = name
        self.type = type
    }
}

/// The columns of a table or query result, in order; names are unique and compared exactly.
public struct TableSchema: Sendable, Hashable {
    public var columns: [ColumnSchema]

    public init(_ columns: [ColumnSchema]) {
        self.columns = columns
    }

    /// The position of a column, by its exact name.
    public func index(of name: String) -> Int? {
        columns.firstIndex { $0.name == name }
    }
}

/// A table held in memory, column by column. Invariant: one column per schema entry, of its type, all of `rowCount` rows.
public struct Table: Sendable {
    public var schema: TableSchema
    public var columns: [Column]
    public var rowCount: Int

    /// Makes a table of columns that keep the invariant.
    public init(schema: TableSchema, columns: [Column], rowCount: Int) {
        precondition(schema.columns.count == columns.count, "one column per schema entry")
        assert(zip(schema.columns, columns).allSatisfy { $0.type == $1.type && $1.count == rowCount })
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    /// A table without rows.
    public init(empty schema: TableSchema) {
        self.init(schema: schema, columns: schema.columns.map { Column(empty: $0.type) }, rowCount: 0)
    }

    /// Makes a table of rows of values, each value of its column's type or null.
    public init(schema: TableSchema, rows: some Sequence<[Value]>) {
        self.init(empty: schema)
        for row in rows {
            precondition(row.count == columns.count, "one value per column")
            for (index, value) in row.enumerated() { columns[index].append(value) }
            rowCount += 1
        }
    }

    /// The values of one row.
    public func row(_ row: Int) -> [Value] {
        columns.map { $0[row] }
    }

    /// The column of that exact name.
    public func column(_ name: String) -> Column? {
        schema.index(of: name).map { columns[$0] }
    }

    /// The given rows, in that order; -1 gives a row of nulls.
    public func gather(_ rows: [Int]) -> Table {
        Table(schema: schema, columns: columns.map { $0.gather(rows) }, rowCount: rows.count)
    }
}
