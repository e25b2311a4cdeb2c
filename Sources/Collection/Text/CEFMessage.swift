internal import Records

/// Reads a message in the Common Event Format (ArcSight, revision 25) into the fields `cef.…` and `cef.ext.KEY`.
enum CEFMessage {
    private static let header = [
        "cef.version", "cef.deviceVendor", "cef.deviceProduct", "cef.deviceVersion", "cef.deviceEventClassId",
        "cef.name",
        "cef.severity",
    ]

    private static let prefix = Array("cef.ext.".utf8)

    /// Adds fields to the record under construction; nil, or why the message is malformed.
    static func decode(_ message: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> String? {
        var cursor = ByteCursor(message)
        cursor.position = 4
        cursor.skipBlanks()
        for (index, name) in header.enumerated() {
            let isLast = index == header.count - 1
            guard appendHeader(&cursor, name, mayEnd: isLast, into: &records) else {
                return "the header of the CEF message has \(index) of 7 fields"
            }
        }
        cursor.skipBlanks()
        extensions(cursor.rest, into: &records)
        return nil
    }

    /// Adds what there is up to the next bar; `\|` and `\\` stand for the character alone. False when there is no bar.
    private static func appendHeader(
        _ cursor: inout ByteCursor, _ name: String, mayEnd: Bool, into records: inout RecordBuilder
    ) -> Bool {
        let start = cursor.position
        var hasEscape = false
        while let byte = cursor.next, byte != UInt8(ascii: "|") {
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                cursor.position += 1
            }
            cursor.position += 1
        }
        let end = min(cursor.position, cursor.bytes.count)
        guard cursor.skip("|") || mayEnd else { return false }
        let raw = cursor.slice(start, end)
        let field = records.intern(name)
        if hasEscape {
            unescapedHeader(raw).withUnsafeBufferPointer { records.append(field: field, utf8: NumberText.trimmed($0)) }
        } else {
            records.append(field: field, utf8: NumberText.trimmed(raw))
        }
        return true
    }

    private static func unescapedHeader(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        var index = 0
        while index < raw.count {
            let isEscape =
                raw[index] == 0x5C && index + 1 < raw.count && (raw[index + 1] == 0x7C || raw[index + 1] == 0x5C)
            if isEscape { index += 1 }
            value.append(raw[index])
            index += 1
        }
        return value
    }

    /// `key=value key2=value2`: a value goes on until the blank before the next key.
    private static func extensions(_ text: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) {
        var key: Range<Int>?
        var valueStart = 0
        var lastBlank = -1
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 1
            case 0x20: lastBlank = index
            case UInt8(ascii: "="):
                let candidate = (lastBlank + 1)..<index
                let isAfterValue = key == nil || candidate.lowerBound > valueStart
                if !candidate.isEmpty, isAfterValue, text[candidate].allSatisfy(isKeyByte) {
                    if let key { add(text, key, valueStart..<max(valueStart, lastBlank), into: &records) }
                    key = candidate
                    valueStart = index + 1
                }
            default: break
            }
            index += 1
        }
        if let key {
            add(text, key, valueStart..<text.count, into: &records)
        } else if !text.isEmpty {
            let field = records.intern("cef.ext.unparsed")
            records.append(field: field, utf8: text)
        }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x5B, 0x5D: true
        default: false
        }
    }

    private static func add(
        _ text: UnsafeBufferPointer<UInt8>, _ key: Range<Int>, _ value: Range<Int>, into records: inout RecordBuilder
    ) {
        let field = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: prefix.count + key.count) { name in
            _ = name.update(fromContentsOf: prefix)
            for (index, byte) in text[key].enumerated() { name[prefix.count + index] = byte }
            return records.intern(utf8: UnsafeBufferPointer(name))
        }
        let raw = NumberText.trimmed(UnsafeBufferPointer(rebasing: text[value]))
        guard raw.contains(UInt8(ascii: "\\")) else {
            records.append(field: field, utf8: raw)
            return
        }
        unescaped(raw).withUnsafeBufferPointer { records.append(field: field, utf8: $0) }
    }

    /// `\=` and `\\` stand for the character alone, `\n` and `\r` for the end of a line; other backslashes stay.
    private static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        var index = 0
        while index < raw.count {
            let next = index + 1 < raw.count ? raw[index + 1] : nil
            switch (raw[index], next) {
            case (0x5C, .some(let escaped)) where escaped == 0x3D || escaped == 0x5C || escaped == 0x7C:
                value.append(escaped)
                index += 1
            case (0x5C, .some(UInt8(ascii: "n"))):
                value.append(0x0A)
                index += 1
            case (0x5C, .some(UInt8(ascii: "r"))):
                value.append(0x0D)
                index += 1
            default: value.append(raw[index])
            }
            index += 1
        }
        return value
    }
}
