import EventStore
import Foundation
import KQLValues

/// The values of one column of an answer as they arrive block by block, in the form of their KQL type.
///
/// The server may give a narrower or unsigned number than was asked for (`count()` is `UInt64`, a comparison `UInt8`); it is
/// read as the wanted one.
struct CollectedColumn {
    private let type: KQLType
    private var storage: Storage
    private var nulls: [Bool] = []
    private var hasNull = false

    private enum Storage {
        case whole([Int64])
        case reals([Double])
        case guids([UUID])
        case text(bytes: [UInt8], offsets: [Int])
    }

    init(_ type: KQLType) {
        self.type = type
        storage =
            switch type {
            case .bool, .int, .long, .datetime, .timespan: .whole([])
            case .real: .reals([])
            case .guid: .guids([])
            case .string, .decimal, .dynamic: .text(bytes: [], offsets: [0])
            }
    }

    /// Reads the values of a block from their type's name on.
    mutating func read(_ cursor: inout NativeCursor, type name: String, rows: Int) throws(NativeFault) {
        var name = Substring(name)
        var marks: UnsafeRawBufferPointer?
        if name.hasPrefix("Nullable("), name.hasSuffix(")") {
            name = name.dropFirst(9).dropLast()
            marks = try cursor.take(rows)
        }
        let before = nulls.count
        if let marks {
            nulls.append(contentsOf: marks.lazy.map { $0 != 0 })
        } else {
            nulls.append(contentsOf: repeatElement(false, count: rows))
        }
        var current = Storage.whole([])
        swap(&current, &storage)
        // What was read of a block that breaks off is put back too, and truncated by the reader.
        switch consume current {
        case .whole(var values):
            defer { storage = .whole(values) }
            try Self.readWhole(&cursor, name, rows, into: &values)
        case .reals(var values):
            defer { storage = .reals(values) }
            try Self.readReals(&cursor, name, rows, into: &values)
        case .guids(var values):
            defer { storage = .guids(values) }
            guard name == "UUID" else { throw Self.unexpected(name) }
            let data = try cursor.take(try Self.size(rows, 16))
            for row in 0..<rows {
                values.append(UUID(data.loadUnaligned(fromByteOffset: row * 16, as: GUIDHalves.self)))
            }
        case .text(var bytes, var offsets):
            defer { storage = .text(bytes: bytes, offsets: offsets) }
            if name == "LowCardinality(String)" || name == "LowCardinality(Nullable(String))" {
                try Self.readDictionary(&cursor, rows, &bytes, &offsets)
                break
            }
            guard name == "String" else { throw Self.unexpected(name) }
            for _ in 0..<rows {
                bytes.append(contentsOf: try cursor.take(cursor.length()))
                offsets.append(bytes.count)
            }
        }
        if marks != nil, !hasNull { hasNull = nulls[before...].contains(true) }
    }

    /// Reads texts that are kept as numbers of a dictionary: a version, flags of which the lowest byte tells the width of a
    /// number, the dictionary, the numbers. The null of a dictionary is its first text, which is empty.
    private static func readDictionary(
        _ cursor: inout NativeCursor, _ rows: Int, _ bytes: inout [UInt8], _ offsets: inout [Int]
    ) throws(NativeFault) {
        func number() throws(NativeFault) -> Int {
            let number = try cursor.take(8).loadUnaligned(as: UInt64.self)
            guard number <= 1 << 40 else { throw .malformed("a dictionary is too large") }
            return Int(number)
        }
        guard try number() == 1 else { throw .malformed("a dictionary has an unknown version") }
        let flags = try number()
        var texts: [UnsafeRawBufferPointer] = []
        for _ in 0..<(try number()) { texts.append(try cursor.take(cursor.length())) }
        guard try number() == rows, flags & 0xFF <= 3 else { throw .malformed("a dictionary does not fit its rows") }
        let width = 1 << (flags & 0xFF)
        let numbers = try cursor.take(size(rows, width))
        for row in 0..<rows {
            var index = 0
            for byte in 0..<width { index |= Int(numbers[row * width + byte]) << (8 * byte) }
            guard texts.indices.contains(index) else { throw .malformed("a dictionary lacks a text") }
            bytes.append(contentsOf: texts[index])
            offsets.append(bytes.count)
        }
    }

    /// Forgets what came after the first `count` rows.
    mutating func truncate(to count: Int) {
        if nulls.count > count { nulls.removeLast(nulls.count - count) }
        var current = Storage.whole([])
        swap(&current, &storage)
        switch consume current {
        case .whole(var values):
            if values.count > count { values.removeLast(values.count - count) }
            storage = .whole(values)
        case .reals(var values):
            if values.count > count { values.removeLast(values.count - count) }
            storage = .reals(values)
        case .guids(var values):
            if values.count > count { values.removeLast(values.count - count) }
            storage = .guids(values)
        case .text(var bytes, var offsets):
            if offsets.count > count + 1 { offsets.removeLast(offsets.count - count - 1) }
            bytes.removeLast(bytes.count - (offsets.last ?? 0))
            storage = .text(bytes: bytes, offsets: offsets)
        }
    }

    private static func unexpected(_ name: Substring) -> NativeFault {
        .malformed("a column has the type \(name)")
    }

    private static func size(_ rows: Int, _ stride: Int) throws(NativeFault) -> Int {
        let (size, overflows) = rows.multipliedReportingOverflow(by: stride)
        if overflows { throw .malformed("a block has too many rows") }
        return size
    }

    private static func readWhole(
        _ cursor: inout NativeCursor, _ name: Substring, _ rows: Int, into values: inout [Int64]
    ) throws(NativeFault) {
        func append<Stored: FixedWidthInteger & BitwiseCopyable>(_: Stored.Type) throws(NativeFault) {
            let stride = MemoryLayout<Stored>.size
            let data = try cursor.take(size(rows, stride))
            values.reserveCapacity(values.count + rows)
            for row in 0..<rows {
                values.append(
                    Int64(truncatingIfNeeded: data.loadUnaligned(fromByteOffset: row * stride, as: Stored.self)))
            }
        }
        switch name {
        case "Int64": try append(Int64.self)
        case "UInt64": try append(UInt64.self)
        case "Int32": try append(Int32.self)
        case "UInt32": try append(UInt32.self)
        case "Int16": try append(Int16.self)
        case "UInt16": try append(UInt16.self)
        case "Int8": try append(Int8.self)
        case "UInt8", "Bool": try append(UInt8.self)
        case "Nothing":
            _ = try cursor.take(rows)
            values.append(contentsOf: repeatElement(0, count: rows))
        default: throw unexpected(name)
        }
    }

    private static func readReals(
        _ cursor: inout NativeCursor, _ name: Substring, _ rows: Int, into values: inout [Double]
    ) throws(NativeFault) {
        guard name == "Float64" else { throw unexpected(name) }
        let data = try cursor.take(size(rows, 8))
        for row in 0..<rows { values.append(data.loadUnaligned(fromByteOffset: row * 8, as: Double.self)) }
    }

    /// What was collected.
    func column() -> Column {
        let nulls = hasNull ? nulls : nil
        switch storage {
        case .whole(let values):
            switch type {
            case .bool: return .bool(Vector(values.map { $0 != 0 }, nulls: nulls))
            case .int: return .int(Vector(values.map { Int32(truncatingIfNeeded: $0) }, nulls: nulls))
            default: return Column(stored: values, as: type, nulls: nulls)
            }
        case .reals(let values): return .real(Vector(values, nulls: nulls))
        case .guids(let values): return .guid(Vector(values, nulls: nulls))
        case .text(let bytes, let offsets):
            return Column(stored: StringColumn(bytes: bytes, offsets: offsets), as: type, nulls: nulls)
        }
    }
}
