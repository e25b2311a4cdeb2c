internal import EventStore
internal import KQLValues
internal import Records

/// A value that does not fit its column: the column is null in that row, and this goes to the dead letters.
struct Mismatch {
    var record: Int
    var table: String
    var column: String
    var type: KQLType
    var value: String
}

/// Rows of one table that came of records, with the record of each row.
struct MappedRows {
    var batch: EventBatch
    var records: [Int]
}

/// Grows rows of one table; a column exists from its first value on.
struct TableBuilder {
    let definition: TableDefinition
    private(set) var rowCount = 0
    private(set) var records: [Int] = []
    private var mismatches: [Mismatch] = []
    private let batch: RecordBatch
    private var builders: [ColumnBuilder] = []
    private var indexes: [String: Int] = [:]

    /// - Parameter batch: Where the entries come from that rows are set to.
    init(_ definition: TableDefinition, of batch: RecordBatch = RecordBatch()) {
        self.definition = definition
        self.batch = batch
        constant("Type", definition.name)
    }

    /// The builder's number for a column of the table; nil when the table has none of that name.
    mutating func column(_ name: String) -> Int? {
        if let known = indexes[name] { return known }
        guard let position = definition.schema.index(of: name) else { return nil }
        builders.append(ColumnBuilder(definition.schema.columns[position]))
        indexes[name] = builders.count - 1
        return builders.count - 1
    }

    func type(of column: Int) -> KQLType { builders[column].schema.type }

    /// Gives every row without a value of its own this one in a string column.
    mutating func constant(_ name: String, _ value: String) {
        if let column = column(name) { builders[column].fill(with: value) }
    }

    mutating func reserve(_ column: Int, rows: Int, bytes: Int) {
        builders[column].reserve(rows: rows, bytes: bytes)
    }

    /// Whether the row under construction has a value in a column already.
    func isSet(_ column: Int) -> Bool { builders[column].count > rowCount }

    /// Sets a value of the row under construction to that of an entry, by its place in the batch; the first one stays.
    mutating func set(_ column: Int, entry: Int) {
        guard !isSet(column) else { return }
        builders[column].pad(to: rowCount)
        builders[column].append(pending: entry)
    }

    /// Sets a value of the row under construction; the first one stays.
    mutating func set(_ column: Int, _ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>, record: Int) {
        guard prepare(column) else { return }
        if !builders[column].append(kind, utf8) {
            note(String(decoding: utf8, as: UTF8.self), in: column, record: record)
            // A time that cannot be read is replaced by the caller's.
            if builders[column].schema.name != "TimeGenerated" { builders[column].appendNull() }
        }
    }

    mutating func set(_ column: Int, text: String) {
        if prepare(column) { builders[column].append(text) }
    }

    /// Sets a string, or a dynamic value that is JSON text.
    mutating func set(_ column: Int, utf8: UnsafeBufferPointer<UInt8>) {
        if prepare(column) { builders[column].append(utf8: utf8) }
    }

    mutating func set(_ column: Int, number: Int64) {
        if prepare(column) { builders[column].append(number: number) }
    }

    /// Makes a column ready for a value of the row under construction; false when it has one.
    private mutating func prepare(_ column: Int) -> Bool {
        guard !isSet(column) else { return false }
        if builders[column].hasPending { settle(column) }
        builders[column].pad(to: rowCount)
        return true
    }

    private mutating func settle(_ column: Int) {
        for misfit in builders[column].settle(batch) {
            note(batch.text(misfit.entry), in: column, record: records[misfit.row])
        }
    }

    private mutating func note(_ value: String, in column: Int, record: Int) {
        let schema = builders[column].schema
        mismatches.append(
            Mismatch(
                record: record, table: definition.name, column: schema.name, type: schema.type, value: value))
    }

    mutating func endRow(record: Int) {
        rowCount += 1
        records.append(record)
    }

    /// The rows, nil when there are none, and the values that did not fit, in the order of their records. Columns without any
    /// value, set or constant, are left out.
    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) {
        guard rowCount > 0 else { return (nil, mismatches) }
        for column in builders.indices { settle(column) }
        mismatches.sort { $0.record < $1.record }
        var schema: [ColumnSchema] = []
        var columns: [Column] = []
        for builder in builders where builder.count > 0 || builder.hasFiller {
            schema.append(builder.schema)
            columns.append(builder.finish(rowCount: rowCount))
        }
        let batch = EventBatch(
            table: definition.name, schema: TableSchema(schema), columns: columns, rowCount: rowCount)
        return (MappedRows(batch: batch, records: records), mismatches)
    }
}
