internal import Foundation
internal import KQLValues
internal import Records

/// Grows one column of a table; rows that were not set are null (for strings: the filler, or empty).
struct ColumnBuilder {
    /// An entry of a batch that is no value of the column's type, and the row that it stood for.
    struct Misfit {
        var row: Int
        var entry: RecordBatch.Entry
    }

    let schema: ColumnSchema
    /// What stands in rows of a string column that were not set.
    private var filler: [UInt8] = []
    private var settledCount = 0
    /// What the rows after the settled ones are to be: the places of entries among a batch's, -1 for none. They are read
    /// together, which costs less than one by one.
    private var pending: [Int32] = []
    /// The UTF-8 of all texts, and where in it each ends.
    private var text: [UInt8] = []
    private var textEnds: [Int] = [0]
    private var numbers: [Int64] = []
    private var reals: [Double] = []
    private var guids: [UUID] = []
    private var decimals: [Decimal] = []
    /// Which rows are null; empty while none is. Texts have no null: theirs is the empty text.
    private var nulls: [Bool] = []

    init(_ schema: ColumnSchema) {
        self.schema = schema
    }

    /// Number of rows.
    var count: Int { settledCount + pending.count }

    /// Whether rows wait for `settle`; then nothing but entries may be appended.
    var hasPending: Bool { !pending.isEmpty }

    /// Whether there is anything for a row that was not set.
    var hasFiller: Bool { !filler.isEmpty }

    /// Lets rows of a string column that are not set have a text; the first one stays.
    mutating func fill(with text: String) {
        if schema.type == .string, !hasFiller { filler = Array(text.utf8) }
    }

    mutating func reserve(rows: Int, bytes: Int) {
        textEnds.reserveCapacity(rows + 1)
        text.reserveCapacity(bytes)
    }

    /// Fills up to a row, which is then the next to be set.
    mutating func pad(to row: Int) {
        let missing = row - count
        guard missing > 0 else { return }
        if hasPending {
            pending.append(contentsOf: repeatElement(-1, count: missing))
        } else {
            appendNulls(missing)
        }
    }

    mutating func appendNull() { appendNulls(1) }

    private mutating func appendNulls(_ more: Int) {
        defer { settledCount += more }
        switch schema.type {
        case .string, .dynamic:
            for _ in 0..<more {
                text.append(contentsOf: filler)
                textEnds.append(text.count)
            }
            return
        case .bool, .int, .long, .datetime, .timespan: numbers.append(contentsOf: repeatElement(0, count: more))
        case .real: reals.append(contentsOf: repeatElement(0, count: more))
        case .guid: guids.append(contentsOf: repeatElement(Column.noGUID, count: more))
        case .decimal: decimals.append(contentsOf: repeatElement(0, count: more))
        }
        if nulls.isEmpty { nulls = Array(repeating: false, count: settledCount) }
        nulls.append(contentsOf: repeatElement(true, count: more))
    }

    /// Appends the value of an entry, given by its place among a batch's, which `settle` reads.
    mutating func append(pending entry: Int) { pending.append(Int32(truncatingIfNeeded: entry)) }

    /// Reads the entries that wait; gives those that are no values of the column's type and became null.
    mutating func settle(_ batch: RecordBatch) -> [Misfit] {
        guard hasPending else { return [] }
        var waiting: [Int32] = []
        swap(&waiting, &pending)
        if schema.type == .string {
            appendTexts(waiting, of: batch)
            return []
        }
        var misfits: [Misfit] = []
        for place in waiting {
            guard place >= 0 else {
                appendNull()
                continue
            }
            let entry = batch.entries[Int(place)]
            if !batch.withUTF8(entry, { append(entry.kind, $0) }) {
                misfits.append(Misfit(row: settledCount, entry: entry))
                appendNull()
            }
        }
        return misfits
    }

    private mutating func appendTexts(_ places: [Int32], of batch: RecordBatch) {
        func value(_ place: Int32, _ entries: UnsafeBufferPointer<RecordBatch.Entry>) -> RecordBatch.Entry? {
            guard place >= 0 else { return nil }
            let entry = entries[Int(place)]
            return entry.kind == .null ? nil : entry
        }
        var ends: [Int] = []
        ends.reserveCapacity(textEnds.count + places.count)
        ends.append(contentsOf: textEnds)
        var end = text.count
        batch.entries.withUnsafeBufferPointer { entries in
            for place in places {
                end += value(place, entries)?.length ?? filler.count
                ends.append(end)
            }
            text = Array(unsafeUninitializedCapacity: end) { target, written in
                let target = UnsafeMutableRawBufferPointer(target)
                text.withUnsafeBytes { target.copyMemory(from: $0) }
                written = text.count
                func write(_ value: Slice<UnsafeRawBufferPointer>) {
                    UnsafeMutableRawBufferPointer(rebasing: target[written...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: value))
                    written += value.count
                }
                filler.withUnsafeBytes { filler in
                    batch.bytes.withUnsafeBytes { source in
                        for place in places {
                            if let entry = value(place, entries) {
                                write(source[entry.start..<(entry.start + entry.length)])
                            } else {
                                write(filler[...])
                            }
                        }
                    }
                }
            }
        }
        textEnds = ends
        settledCount += places.count
    }

    /// Appends text as it is; for string columns, and for dynamic ones when it is JSON.
    mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
        text.append(contentsOf: utf8)
        textEnds.append(text.count)
        settledCount += 1
    }

    mutating func append(_ value: String) {
        var copy = value
        copy.withUTF8 { append(utf8: $0) }
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
        settledCount += 1
    }

    /// The column of `rowCount` rows, all settled; a dynamic one as JSON text.
    consuming func finish(rowCount: Int) -> Column {
        pad(to: rowCount)
        let marks: [Bool]? = nulls.isEmpty ? nil : nulls
        return switch schema.type {
        case .string, .dynamic: .string(StringColumn(bytes: text, offsets: textEnds))
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
