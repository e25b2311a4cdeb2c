internal import Chronology
internal import KQLValues
internal import Records

/// The row of a table of Windows events that is being written.
struct WindowsRow {
    /// A column of the table; none when the table's schema lacks it, and then nothing is written.
    struct Place {
        fileprivate let column: Int
        /// Whether values of entries may be read later, since they are taken as the record has them.
        fileprivate var takesEntries = false
    }

    private var table: TableBuilder
    private let batch: RecordBatch
    private let time: Place
    /// Memory for longer texts, used again for each row.
    private var scratch = TextScratch()

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        var table = TableBuilder(definition, of: batch)
        self.batch = batch
        table.constant("SourceSystem", "OpsManager")
        time = Place(column: table.column("TimeGenerated") ?? -1)
        self.table = table
    }

    mutating func place(_ name: String) -> Place {
        guard let column = table.column(name) else { return Place(column: -1) }
        return Place(column: column, takesEntries: table.type(of: column) != .dynamic)
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

    /// Sets the value of an entry, given by its place in the batch.
    mutating func set(_ place: Place, entry: Int?) {
        if let entry, place.column >= 0 { table.set(place.column, entry: entry) }
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

    mutating func set(_ place: Place, utf8: UnsafeBufferPointer<UInt8>) {
        if !utf8.isEmpty, place.column >= 0 { table.set(place.column, utf8: utf8) }
    }

    /// Sets a text that `write` makes.
    mutating func set(_ place: Place, _ write: (inout TextScratch) -> Void) {
        guard place.column >= 0 else { return }
        write(&scratch)
        scratch.withUTF8 { set(place, utf8: $0) }
    }

    mutating func set(
        _ place: Place, _ datum: WindowsEventView.Datum, of event: WindowsEventView, record: Int
    ) {
        guard place.column >= 0 else { return }
        if case .entry(let index) = datum, place.takesEntries {
            table.set(place.column, entry: index)
        } else {
            event.withUTF8(datum) { table.set(place.column, .string, $0, record: record) }
        }
    }

    mutating func end(record: Int) { table.endRow(record: record) }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { table.finish() }
}
