internal import JSON
internal import Records

/// One Windows event of a batch: its header and its data, in whatever layout the record has.
struct WindowsEventView {
    /// One piece of event data: a field of the record, or an element of an array that the record holds as JSON.
    struct Datum {
        var name: String
        var value: Value
        enum Value {
            case entry(RecordBatch.Entry)
            case text(String)
        }
    }

    private let batch: RecordBatch
    private var headers: [RecordBatch.Entry?]
    private var ranks: [Int]
    private(set) var data: [Datum] = []

    init(_ batch: RecordBatch) {
        self.batch = batch
        headers = Array(repeating: nil, count: WindowsDefinition.Header.allCases.count)
        ranks = Array(repeating: Int.max, count: headers.count)
    }

    /// Takes up the fields of a record.
    mutating func read(_ record: Int, _ fields: WindowsFields, _ definition: WindowsDefinition) {
        for index in headers.indices {
            headers[index] = nil
            ranks[index] = Int.max
        }
        data.removeAll(keepingCapacity: true)
        let range = batch.recordStarts[record]..<batch.recordStarts[record + 1]
        let isNested = range.contains { fields.isNested[Int(batch.entries[$0].field)] }
        for index in range {
            let entry = batch.entries[index]
            switch fields.roles[Int(entry.field)] {
            case .header(let header, let rank): note(entry, header, rank)
            case .data(let name): add(entry, name)
            case .flatData(let name):
                if !isNested, !isIgnored(entry, name, definition) { add(entry, name) }
            case .ignored: break
            }
        }
    }

    private mutating func note(_ entry: RecordBatch.Entry, _ header: WindowsDefinition.Header, _ rank: Int) {
        let index = header.index
        guard rank < ranks[index], entry.kind != .null, entry.length > 0 else { return }
        headers[index] = entry
        ranks[index] = rank
    }

    private func isIgnored(_ entry: RecordBatch.Entry, _ name: String, _ definition: WindowsDefinition) -> Bool {
        guard let values = definition.ignoredValues[name.lowercased()] else { return false }
        return values.contains(batch.text(entry))
    }

    private mutating func add(_ entry: RecordBatch.Entry, _ name: String) {
        guard entry.kind == .json, name.isEmpty || name == "Data" else {
            // A null stands for an empty element; event data without any member for none.
            if entry.kind != .null || !name.isEmpty { data.append(Datum(name: name, value: .entry(entry))) }
            return
        }
        // Text of our own flattening: it parses, or there is nothing to read.
        guard let list = (try? JSON(parsing: batch.text(entry)))?.arrayValue else { return }
        for element in list {
            let name = ["@Name", "Name", "name"].lazy.compactMap { element[$0]?.stringValue }.first ?? name
            let value = ["#text", "text", "_", "Value", "value"].lazy.compactMap { element[$0] }.first
            let text = element.objectValue == nil ? element : value ?? .string("")
            data.append(Datum(name: name, value: .text(text.stringValue ?? (text.isNull ? "" : text.description))))
        }
    }

    /// Puts the data into an order of names; others follow as they came.
    mutating func order(by names: [String]) {
        let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let ranked = data.enumerated().map { (places[$1.name] ?? names.count + $0, $1) }
        data = ranked.sorted { $0.0 < $1.0 }.map(\.1)
    }

    subscript(header: WindowsDefinition.Header) -> RecordBatch.Entry? { headers[header.index] }

    func text(_ header: WindowsDefinition.Header) -> String? { self[header].map { batch.text($0) } }

    func number(_ header: WindowsDefinition.Header) -> Int64? {
        self[header].flatMap { batch.withUTF8($0) { NumberText.integer($0) } }
    }

    func text(_ datum: Datum) -> String {
        switch datum.value {
        case .entry(let entry): batch.text(entry)
        case .text(let text): text
        }
    }

    func withUTF8<Result>(_ datum: Datum, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch datum.value {
        case .entry(let entry): return batch.withUTF8(entry, body)
        case .text(let text):
            var copy = text
            return copy.withUTF8(body)
        }
    }
}

extension WindowsDefinition.Header {
    fileprivate var index: Int {
        switch self {
        case .eventID: 0
        case .channel: 1
        case .provider: 2
        case .computer: 3
        case .time: 4
        case .level: 5
        case .task: 6
        case .opcode: 7
        case .version: 8
        case .keywords: 9
        case .recordID: 10
        case .processID: 11
        case .threadID: 12
        case .userID: 13
        case .userDomain: 14
        case .userName: 15
        case .activityID: 16
        case .message: 17
        }
    }
}
