internal import Chronology
internal import Records

/// The row of a table of Windows events that is being written.
struct WindowsRow {
    /// A column of the table; none when the table's schema lacks it, and then nothing is written.
    struct Place {
        fileprivate let column: Int
    }

    private var table: TableBuilder
    private let batch: RecordBatch
    private let time: Place
    /// Memory for longer texts, used again for each row.
    private var scratch: [UInt8] = []

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        var table = TableBuilder(definition)
        self.batch = batch
        table.constant("SourceSystem", "OpsManager")
        time = Place(column: table.column("TimeGenerated") ?? -1)
        self.table = table
    }

    mutating func place(_ name: String) -> Place {
        Place(column: table.column(name) ?? -1)
    }

    /// Asks for room for long texts in a column, as much as all values of the batch need.
    mutating func expectText(_ place: Place) {
        if place.column >= 0 { table.reserve(place.column, rows: batch.count, bytes: batch.bytes.count) }
    }

    mutating func begin(time instant: Instant) {
        set(time, instant: instant)
    }

    private mutating func set(_ place: Place, instant: Instant) {
        if place.column >= 0 { table.set(place.column, number: instant.ticks) }
    }

    mutating func set(_ place: Place, _ entry: RecordBatch.Entry?, record: Int) {
        guard let entry, place.column >= 0 else { return }
        batch.withUTF8(entry) { table.set(place.column, entry.kind, $0, record: record) }
    }

    /// Sets a number when there is one; a shipper's name for it is not an error.
    mutating func set(_ place: Place, number: Int64?) {
        guard let number, place.column >= 0, Int32(exactly: number) != nil else { return }
        table.set(place.column, number: number)
    }

    mutating func set(_ place: Place, text: String?) {
        guard let text, !text.isEmpty, place.column >= 0 else { return }
        table.set(place.column, text: text)
    }

    /// Sets a text that `write` makes.
    mutating func set(_ place: Place, _ write: (inout [UInt8]) -> Void) {
        guard place.column >= 0 else { return }
        scratch.removeAll(keepingCapacity: true)
        write(&scratch)
        if !scratch.isEmpty { scratch.withUnsafeBufferPointer { table.set(place.column, utf8: $0) } }
    }

    mutating func set(
        _ place: Place, _ datum: WindowsEventView.Datum, of event: WindowsEventView, record: Int
    ) {
        event.withUTF8(datum) { table.set(place.column, .string, $0, record: record) }
    }

    mutating func end(record: Int) { table.endRow(record: record) }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) {
        let mismatches = table.mismatches
        return (table.finish(), mismatches)
    }
}
