internal import Foundation
internal import KQLValues

/// Grows one column of a table; rows that were not set are null (for strings: empty).
struct ColumnBuilder {
    let schema: ColumnSchema
    private(set) var count = 0
    private var strings = StringColumn()
    private var numbers: [Int64] = []
    private var reals: [Double] = []
    private var guids: [UUID] = []
    private var decimals: [Decimal] = []
    /// Which rows are null; empty while none is. Texts have no null: theirs is the empty text.
    private var nulls: [Bool] = []

    init(_ schema: ColumnSchema) {
        self.schema = schema
    }

    mutating func reserve(rows: Int, bytes: Int) {
        strings.reserve(rows, byteCount: bytes)
    }

    /// Fills up to a row, which is then the next to be set.
    mutating func pad(to row: Int) {
        while count < row { appendNull() }
    }

    mutating func appendNull() {
        switch schema.type {
        case .string, .dynamic:
            strings.append(utf8: UnsafeBufferPointer(start: nil, count: 0))
            count += 1
            return
        case .bool, .int, .long, .datetime, .timespan: numbers.append(0)
        case .real: reals.append(0)
        case .guid: guids.append(Column.noGUID)
        case .decimal: decimals.append(0)
        }
        if nulls.isEmpty { nulls = Array(repeating: false, count: count) }
        nulls.append(true)
        count += 1
    }

    /// Appends text as it is; for string columns, and for dynamic ones when it is JSON.
    mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
        strings.append(utf8: utf8)
        count += 1
    }

    mutating func append(_ text: String) {
        strings.append(text)
        count += 1
    }

    mutating func append(number: Int64) {
        numbers.append(number)
        didAppend()
    }

    mutating func append(real: Double) {
        reals.append(real)
        didAppend()
    }

    mutating func append(guid: UUID) {
        guids.append(guid)
        didAppend()
    }

    mutating func append(decimal: Decimal) {
        decimals.append(decimal)
        didAppend()
    }

    private mutating func didAppend() {
        if !nulls.isEmpty { nulls.append(false) }
        count += 1
    }

    /// The column of `rowCount` rows; a dynamic one as JSON text.
    consuming func finish(rowCount: Int) -> Column {
        pad(to: rowCount)
        let marks: [Bool]? = nulls.isEmpty ? nil : nulls
        return switch schema.type {
        case .string, .dynamic: .string(strings)
        case .bool: .bool(Vector(numbers.map { $0 != 0 }, nulls: marks))
        case .int: .int(Vector(numbers.map { Int32(truncatingIfNeeded: $0) }, nulls: marks))
        case .long: .long(Vector(numbers, nulls: marks))
        case .datetime: .datetime(Vector(numbers, nulls: marks))
        case .timespan: .timespan(Vector(numbers, nulls: marks))
        case .real: .real(Vector(reals, nulls: marks))
        case .guid: .guid(Vector(guids, nulls: marks))
        case .decimal: .decimal(Vector(decimals, nulls: marks))
        }
    }
}
