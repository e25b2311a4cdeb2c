public import EventStore
internal import Foundation
internal import JSON
internal import KQLValues

/// Rows on their way to the event store, with the name under which they are stored once.
public struct SpooledDelivery: Sendable {
    public var id: DeliveryID
    public var batches: [EventBatch]

    public init(id: DeliveryID, batches: [EventBatch]) {
        self.id = id
        self.batches = batches
    }

    private static let version: UInt8 = 1

    /// The delivery as bytes, in which it travels and is kept.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.add(Self.version)
        writer.add(id.text)
        writer.add(UInt32(batches.count))
        for batch in batches {
            writer.add(batch.table)
            writer.add(UInt32(batch.rowCount))
            writer.add(UInt32(batch.columns.count))
            for (schema, column) in zip(batch.schema.columns, batch.columns) {
                writer.add(schema.name)
                writer.add(schema.type.rawValue)
                writer.add(column)
            }
        }
        return writer.bytes
    }

    /// Reads a delivery out of its bytes.
    ///
    /// - Throws: `SpoolError` with code `damaged` for bytes that are none.
    public init(bytes: some Sequence<UInt8>) throws(SpoolError) {
        var reader = ByteReader(Array(bytes)[...])
        guard try reader.number(UInt8.self) == Self.version else {
            throw SpoolError(.damaged, "a spooled delivery was written by another version of Tocsin")
        }
        id = DeliveryID(try reader.text())
        batches = []
        for _ in 0..<(try reader.count(width: 12)) {
            let table = try reader.text()
            let rows = Int(try reader.number(UInt32.self))
            var schema: [ColumnSchema] = []
            var columns: [Column] = []
            for _ in 0..<(try reader.count(width: 9)) {
                let name = try reader.text()
                guard let type = KQLType(rawValue: try reader.text()) else { throw .damaged }
                schema.append(ColumnSchema(name, type))
                columns.append(try reader.column())
            }
            let batch = EventBatch(table: table, schema: TableSchema(schema), columns: columns, rowCount: rows)
            guard batch.fault == nil else { throw .damaged }
            batches.append(batch)
        }
        guard reader.isAtEnd else { throw .damaged }
    }
}

/// How a column's values are written; parsed dynamics become their JSON text, as the store takes them too.
private enum ColumnForm: UInt8 {
    case bool, int, long, real, decimal, datetime, timespan, guid, string
}

extension ByteWriter {
    fileprivate mutating func add(_ column: Column) {
        switch column {
        case .bool(let vector): add(.bool, vector) { $0.add(UInt8($1 ? 1 : 0)) }
        case .int(let vector): add(.int, vector) { $0.add($1) }
        case .long(let vector): add(.long, vector) { $0.add($1) }
        case .datetime(let vector): add(.datetime, vector) { $0.add($1) }
        case .timespan(let vector): add(.timespan, vector) { $0.add($1) }
        case .real(let vector): add(.real, vector) { $0.add($1.bitPattern) }
        case .decimal(let vector): add(.decimal, vector) { $0.add($1.description) }
        case .guid(let vector):
            add(.guid, vector) { writer, guid in
                withUnsafeBytes(of: guid.uuid) { bytes in for byte in bytes { writer.add(byte) } }
            }
        case .string(let strings):
            add(ColumnForm.string.rawValue)
            add(UInt32(strings.count))
            for row in 0..<strings.count { add(UInt32(strings.byteCount(row))) }
            add(bytes: Array(strings.bytes))
        case .dynamic(let values):
            add(.string(StringColumn(values.map { $0.isNull ? "" : $0.description })))
        }
    }

    private mutating func add<Element>(
        _ form: ColumnForm, _ vector: Vector<Element>, _ write: (inout ByteWriter, Element) -> Void
    ) {
        add(form.rawValue)
        add(UInt32(vector.count))
        add(UInt8(vector.nulls == nil ? 0 : 1))
        for isNull in vector.nulls ?? [] { add(UInt8(isNull ? 1 : 0)) }
        for value in vector.values { write(&self, value) }
    }
}

extension ByteReader {
    fileprivate mutating func column() throws(SpoolError) -> Column {
        guard let form = ColumnForm(rawValue: try number(UInt8.self)) else { throw .damaged }
        switch form {
        case .bool:
            return .bool(try vector(width: 1) { reader throws(SpoolError) in try reader.number(UInt8.self) != 0 })
        case .int: return .int(try vector(width: 4) { reader throws(SpoolError) in try reader.number() })
        case .long: return .long(try vector(width: 8) { reader throws(SpoolError) in try reader.number() })
        case .datetime: return .datetime(try vector(width: 8) { reader throws(SpoolError) in try reader.number() })
        case .timespan: return .timespan(try vector(width: 8) { reader throws(SpoolError) in try reader.number() })
        case .real:
            return .real(try vector(width: 8) { reader throws(SpoolError) in Double(bitPattern: try reader.number()) })
        case .decimal:
            return .decimal(
                try vector(width: 4) { reader throws(SpoolError) in
                    guard let decimal = Decimal(string: try reader.text()) else { throw .damaged }
                    return decimal
                })
        case .guid: return .guid(try vector(width: 16) { reader throws(SpoolError) in try reader.guid() })
        case .string: return .string(try strings())
        }
    }

    private mutating func vector<Element: Sendable>(
        width: Int, _ read: (inout ByteReader) throws(SpoolError) -> Element
    ) throws(SpoolError) -> Vector<Element> {
        let count = try count(width: width)
        var nulls: [Bool]?
        if try number(UInt8.self) == 1 {
            var marks: [Bool] = []
            for _ in 0..<count { marks.append(try number(UInt8.self) != 0) }
            nulls = marks
        }
        var values: [Element] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try read(&self)) }
        return Vector(values, nulls: nulls)
    }

    private mutating func strings() throws(SpoolError) -> StringColumn {
        let count = try count(width: 4)
        var offsets = [0]
        offsets.reserveCapacity(count + 1)
        var end = 0
        for _ in 0..<count {
            end += Int(try number(UInt32.self))
            offsets.append(end)
        }
        let bytes = try block()
        guard bytes.count == end else { throw .damaged }
        return StringColumn(bytes: bytes, offsets: offsets)
    }

    private mutating func guid() throws(SpoolError) -> UUID {
        var guid = Column.noGUID.uuid
        var bytes: [UInt8] = []
        for _ in 0..<16 { bytes.append(try number(UInt8.self)) }
        withUnsafeMutableBytes(of: &guid) { $0.copyBytes(from: bytes) }
        return UUID(uuid: guid)
    }
}
