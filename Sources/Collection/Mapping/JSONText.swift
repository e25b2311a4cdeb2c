internal import Records

/// Writes JSON out of the fields of a record, straight as bytes.
enum JSONText {
    /// Appends a text as a JSON string literal with its quotes.
    static func write(string utf8: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        guard needsEscape(utf8) else {
            text.append(contentsOf: utf8)
            text.append(UInt8(ascii: "\""))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count * TextCursor.longestEscape) { memory in
            var cursor = TextCursor(memory)
            cursor.write(json: utf8)
            text.append(contentsOf: cursor.written(from: 0))
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Written so that the compiler can look at many bytes at once.
    private static func needsEscape(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var marks: UInt8 = 0
        for byte in utf8 {
            marks |= byte == 0x22 ? 1 : 0
            marks |= byte == 0x5C ? 1 : 0
            marks |= byte < 0x20 ? 1 : 0
        }
        return marks != 0
    }

    static func write(string: some StringProtocol, to text: inout [UInt8]) {
        var copy = String(string)
        copy.withUTF8 { write(string: $0, to: &text) }
    }

    /// Appends a field's value: a string quoted, all else as it was written.
    static func write(_ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        switch kind {
        case .string: write(string: utf8, to: &text)
        case .null: text.append(contentsOf: "null".utf8)
        case .number, .bool, .json: text.append(contentsOf: utf8)
        }
    }
}

/// Puts flattened fields back into the nesting they came from, as JSON text.
///
/// Fields must be added in the order of the record, where the members of an object stand together. One value may write any
/// number of objects of a batch, one after the other.
struct ObjectText {
    private let batch: RecordBatch
    /// The object that is written: the index of its name, -1 for the whole record.
    private var root: Int32
    private(set) var text: [UInt8] = [UInt8(ascii: "{")]
    private var open: [Int32] = []
    /// For each field that was written its key with quotes and colon; empty for others.
    private var keys: [[UInt8]] = []

    init(of batch: RecordBatch, under root: Int32) {
        self.batch = batch
        self.root = root
    }

    /// Whether nothing was added yet.
    var isEmpty: Bool { text.count == 1 }

    /// Starts another object.
    mutating func begin(under root: Int32) {
        self.root = root
        text.removeAll(keepingCapacity: true)
        text.append(UInt8(ascii: "{"))
        open.removeAll(keepingCapacity: true)
    }

    mutating func add(_ entry: RecordBatch.Entry) {
        let parent = batch.fieldParents[Int(entry.field)]
        let isDirect = parent == root || parent < 0
        if !isDirect || !open.isEmpty { enter(isDirect ? [] : parents(of: entry.field)) }
        writeKey(of: entry.field)
        batch.bytes.withUnsafeBufferPointer { bytes in
            let value = UnsafeBufferPointer(rebasing: bytes[entry.start..<(entry.start + entry.length)])
            JSONText.write(entry.kind, value, to: &text)
        }
    }

    /// Closes and opens objects until the next member belongs into the last of `path`.
    private mutating func enter(_ path: [Int32]) {
        var common = 0
        while common < open.count, common < path.count, open[common] == path[common] { common += 1 }
        for _ in common..<open.count { text.append(UInt8(ascii: "}")) }
        open.removeLast(open.count - common)
        for node in path[common...] {
            writeKey(of: node)
            text.append(UInt8(ascii: "{"))
            open.append(node)
        }
    }

    /// Adds a member of the outermost object, whose value is JSON.
    mutating func add(key: String, json: [UInt8]) {
        enter([])
        separate()
        JSONText.write(string: key, to: &text)
        text.append(UInt8(ascii: ":"))
        text.append(contentsOf: json)
    }

    /// Closes the object; then its text is whole.
    mutating func end() {
        for _ in 0...open.count { text.append(UInt8(ascii: "}")) }
    }

    consuming func finish() -> [UInt8] {
        end()
        return text
    }

    private func parents(of field: Int32) -> [Int32] {
        var path: [Int32] = []
        var node = batch.fieldParents[Int(field)]
        while node != root, node >= 0 {
            path.append(node)
            node = batch.fieldParents[Int(node)]
        }
        return path.reversed()
    }

    private mutating func writeKey(of field: Int32) {
        separate()
        if keys.isEmpty { keys = Array(repeating: [], count: batch.fieldNames.count) }
        if keys[Int(field)].isEmpty {
            var key: [UInt8] = []
            JSONText.write(string: batch.key(of: field), to: &key)
            key.append(UInt8(ascii: ":"))
            keys[Int(field)] = key
        }
        text.append(contentsOf: keys[Int(field)])
    }

    private mutating func separate() {
        if text.last != UInt8(ascii: "{") { text.append(UInt8(ascii: ",")) }
    }
}
