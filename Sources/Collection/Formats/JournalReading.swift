internal import Records

/// Reads what `journalctl -o export` writes: `FIELD=value` lines, values of several lines with their length before them, and
/// an empty line between entries. The fields are those of its JSON.
struct JournalReading: LineReading {
    private var hasFields = false

    var needsVerbatimLines: Bool { true }

    /// The field whose value comes with its length, and what has come of it.
    private var open: OpenValue?

    private struct OpenValue {
        var name: String
        var bytes: [UInt8] = []
        var hasLines = false
    }

    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        if var value = open {
            if value.hasLines { value.bytes.append(0x0A) }
            value.hasLines = true
            value.bytes.append(contentsOf: line)
            open = nil
            return take(value, number: number, into: &records)
        }
        if line.isEmpty {
            end(&records)
            return []
        }
        guard let equal = line.firstIndex(of: UInt8(ascii: "=")) else {
            guard JournalReading.isName(line[...]) else {
                return [RejectedText(line, line: number, reason: "the line is no field of the journal export format")]
            }
            open = OpenValue(name: String(decoding: line, as: UTF8.self))
            return []
        }
        guard equal > 0, JournalReading.isName(line[..<equal]) else {
            return [RejectedText(line, line: number, reason: "the line is no field of the journal export format")]
        }
        // Entries put together without the empty line between them.
        if line.starts(with: "__CURSOR=".utf8) { end(&records) }
        let field = records.intern(utf8: UnsafeBufferPointer(rebasing: line[..<equal]))
        records.append(field: field, utf8: UnsafeBufferPointer(rebasing: line[(equal + 1)...]))
        hasFields = true
        return []
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] {
        defer { end(&records) }
        guard let value = open else { return [] }
        open = nil
        return [
            RejectedText(
                line: 0, reason: "the value of \(value.name) is shorter than its length says",
                raw: String(decoding: value.bytes, as: UTF8.self))
        ]
    }

    /// The value starts with its length, as 8 bytes, the lowest first.
    private mutating func take(
        _ value: OpenValue, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        let (name, bytes) = (value.name, value.bytes)
        guard bytes.count >= 8 else {
            open = value
            return []
        }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(HeldText.limit) else {
            return [
                RejectedText(
                    line: number, reason: "the value of \(name) is longer than \(HeldText.limit) bytes",
                    raw: String(decoding: bytes, as: UTF8.self))
            ]
        }
        guard bytes.count - 8 >= Int(length) else {
            open = value
            return []
        }
        let field = records.intern(name)
        bytes.withUnsafeBufferPointer {
            records.append(field: field, utf8: UnsafeBufferPointer(rebasing: $0[8..<(8 + Int(length))]))
        }
        hasFields = true
        return []
    }

    private mutating func end(_ records: inout RecordBuilder) {
        if hasFields { records.endRecord() }
        hasFields = false
    }

    private static func isName(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        !text.isEmpty && text.count <= 64
            && text.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }
}
