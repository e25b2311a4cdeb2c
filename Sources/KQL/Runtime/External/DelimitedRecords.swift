/// Reads records of separated fields: RFC 4180 with any separator, quotes around fields and doubled inside; or backslash
/// escapes instead of quotes. Empty lines are no records.
struct DelimitedRecords {
    private let bytes: [UInt8]
    private let separator: UInt8
    private let isEscaped: Bool
    private var position = 0

    init(_ bytes: [UInt8], separator: UInt8, isEscaped: Bool = false) {
        self.bytes = bytes
        self.separator = separator
        self.isEscaped = isEscaped
    }

    /// The fields of the next record, nil at the end.
    mutating func next() -> [String]? {
        while position < bytes.count, bytes[position] == 10 || bytes[position] == 13 { position += 1 }
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(field())
            guard position < bytes.count else { return fields }
            let end = bytes[position]
            position += 1
            if end != separator { return fields }
            if position == bytes.count {
                fields.append("")
                return fields
            }
        }
    }

    /// One field; afterwards the position is at what ended it.
    private mutating func field() -> String {
        if !isEscaped, position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return quotedField() }
        let start = position
        while position < bytes.count, !endsField(bytes[position]) { position += 1 }
        let end = position > start && bytes[position - 1] == 13 ? position - 1 : position
        let text = bytes[start..<end]
        return isEscaped && text.contains(92)
            ? DelimitedRecords.unescaped(text) : String(decoding: text, as: UTF8.self)
    }

    private func endsField(_ byte: UInt8) -> Bool { byte == separator || byte == 10 }

    private mutating func quotedField() -> String {
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte != UInt8(ascii: "\"") {
                content.append(byte)
            } else if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                content.append(byte)
                position += 1
            } else {
                break
            }
        }
        // What stands between the closing quote and the separator belongs to no field.
        while position < bytes.count, !endsField(bytes[position]) { position += 1 }
        return String(decoding: content, as: UTF8.self)
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        var content: [UInt8] = []
        var isAfterBackslash = false
        for byte in text {
            if isAfterBackslash {
                switch byte {
                case UInt8(ascii: "t"): content.append(9)
                case UInt8(ascii: "n"): content.append(10)
                case UInt8(ascii: "r"): content.append(13)
                default: content.append(byte)
                }
                isAfterBackslash = false
            } else if byte == 92 {
                isAfterBackslash = true
            } else {
                content.append(byte)
            }
        }
        return String(decoding: content, as: UTF8.self)
    }
}
