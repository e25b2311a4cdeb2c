internal import Foundation
internal import JSON
internal import KQLValues
internal import Records

/// One Windows event of a batch: its header and its data, in whatever layout the record has.
struct WindowsEventView {
    /// One piece of event data.
    enum Datum {
        /// A field of the record, by the place of its entry in the batch; its name is that of the field.
        case entry(Int)
        /// An element of an array that the record holds as JSON, by its number among them.
        case element(Int)
    }

    private let batch: RecordBatch
    private let fields: WindowsFields
    /// The places of entries in the batch; -1 for what the record does not have.
    private var headers: [Int]
    private var ranks: [Int]
    private(set) var data: [Datum] = []
    private var elements: [(name: String, text: String)] = []
    /// For each field of event data the last record that had it.
    private var seenIn: [Int]
    private var record = -1
    private var hasRepeatedFields = false

    init(_ batch: RecordBatch, _ fields: WindowsFields) {
        self.batch = batch
        self.fields = fields
        headers = Array(repeating: -1, count: WindowsDefinition.Header.allCases.count)
        ranks = Array(repeating: Int.max, count: headers.count)
        seenIn = Array(repeating: -1, count: batch.fieldNames.count)
    }

    /// Takes up the fields of a record.
    mutating func read(_ record: Int) {
        for index in headers.indices {
            headers[index] = -1
            ranks[index] = Int.max
        }
        data.removeAll(keepingCapacity: true)
        self.record = record
        hasRepeatedFields = false
        if !elements.isEmpty { elements.removeAll() }
        let range = batch.recordStarts[record]..<batch.recordStarts[record + 1]
        let isNested = range.contains { fields.isNested[Int(batch.entries[$0].field)] }
        for index in range {
            let entry = batch.entries[index]
            switch fields.roles[Int(entry.field)] {
            case .header(let header, let rank): note(entry, at: index, header, rank)
            case .data: add(entry, at: index)
            case .flatData: if !isNested { add(entry, at: index) }
            case .guardedData(let values):
                if !isNested, !values.contains(batch.text(entry)) { add(entry, at: index) }
            case .ignored: break
            }
        }
    }

    private mutating func note(
        _ entry: RecordBatch.Entry, at place: Int, _ header: WindowsDefinition.Header, _ rank: Int
    ) {
        let index = header.rawValue
        guard rank < ranks[index], entry.kind != .null, entry.length > 0 else { return }
        headers[index] = place
        ranks[index] = rank
    }

    private mutating func add(_ entry: RecordBatch.Entry, at place: Int) {
        let name = fields.dataNames[Int(entry.field)]
        switch entry.kind {
        case .json where name.isEmpty || name == "Data":
            addElements(of: entry, named: name)
        // A null stands for an empty element; event data without any member for none.
        case .null where name.isEmpty: break
        default:
            data.append(.entry(place))
            hasRepeatedFields = hasRepeatedFields || seenIn[Int(entry.field)] == record
            seenIn[Int(entry.field)] = record
        }
    }

    private mutating func addElements(of entry: RecordBatch.Entry, named name: String) {
        // Text of our own flattening: it parses, or there is nothing to read.
        guard let list = (try? JSON(parsing: batch.text(entry)))?.arrayValue else { return }
        for element in list {
            let name = ["@Name", "Name", "name"].lazy.compactMap { element[$0]?.stringValue }.first ?? name
            let value = ["#text", "text", "_", "Value", "value"].lazy.compactMap { element[$0] }.first
            let text = element.objectValue == nil ? element : value ?? .string("")
            data.append(.element(elements.count))
            elements.append((name, text.stringValue ?? (text.isNull ? "" : text.description)))
        }
    }

    /// More data than this is a sender's doing, not an event's.
    private static let fewData = 64

    /// Puts the data into an order: fields by their ranks, what has none after them as it came.
    mutating func order(by ranks: [Int]) {
        func rank(_ datum: Datum) -> Int {
            if case .entry(let place) = datum { ranks[Int(batch.entries[place].field)] } else { Int.max }
        }
        guard data.count <= Self.fewData else {
            let ranked = data.enumerated().map { (rank($1), $0, $1) }
            data = ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
            return
        }
        // Most are in their order: each is put behind the last before it that does not come after it.
        for next in data.indices.dropFirst() {
            let datum = data[next]
            let own = rank(datum)
            var place = next
            while place > 0, rank(data[place - 1]) > own {
                data[place] = data[place - 1]
                place -= 1
            }
            if place < next { data[place] = datum }
        }
    }

    subscript(header: WindowsDefinition.Header) -> RecordBatch.Entry? { place(header).map { batch.entries[$0] } }

    /// The place of a header's entry in the batch.
    func place(_ header: WindowsDefinition.Header) -> Int? {
        headers[header.rawValue] < 0 ? nil : headers[header.rawValue]
    }

    func entry(_ place: Int) -> RecordBatch.Entry { batch.entries[place] }

    func text(_ header: WindowsDefinition.Header) -> String? { self[header].map { batch.text($0) } }

    func number(_ header: WindowsDefinition.Header) -> Int64? {
        self[header].flatMap { batch.withUTF8($0) { NumberText.integer($0) } }
    }

    func name(_ datum: Datum) -> String {
        switch datum {
        case .entry(let place): fields.dataNames[Int(batch.entries[place].field)]
        case .element(let number): elements[number].name
        }
    }

    /// The number of bytes of a value.
    func byteCount(_ datum: Datum) -> Int {
        switch datum {
        case .entry(let place): batch.entries[place].length
        case .element(let number): elements[number].text.utf8.count
        }
    }

    func withUTF8<Result>(_ datum: Datum, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch datum {
        case .entry(let place): return batch.withUTF8(batch.entries[place], body)
        case .element(let number):
            var copy = elements[number].text
            return copy.withUTF8(body)
        }
    }

    /// The start tag of the `Data` element of a piece of data.
    func withStartTag(_ datum: Datum, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch datum {
        case .entry(let place): fields.labels.startTags.withUTF8(Int(batch.entries[place].field), body)
        case .element(let number):
            var tag = EventDataLabels.startTag(elements[number].name)
            tag.withUTF8(body)
        }
    }

    /// The key of a piece of data in an object, with quotes and colon.
    func withJSONKey(_ datum: Datum, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch datum {
        case .entry(let place): fields.labels.keys.withUTF8(Int(batch.entries[place].field), body)
        case .element(let number):
            var key = EventDataLabels.key(elements[number].name)
            key.withUTF8(body)
        }
    }

    /// At least the number of bytes of the tag as of the key of a piece of data.
    func longestLabel(_ datum: Datum) -> Int {
        switch datum {
        case .entry(let place):
            let field = Int(batch.entries[place].field)
            return max(fields.labels.startTags.byteCount(field), fields.labels.keys.byteCount(field))
        case .element(let number):
            let name = elements[number].name
            return max(EventDataLabels.startTag(name).utf8.count, EventDataLabels.key(name).utf8.count)
        }
    }

    /// Whether some name stands for more than one piece of data.
    var hasRepeatedNames: Bool {
        if elements.isEmpty { return hasRepeatedFields }
        let names = data.map { name($0) }
        return Set(names).count < names.count
    }
}

/// The values of a header field that were met last and what came of it, since most events are like the one before.
struct LastValue<Outcome> {
    private var bytes: [UInt8] = []
    private var outcome: Outcome?

    mutating func outcome(
        of entry: RecordBatch.Entry?, in batch: RecordBatch, _ make: (String) -> Outcome
    ) -> Outcome {
        let isSame: Bool
        if let entry {
            isSame = batch.withUTF8(entry) { text in
                guard text.count == bytes.count, let start = text.baseAddress else { return bytes.isEmpty }
                return memcmp(start, bytes, text.count) == 0
            }
        } else {
            isSame = bytes.isEmpty
        }
        if isSame, let outcome { return outcome }
        bytes = entry.map { batch.withUTF8($0) { Array($0) } } ?? []
        let made = make(String(decoding: bytes, as: UTF8.self))
        outcome = made
        return made
    }
}
