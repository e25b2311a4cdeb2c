internal import Chronology
internal import Records

/// Maps Windows events to the tables of their channels.
struct WindowsMapper {
    private let batch: RecordBatch
    private let definition: WindowsDefinition
    private let now: Instant
    private let fields: WindowsFields
    private var event: WindowsEventView
    private var security: SecurityEventTable?
    private var classic: ClassicEventTable?
    private var modern: WindowsEventTable?
    private var routes: [String: [WindowsDefinition.WindowsTable]] = [:]

    init(_ definition: WindowsDefinition, tables: TableCatalogue, batch: RecordBatch, now: Instant) {
        self.batch = batch
        self.definition = definition
        self.now = now
        fields = WindowsFields(batch, definition)
        event = WindowsEventView(batch)
        security = tables["SecurityEvent"].map { SecurityEventTable($0, definition, batch) }
        classic = tables["Event"].map { ClassicEventTable($0, batch) }
        modern = tables["WindowsEvent"].map { WindowsEventTable($0, batch) }
    }

    /// Adds the rows of a record.
    mutating func map(_ record: Int) {
        event.read(record, fields, definition)
        let time = event[.time].flatMap { batch.withUTF8($0) { TimeText.instant($0) } } ?? now
        if let provider = event.text(.provider), let orders = definition.dataOrder[provider],
            let id = event.number(.eventID), let order = orders[id]
        {
            event.order(by: order)
        }
        for table in tables() {
            switch table {
            case .securityEvent: security?.add(event, time: time, record: record)
            case .event: classic?.add(event, time: time, record: record)
            case .windowsEvent: modern?.add(event, time: time, record: record)
            }
        }
    }

    private mutating func tables() -> [WindowsDefinition.WindowsTable] {
        let channel = event.text(.channel) ?? ""
        if let known = routes[channel] { return known }
        let tables = definition.tables(for: channel.lowercased())
        routes[channel] = tables
        return tables
    }

    consuming func finish() -> (rows: [MappedRows], mismatches: [Mismatch]) {
        let parts = [security?.finish(), modern?.finish(), classic?.finish()].compactMap { $0 }
        return (parts.compactMap(\.rows), parts.flatMap(\.mismatches))
    }
}

/// The names of event levels, by number or by what log shippers write.
enum WindowsLevel {
    static func number(_ text: String) -> Int64? {
        if let number = Int64(text) { return (0...5).contains(number) ? number : nil }
        return switch text.lowercased() {
        case "logalways", "log always": 0
        case "critical", "fatal": 1
        case "error", "err", "audit_failure": 2
        case "warning", "warn": 3
        case "information", "info", "informational", "audit_success": 4
        case "verbose", "debug": 5
        default: nil
        }
    }

    static func name(_ number: Int64) -> String {
        switch number {
        case 0: "LogAlways"
        case 1: "Critical"
        case 2: "Error"
        case 3: "Warning"
        case 5: "Verbose"
        default: "Information"
        }
    }
}
