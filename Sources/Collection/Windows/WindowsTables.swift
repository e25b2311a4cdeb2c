internal import Chronology
internal import Records

/// The part of a row that all tables of Windows events have in common.
struct WindowsRow {
    private(set) var table: TableBuilder
    private let batch: RecordBatch

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        table = TableBuilder(definition)
        self.batch = batch
        table.constant("SourceSystem", "OpsManager")
    }

    mutating func begin(time: Instant) {
        guard let column = table.column("TimeGenerated") else { return }
        table.set(column, number: time.ticks)
    }

    mutating func set(_ name: String, _ entry: RecordBatch.Entry?, record: Int) {
        guard let entry, let column = table.column(name) else { return }
        batch.withUTF8(entry) { table.set(column, entry.kind, $0, record: record) }
    }

    /// Sets a number when the text is one; a shipper's name for it is not an error.
    mutating func set(_ name: String, number: Int64?) {
        guard let number, let column = table.column(name), Int32(exactly: number) != nil else { return }
        table.set(column, number: number)
    }

    mutating func set(_ name: String, text: String?) {
        guard let text, !text.isEmpty, let column = table.column(name) else { return }
        table.set(column, text: text)
    }

    mutating func set(_ name: String, utf8: [UInt8]) {
        guard !utf8.isEmpty, let column = table.column(name) else { return }
        utf8.withUnsafeBufferPointer { table.set(column, utf8: $0) }
    }

    mutating func set(column: Int, _ datum: WindowsEventView.Datum, of event: WindowsEventView, record: Int) {
        event.withUTF8(datum) { table.set(column, .string, $0, record: record) }
    }

    mutating func column(_ name: String) -> Int? { table.column(name) }

    mutating func end(record: Int) { table.endRow(record: record) }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) {
        let mismatches = table.mismatches
        return (table.finish(), mismatches)
    }
}

/// Rows of `Event`, as the classic agent writes them.
struct ClassicEventTable {
    private var row: WindowsRow

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        row = WindowsRow(definition, batch)
    }

    mutating func add(_ event: WindowsEventView, time: Instant, record: Int) {
        row.begin(time: time)
        row.set("Source", event[.provider], record: record)
        row.set("EventLog", event[.channel], record: record)
        row.set("Computer", event[.computer], record: record)
        let level = event.text(.level).flatMap { WindowsLevel.number($0) } ?? 4
        row.set("EventLevel", number: level)
        row.set("EventLevelName", text: WindowsLevel.name(level))
        row.set("EventID", event[.eventID], record: record)
        row.set("EventCategory", number: event.number(.task))
        row.set("RenderedDescription", event[.message], record: record)
        row.set("UserName", text: WindowsAccount.of(event))
        row.set("ParameterXml", utf8: EventDataText.parameters(event))
        row.set("EventData", utf8: EventDataText.dataItem(event, time: time.description))
        row.end(record: record)
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { row.finish() }
}

/// Rows of `WindowsEvent`.
struct WindowsEventTable {
    private var row: WindowsRow

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        row = WindowsRow(definition, batch)
    }

    mutating func add(_ event: WindowsEventView, time: Instant, record: Int) {
        row.begin(time: time)
        row.set("Provider", event[.provider], record: record)
        row.set("Channel", event[.channel], record: record)
        row.set("Computer", event[.computer], record: record)
        row.set("Task", number: event.number(.task))
        let level = event.text(.level).flatMap { WindowsLevel.number($0) } ?? 4
        row.set("EventLevel", number: level)
        row.set("EventLevelName", text: WindowsLevel.name(level))
        row.set("EventID", event[.eventID], record: record)
        row.set("SystemUserId", event[.userID], record: record)
        row.set("Version", number: event.number(.version))
        row.set("Opcode", event[.opcode], record: record)
        row.set("Keywords", text: WindowsKeywords.text(event))
        row.set("Correlation", event[.activityID], record: record)
        row.set("SystemProcessId", number: event.number(.processID))
        row.set("SystemThreadId", number: event.number(.threadID))
        row.set("EventRecordId", event[.recordID], record: record)
        row.set("EventData", utf8: EventDataText.object(event))
        row.end(record: record)
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { row.finish() }
}

enum WindowsKeywords {
    /// The mask in hexadecimal, as Windows shows it; a shipper's names as they are.
    static func text(_ event: WindowsEventView) -> String? {
        guard let text = event.text(.keywords) else { return nil }
        guard let number = Int64(text) else { return text }
        let digits = String(UInt64(bitPattern: number), radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }
}

enum WindowsAccount {
    /// The account an event was written under: its name where a shipper resolved it, else its SID.
    static func of(_ event: WindowsEventView) -> String? {
        guard let name = event.text(.userName) else { return event.text(.userID) }
        return event.text(.userDomain).map { $0 + "\\" + name } ?? name
    }
}
