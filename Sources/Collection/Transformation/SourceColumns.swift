internal import JSON
internal import KQL
internal import KQLValues
internal import Records
internal import Synchronization

/// Some records of a block as the rows of the table `source`. Only columns that are asked for are made.
final class SourceColumns: TableSource {
    private let batch: RecordBatch
    private let members: [Int]
    private let table: String
    private let notes = Mutex(Notes())

    /// What was found while columns were made.
    struct Notes {
        /// The indexes of the fields that were read.
        var readFields: Set<Int32> = []
        /// Values of declared fields that are not of their type.
        var mismatches: [Mismatch] = []
    }

    init(_ batch: RecordBatch, members: [Int], table: String) {
        self.batch = batch
        self.members = members
        self.table = table
    }

    func takeNotes() -> Notes { notes.withLock { $0 } }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }

    func read(_ request: ScanRequest) throws -> Table {
        var reading = Reading(request.columns, of: batch, table: table)
        for member in members { reading.add(member) }
        let readFields = reading.readFields
        let (columns, mismatches) = reading.finish()
        notes.withLock { notes in
            notes.readFields.formUnion(readFields)
            notes.mismatches += mismatches
        }
        return Table(schema: TableSchema(request.columns), columns: columns, rowCount: members.count)
    }
}

/// Walks over records once and grows all wanted columns.
private struct Reading {
    /// What a field is for.
    private struct Use {
        var column: Int
        /// The object whose member the field is, when the whole object is wanted.
        var object: Int32?
    }

    private let batch: RecordBatch
    private let table: String
    private let schemas: [ColumnSchema]
    /// For columns that are not dynamic.
    private var builders: [ColumnBuilder]
    /// For those that are.
    private var documents: [[JSON]]
    private var uses: [[Use]]
    private var records: [Int] = []
    private var mismatches: [Mismatch] = []
    private(set) var readFields: Set<Int32> = []

    init(_ schemas: [ColumnSchema], of batch: RecordBatch, table: String) {
        self.batch = batch
        self.table = table
        self.schemas = schemas
        builders = schemas.map { ColumnBuilder($0) }
        documents = Array(repeating: [], count: schemas.count)
        uses = Array(repeating: [], count: batch.fieldNames.count)
        let members = FieldMembers(batch)
        for (column, schema) in schemas.enumerated() {
            guard let field = batch.field(schema.name) else { continue }
            uses[Int(field)].append(Use(column: column))
            readFields.insert(field)
            for member in members.all(of: field) {
                uses[Int(member)].append(Use(column: column, object: field))
                readFields.insert(member)
            }
        }
    }

    mutating func add(_ record: Int) {
        var objects: [Int: ObjectText] = [:]
        for entry in batch.fields(of: record) where entry.kind != .null {
            for use in uses[Int(entry.field)] {
                if let object = use.object {
                    objects[use.column, default: ObjectText(of: batch, under: object)].add(entry)
                } else {
                    batch.withUTF8(entry) { set(use.column, entry.kind, $0, record) }
                }
            }
        }
        for (column, text) in objects {
            text.finish().withUnsafeBufferPointer { set(column, .json, $0, record) }
        }
        records.append(record)
    }

    /// Sets a value of the row under construction; the first one stays.
    private mutating func set(
        _ column: Int, _ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>, _ record: Int
    ) {
        let row = records.count
        let schema = schemas[column]
        if schema.type == .dynamic {
            guard documents[column].count <= row else { return }
            while documents[column].count < row { documents[column].append(.null) }
            documents[column].append(DocumentText.value(kind, utf8))
        } else {
            guard builders[column].count <= row else { return }
            builders[column].pad(to: row)
            guard !builders[column].append(kind, utf8) else { return }
            builders[column].appendNull()
            mismatches.append(
                Mismatch(
                    record: record, table: table, column: schema.name, type: schema.type,
                    value: String(decoding: utf8, as: UTF8.self)))
        }
    }

    consuming func finish() -> (columns: [Column], mismatches: [Mismatch]) {
        let columns = schemas.enumerated().map { column, schema -> Column in
            if schema.name == Transformation.recordColumn { return .long(Vector(records.map(Int64.init))) }
            guard schema.type == .dynamic else { return builders[column].finish(rowCount: records.count) }
            var values = documents[column]
            while values.count < records.count { values.append(.null) }
            return .dynamic(values)
        }
        return (columns, mismatches)
    }
}

/// Which fields stand in which objects.
struct FieldMembers {
    private var children: [Int32: [Int32]] = [:]

    init(_ batch: RecordBatch) {
        for (field, parent) in batch.fieldParents.enumerated() where parent >= 0 {
            children[parent, default: []].append(Int32(field))
        }
    }

    /// At any depth.
    func all(of object: Int32) -> [Int32] {
        var result: [Int32] = []
        var open = children[object] ?? []
        while let next = open.popLast() {
            result.append(next)
            open += children[next] ?? []
        }
        return result
    }
}

/// Values of fields as dynamic values.
enum DocumentText {
    static func value(_ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>) -> JSON {
        switch kind {
        case .null: return .null
        case .bool: return .bool(utf8.first == UInt8(ascii: "t"))
        case .string: return .string(String(decoding: utf8, as: UTF8.self))
        case .number, .json:
            do {
                return try JSON(parsing: utf8)
            } catch {
                // A number that simdjson cannot hold stays as it was written.
                return .string(String(decoding: utf8, as: UTF8.self))
            }
        }
    }
}
