internal import Records

/// Reads `key=value key2="two words"` as FortiGate, Sophos, logfmt and many others write it, into fields under a prefix.
enum KeyValuePairs {
    /// One pair; the value is without its quotes but still with escapes.
    struct Pair {
        var key: Range<Int>
        var value: Range<Int>
        var isQuoted: Bool
    }

    /// Whether a text is written so: it starts with a pair, has at least three, and little else.
    static func isWritten(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let equal = text.prefix(64).firstIndex(of: UInt8(ascii: "=")), equal > 0,
            text[..<equal].allSatisfy(isKeyByte), equal + 1 < text.count, text[equal + 1] > 0x20
        else { return false }
        return pairs(of: text).count >= 3
    }

    /// Adds a field for each pair to the record under construction.
    static func add(_ text: UnsafeBufferPointer<UInt8>, prefix: String, into records: inout RecordBuilder) {
        for pair in pairs(of: text) {
            let name = prefix + String(decoding: text[pair.key], as: UTF8.self)
            let field = records.intern(name)
            let value = UnsafeBufferPointer(rebasing: text[pair.value])
            if pair.isQuoted, value.contains(0x5C) {
                unescaped(value).withUnsafeBufferPointer { records.append(field: field, utf8: $0) }
            } else {
                records.append(field: field, utf8: value)
            }
        }
    }

    static func pairs(of text: UnsafeBufferPointer<UInt8>) -> [Pair] {
        var pairs: [Pair] = []
        var position = 0
        while position < text.count {
            while position < text.count, isSeparator(text[position]) { position += 1 }
            let start = position
            while position < text.count, isKeyByte(text[position]) { position += 1 }
            guard position > start, position < text.count, text[position] == UInt8(ascii: "=") else {
                // A word without a key belongs to the value before it.
                while position < text.count, text[position] != 0x20 { position += 1 }
                if let last = pairs.indices.last, !pairs[last].isQuoted {
                    pairs[last].value = pairs[last].value.lowerBound..<max(pairs[last].value.lowerBound, position)
                }
                continue
            }
            let key = start..<position
            position += 1
            if position < text.count, text[position] == 0x22 {
                let end = closingQuote(text, from: position + 1)
                pairs.append(Pair(key: key, value: (position + 1)..<end, isQuoted: true))
                position = min(text.count, end + 1)
            } else {
                let valueStart = position
                while position < text.count, text[position] != 0x20, text[position] != 0x09 { position += 1 }
                var end = position
                if end > valueStart, end < text.count, text[end - 1] == UInt8(ascii: ",") { end -= 1 }
                pairs.append(Pair(key: key, value: valueStart..<end, isQuoted: false))
            }
        }
        return pairs
    }

    private static func closingQuote(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.count, text[position] != 0x22 {
            position += text[position] == 0x5C ? 2 : 1
        }
        return min(position, text.count)
    }

    /// `\"` and `\\` stand for the character alone.
    private static func unescaped(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = 0
        while index < value.count {
            if value[index] == 0x5C, index + 1 < value.count, value[index + 1] == 0x22 || value[index + 1] == 0x5C {
                index += 1
            }
            bytes.append(value[index])
            index += 1
        }
        return bytes
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }

    static func isKeyByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
            || byte == 0x2D || byte == 0x2E || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "/")
    }
}

/// Reads a message in the Log Event Extended Format (QRadar), 1.0 or 2.0, into the fields `leef.…` and `leef.ext.KEY`.
enum LEEFMessage {
    private static let header = [
        "leef.version", "leef.deviceVendor", "leef.deviceProduct", "leef.deviceVersion", "leef.eventId",
    ]

    /// Adds fields to the record under construction; nil, or why the message is malformed.
    static func decode(_ message: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> String? {
        var rest = UnsafeBufferPointer(rebasing: message.dropFirst("LEEF:".utf8.count))
        for (index, name) in header.enumerated() {
            guard let bar = rest.firstIndex(of: UInt8(ascii: "|")) else {
                return "the header of the LEEF message has \(index) of 5 fields"
            }
            let field = records.intern(name)
            records.append(field: field, utf8: NumberText.trimmed(UnsafeBufferPointer(rebasing: rest[..<bar])))
            rest = UnsafeBufferPointer(rebasing: rest[(bar + 1)...])
        }
        let delimiter = takeDelimiter(&rest)
        addAttributes(rest, delimiter: delimiter, into: &records)
        return nil
    }

    /// LEEF 2.0 may name its delimiter in one more header field: a character, or its code as `x5E` or `0x5E`.
    private static func takeDelimiter(_ rest: inout UnsafeBufferPointer<UInt8>) -> UInt8 {
        guard let bar = rest.prefix(6).firstIndex(of: UInt8(ascii: "|")) else { return 0x09 }
        let text = String(decoding: rest[..<bar], as: UTF8.self).lowercased()
        guard !text.contains("=") else { return 0x09 }
        rest = UnsafeBufferPointer(rebasing: rest[(bar + 1)...])
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text.hasPrefix("x") ? text.dropFirst() : ""
        if let code = UInt8(digits, radix: 16) { return code }
        return text.utf8.first ?? 0x09
    }

    private static func addAttributes(
        _ text: UnsafeBufferPointer<UInt8>, delimiter: UInt8, into records: inout RecordBuilder
    ) {
        // Senders that put blanks for tabs are common.
        if delimiter == 0x09, !text.contains(0x09) {
            KeyValuePairs.add(text, prefix: "leef.ext.", into: &records)
            return
        }
        for part in text.split(separator: delimiter) {
            guard let equal = part.firstIndex(of: UInt8(ascii: "=")), equal > part.startIndex else { continue }
            let key = NumberText.trimmed(UnsafeBufferPointer(rebasing: part[..<equal]))
            let field = records.intern("leef.ext." + String(decoding: key, as: UTF8.self))
            records.append(field: field, utf8: UnsafeBufferPointer(rebasing: part[(equal + 1)...]))
        }
    }
}
