internal import JSON
internal import Records

/// One Windows event of a batch: its header and its data, in whatever layout the record has.
struct WindowsEventView {
    /// One piece of event data.
    enum Datum {
        /// A field of the record; its name is that of the field.
        case entry(RecordBatch.Entry)
        /// An element of an array that the record holds as JSON.
        case element(name: String, text: String)
    }

    private let batch: RecordBatch
    private let fields: WindowsFields
    private var headers: [RecordBatch.Entry?]
    private var ranks: [Int]
    private(set) var data: [Datum] = []

    init(_ batch: RecordBatch, _ fields: WindowsFields) {
        self.batch = batch
        self.fields = fields
        headers = Array(repeating: nil, count: WindowsDefinition.Header.allCases.count)
        ranks = Array(repeating: Int.max, count: headers.count)
    }

    /// Takes up the fields of a record.
    mutating func read(_ record: Int) {
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
            case .data: add(entry)
            case .flatData: if !isNested { add(entry) }
            case .guardedData(let values): if !isNested, !values.contains(batch.text(entry)) { add(entry) }
            case .ignored: break
            }
        }
    }

    private mutating func note(_ entry: RecordBatch.Entry, _ header: WindowsDefinition.Header, _ rank: Int) {
        let index = header.rawValue
        guard rank < ranks[index], entry.kind != .null, entry.length > 0 else { return }
        headers[index] = entry
        ranks[index] = rank
    }

    private mutating func add(_ entry: RecordBatch.Entry) {
        switch entry.kind {
        case .json:
            let name = fields.dataNames[Int(entry.field)]
            if name.isEmpty || name == "Data" {
                addElements(of: entry, named: name)
            } else {
                data.append(.entry(entry))
            }
        // A null stands for an empty element; event data without any member for none.
        case .null: if !fields.dataNames[Int(entry.field)].isEmpty { data.append(.entry(entry)) }
        default: data.append(.entry(entry))
        }
    }

    private mutating func addElements(of entry: RecordBatch.Entry, named name: String) {
        // Text of our own flattening: it parses, or there is nothing to read.
        guard let list = (try? JSON(parsing: batch.text(entry)))?.arrayValue else { return }
        for element in list {
            let name = ["@Name", "Name", "name"].lazy.compactMap { element[$0]?.stringValue }.first ?? name
            let value = ["#text", "text", "_", "Value", "value"].lazy.compactMap { element[$0] }.first
            let text = element.objectValue == nil ? element : value ?? .string("")
            data.append(.element(name: name, text: text.stringValue ?? (text.isNull ? "" : text.description)))
        }
    }

    /// Puts the data into an order: fields by their ranks, what has none after them as it came.
    mutating func order(by ranks: [Int]) {
        func rank(_ datum: Datum) -> Int {
            if case .entry(let entry) = datum { ranks[Int(entry.field)] } else { Int.max }
        }
        let isOrdered = zip(data, data.dropFirst()).allSatisfy { rank($0) <= rank($1) }
        if isOrdered { return }
        let ranked = data.enumerated().map { (rank($1), $0, $1) }
        data = ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    subscript(header: WindowsDefinition.Header) -> RecordBatch.Entry? { headers[header.rawValue] }

    func text(_ header: WindowsDefinition.Header) -> String? { self[header].map { batch.text($0) } }

    func number(_ header: WindowsDefinition.Header) -> Int64? {
        self[header].flatMap { batch.withUTF8($0) { NumberText.integer($0) } }
    }

    func name(_ datum: Datum) -> String {
        switch datum {
        case .entry(let entry): fields.dataNames[Int(entry.field)]
        case .element(let name, _): name
        }
    }

    func text(_ datum: Datum) -> String {
        switch datum {
        case .entry(let entry): batch.text(entry)
        case .element(_, let text): text
        }
    }

    func withUTF8<Result>(_ datum: Datum, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch datum {
        case .entry(let entry): return batch.withUTF8(entry, body)
        case .element(_, let text):
            var copy = text
            return copy.withUTF8(body)
        }
    }

    /// Whether some name stands for more than one piece of data.
    var hasRepeatedNames: Bool {
        for (index, datum) in data.enumerated() {
            for earlier in data[..<index] {
                switch (earlier, datum) {
                case (.entry(let left), .entry(let right)): if left.field == right.field { return true }
                default: if name(earlier) == name(datum) { return true }
                }
            }
        }
        return false
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
            isSame = batch.withUTF8(entry) { $0.elementsEqual(bytes) }
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
