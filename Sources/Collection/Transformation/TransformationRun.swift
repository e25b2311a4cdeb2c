internal import Chronology
internal import EventStore
internal import JSON
internal import KQL
internal import KQLFunctions
internal import KQLValues
internal import Records
internal import Synchronization

/// Runs a transformation over records of one block.
struct TransformationRun {
    /// What came of the records.
    struct Outcome {
        /// Nil when no record gave a row.
        var rows: MappedRows?
        var mismatches: [Mismatch] = []
        /// Records that could not be transformed, with why.
        var failures: [(record: Int, reason: String)] = []
    }

    private let transformation: Transformation
    private let batch: RecordBatch
    private let now: Instant
    /// Names of fields that say nothing about the event, in lowercase; those ending in `*` are prefixes.
    private let ignored: [String]

    init(_ transformation: Transformation, of batch: RecordBatch, ignored: [String] = [], now: Instant) {
        self.transformation = transformation
        self.batch = batch
        self.ignored = ignored
        self.now = now
    }

    /// Transforms records all at once; where one of them fails, the others are not lost with it.
    func transform(_ members: [Int]) -> [Outcome] {
        do {
            return [try outcome(of: members)]
        } catch {
            guard members.count > 1 else {
                return [Outcome(failures: members.map { ($0, "the transformation failed: \(error)") })]
            }
            let middle = members.count / 2
            return transform(Array(members[..<middle])) + transform(Array(members[middle...]))
        }
    }

    private func outcome(of members: [Int]) throws -> Outcome {
        let query = try transformation.query(now: now)
        let source = SourceColumns(batch, members: members, table: transformation.table.name)
        let start = ContinuousClock.now
        let executor = Executor(
            source: source, context: EvaluationContext(now: now, seed: 0), limits: TransformationRun.limits,
            clock: { (ContinuousClock.now - start) / .seconds(1) })
        let result = try executor.run(query.primary.plan).table
        let notes = source.takeNotes()
        guard result.rowCount > 0 else { return Outcome(rows: nil, mismatches: notes.mismatches) }
        guard case .long(let numbers)? = result.column(Transformation.recordColumn) else {
            throw ExecutionError(.assertion, "the rows cannot be traced back to their records")
        }
        var rows = TransformedRows(transformation.table, records: numbers.values.map { Int($0) })
        for (schema, column) in zip(result.schema.columns, result.columns) { rows.add(schema.name, column) }
        rows.complete(now: now)
        if let rest = transformation.table.rest, result.schema.index(of: rest) == nil {
            rows.add(rest, .string(restTexts(of: rows.records, without: notes.readFields)))
        }
        let mismatches = notes.mismatches + rows.mismatches
        return Outcome(rows: rows.finish(), mismatches: mismatches)
    }

    private static let limits = ExecutionLimits(rows: 4 << 20, bytes: 1 << 30, seconds: 60)

    /// For each row the fields that the transformation does not read, as JSON; empty when there are none.
    private func restTexts(of records: [Int], without readFields: Set<Int32>) -> StringColumn {
        var isKnown = Array(repeating: false, count: batch.fieldNames.count)
        for field in readFields { isKnown[Int(field)] = true }
        let names = FieldNameIndex(batch)
        for name in ignored { for field in names.fields(matching: name) { isKnown[Int(field)] = true } }
        var texts = StringColumn()
        for record in records {
            var text = ObjectText(of: batch, under: -1)
            for entry in batch.fields(of: record) where !isKnown[Int(entry.field)] && entry.kind != .null {
                text.add(entry)
            }
            if text.isEmpty {
                texts.append("")
            } else {
                text.finish().withUnsafeBufferPointer { texts.append(utf8: $0) }
            }
        }
        return texts
    }
}

/// Makes rows of a table out of the result of a transformation.
struct TransformedRows {
    let records: [Int]
    private(set) var mismatches: [Mismatch] = []
    private let table: TableDefinition
    private var schema: [ColumnSchema] = []
    private var columns: [Column] = []

    init(_ table: TableDefinition, records: [Int]) {
        self.table = table
        self.records = records
    }

    /// Adds a column of the result as the table's column of that name; one that the table does not have is left out.
    mutating func add(_ name: String, _ column: Column) {
        guard let place = table.schema.index(of: name) else { return }
        let wanted = table.schema.columns[place]
        schema.append(wanted)
        switch (column, wanted.type) {
        case (.dynamic(let values), .dynamic): columns.append(.string(TransformedRows.texts(values)))
        case (.string, .dynamic) where name == table.rest: columns.append(column)
        case (_, let type) where column.type == type: columns.append(column)
        default: columns.append(converted(column, to: wanted))
        }
    }

    /// Gives rows without a time that of receipt, and each row the name of its table.
    mutating func complete(now: Instant) {
        if table.schema.index(of: "TimeGenerated") != nil {
            if let place = schema.firstIndex(where: { $0.name == "TimeGenerated" }) {
                if case .datetime(let times) = columns[place], let nulls = times.nulls {
                    let values = zip(times.values, nulls).map { $1 ? now.ticks : $0 }
                    columns[place] = .datetime(Vector(values))
                }
            } else {
                schema.append(ColumnSchema("TimeGenerated", .datetime))
                columns.append(.datetime(Vector(Array(repeating: now.ticks, count: records.count))))
            }
        }
        if table.schema.index(of: "Type").map({ table.schema.columns[$0].type }) == .string {
            let names = Column.string(StringColumn(repeating: table.name, count: records.count))
            if let place = schema.firstIndex(where: { $0.name == "Type" }) {
                columns[place] = names
            } else {
                schema.append(ColumnSchema("Type", .string))
                columns.append(names)
            }
        }
    }

    consuming func finish() -> MappedRows {
        let batch = EventBatch(
            table: table.name, schema: TableSchema(schema), columns: columns, rowCount: records.count)
        return MappedRows(batch: batch, records: records)
    }

    private static func texts(_ values: [JSON]) -> StringColumn {
        var texts = StringColumn()
        for value in values { texts.append(value == .null ? "" : value.description) }
        return texts
    }

    /// Reads each value as one of the wanted type.
    private mutating func converted(_ column: Column, to wanted: ColumnSchema) -> Column {
        var builder = ColumnBuilder(wanted)
        for row in records.indices {
            let value = column[row]
            guard var text = value.text else {
                builder.appendNull()
                continue
            }
            let kind: RecordBatch.Kind =
                switch value {
                case .dynamic(.object), .dynamic(.array): .json
                case .bool, .dynamic(.bool): .bool
                case .int, .long, .real, .dynamic(.int), .dynamic(.double): .number
                default: .string
                }
            guard !text.withUTF8({ builder.append(kind, $0) }) else { continue }
            builder.appendNull()
            mismatches.append(
                Mismatch(
                    record: records[row], table: table.name, column: wanted.name, type: wanted.type, value: text))
        }
        return builder.finish(rowCount: records.count)
    }
}
