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
    private var lastRoute = LastValue<[WindowsDefinition.WindowsTable]>()
    private var lastProvider = LastValue<String>()
    /// By provider and event id the rank of each field in the order of its data; empty where the order is not known.
    private var fieldRanks: [String: [Int64: [Int]]] = [:]

    init(_ definition: WindowsDefinition, tables: TableCatalogue, batch: RecordBatch, now: Instant) {
        self.batch = batch
        self.definition = definition
        self.now = now
        fields = WindowsFields(batch, definition)
        event = WindowsEventView(batch, fields)
        security = tables["SecurityEvent"].map { [fields] in SecurityEventTable($0, definition, batch, fields) }
        classic = tables["Event"].map { ClassicEventTable($0, batch) }
        modern = tables["WindowsEvent"].map { WindowsEventTable($0, batch) }
    }

    /// Adds the rows of a record.
    mutating func map(_ record: Int) {
        event.read(record)
        let time = event[.time].flatMap { batch.withUTF8($0) { TimeText.instant($0) } } ?? now
        order()
        let tables = lastRoute.outcome(of: event[.channel], in: batch) { definition.tables(for: $0.lowercased()) }
        for table in tables {
            switch table {
            case .securityEvent: security?.add(event, time: time, record: record)
            case .event: classic?.add(event, time: time, record: record)
            case .windowsEvent: modern?.add(event, time: time, record: record)
            }
        }
    }

    private mutating func order() {
        let provider = lastProvider.outcome(of: event[.provider], in: batch) { $0 }
        guard definition.dataOrder[provider] != nil, let id = event.number(.eventID) else { return }
        let ranks = fieldRanks[provider]?[id] ?? ranks(of: id, provider)
        if !ranks.isEmpty { event.order(by: ranks) }
    }

    private mutating func ranks(of id: Int64, _ provider: String) -> [Int] {
        var ranks: [Int] = []
        if let order = definition.dataOrder[provider]?[id] {
            let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            ranks = fields.dataNames.map { places[$0] ?? order.count }
        }
        fieldRanks[provider, default: [:]][id] = ranks
        return ranks
    }

    consuming func finish() -> (rows: [MappedRows], mismatches: [Mismatch]) {
        let parts = [security?.finish(), modern?.finish(), classic?.finish()].compactMap { $0 }
        return (parts.compactMap(\.rows), parts.flatMap(\.mismatches))
    }
}

/// The names of event levels, by number or by what log shippers write.
enum WindowsLevel {
    static func number(_ event: WindowsEventView) -> Int64 {
        guard event[.level] != nil else { return 4 }
        if let number = event.number(.level) { return (0...5).contains(number) ? number : 4 }
        return switch event.text(.level)?.lowercased() {
        case "logalways", "log always": 0
        case "critical", "fatal": 1
        case "error", "err", "audit_failure": 2
        case "warning", "warn": 3
        case "verbose", "debug": 5
        default: 4
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
