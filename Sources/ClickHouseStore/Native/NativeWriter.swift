import EventStore
import Foundation
import JSON
import KQLValues

/// Writes one block in ClickHouse's `Native` format: column after column, as our columns are.
struct NativeWriter {
    private(set) var bytes: [UInt8] = []
    private let rows: Range<Int>

    /// - Parameter rows: The rows of the columns that make up the block.
    init(columnCount: Int, rows: Range<Int>) {
        self.rows = rows
        write(length: columnCount)
        write(length: rows.count)
    }

    /// Adds a column under its stored name; what comes as text for a dynamic column has null for the empty text.
    mutating func write(_ column: Column, as stored: StoredColumn) {
        write(text: stored.storedName)
        write(text: ClickHouseForms.typeName(stored.type))
        switch column {
        case .bool(let bools): write(bools) { $0 ? 1 as UInt8 : 0 }
        case .int(let ints): write(ints) { $0 }
        case .long(let longs), .datetime(let longs), .timespan(let longs): write(longs) { $0 }
        case .real(let reals): write(reals) { $0 }
        case .guid(let guids): write(guids) { $0.halves }
        case .decimal(let decimals):
            writeTexts(nullable: true) { decimals[$0]?.description }
        case .dynamic(let values):
            writeTexts(nullable: true) { values[$0].isNull ? nil : values[$0].description }
        case .string(let strings): write(strings, emptyIsNull: stored.type == .dynamic)
        }
    }

    /// Adds a column that has the same number in every row and is never null.
    mutating func write(repeating number: Int64, as stored: StoredColumn) {
        write(text: stored.storedName)
        write(text: "Int64")
        append(rows.map { _ in number })
    }

    private mutating func write<Element, Stored: BitwiseCopyable>(
        _ vector: Vector<Element>, _ stored: (Element) -> Stored
    ) {
        if let nulls = vector.nulls {
            bytes.append(contentsOf: nulls[rows].lazy.map { $0 ? 1 : 0 })
        } else {
            bytes.append(contentsOf: repeatElement(0, count: rows.count))
        }
        append(vector.values[rows].map(stored))
    }

    private mutating func append<Stored: BitwiseCopyable>(_ values: [Stored]) {
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    private mutating func write(_ strings: StringColumn, emptyIsNull: Bool) {
        if emptyIsNull { bytes.append(contentsOf: rows.lazy.map { strings.isEmpty($0) ? 1 : 0 }) }
        let total = strings.offsets[rows.upperBound] - strings.offsets[rows.lowerBound]
        bytes.reserveCapacity(bytes.count + total + 2 * rows.count)
        for row in rows {
            strings.withUTF8(row) { text in
                write(length: text.count)
                bytes.append(contentsOf: text)
            }
        }
    }

    private mutating func writeTexts(nullable: Bool, _ text: (Int) -> String?) {
        let texts = rows.map(text)
        if nullable { bytes.append(contentsOf: texts.lazy.map { $0 == nil ? 1 : 0 }) }
        for text in texts { write(text: text ?? "") }
    }

    private mutating func write(text: String) {
        write(length: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    /// A length in groups of seven bits, the lowest first.
    private mutating func write(length: Int) {
        var rest = UInt(length)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// A UUID as ClickHouse stores it: two little-endian numbers, the first half first.
struct GUIDHalves: BitwiseCopyable {
    var first: UInt64
    var second: UInt64
}

extension UUID {
    var halves: GUIDHalves {
        withUnsafeBytes(of: uuid) {
            GUIDHalves(
                first: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                second: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    init(_ halves: GUIDHalves) {
        var uuid = Column.noGUID.uuid
        withUnsafeMutableBytes(of: &uuid) {
            $0.storeBytes(of: halves.first.bigEndian, as: UInt64.self)
            $0.storeBytes(of: halves.second.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        self.init(uuid: uuid)
    }
}
