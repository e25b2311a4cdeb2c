internal import Records

/// Reads Zeek's tab-separated logs. Lines with `#` say how: the separator, the path (the kind of log), the fields.
struct ZeekReading: LineReading {
    private var separator: UInt8 = 0x09
    private var setSeparator: UInt8 = 0x2C
    private var emptyMark = "(empty)"
    private var unsetMark = "-"
    private var path = ""
    private var names: [String] = []
    private var types: [String] = []

    var needsVerbatimLines: Bool { true }

    mutating func read(
        _ text: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        let line = DelimitedReading.withoutReturn(text)
        guard let first = line.first else { return [] }
        if first == UInt8(ascii: "#") {
            readHeader(line)
            return []
        }
        guard !names.isEmpty else {
            return [RejectedText(line, line: number, reason: "no #fields line stands before it")]
        }
        let values = line.split(separator: separator, omittingEmptySubsequences: false)
        guard values.count == names.count else {
            return [
                RejectedText(
                    line, line: number, reason: "the line has \(values.count) values, #fields names \(names.count)")
            ]
        }
        if !path.isEmpty { records.append("_path", path) }
        for (place, value) in values.enumerated() where !isMark(value, unsetMark) {
            add(value, place, into: &records)
        }
        records.endRecord()
        return []
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] { [] }

    private func isMark(_ value: Slice<UnsafeBufferPointer<UInt8>>, _ mark: String) -> Bool {
        value.elementsEqual(mark.utf8)
    }

    private func add(_ value: Slice<UnsafeBufferPointer<UInt8>>, _ place: Int, into records: inout RecordBuilder) {
        let type = place < types.count ? types[place] : ""
        let field = records.intern(names[place])
        if type.hasPrefix("set[") || type.hasPrefix("vector[") {
            list(value, isNumeric: ["[count]", "[int]", "[double]", "[interval]"].contains { type.hasSuffix($0) })
                .withUnsafeBufferPointer { records.append(field: field, kind: .json, utf8: $0) }
        } else if isMark(value, emptyMark) {
            return
        } else if type == "bool" {
            let isTrue = value.first == UInt8(ascii: "T")
            Array((isTrue ? "true" : "false").utf8).withUnsafeBufferPointer {
                records.append(field: field, kind: .bool, utf8: $0)
            }
        } else {
            let isNumber = ["count", "int", "port", "double", "time", "interval"].contains(type)
            unescaped(value).withUnsafeBufferPointer { text in
                let kind: RecordBatch.Kind = isNumber && NumberText.isJSON(text) ? .number : .string
                records.append(field: field, kind: kind, utf8: text)
            }
        }
    }

    private func list(_ value: Slice<UnsafeBufferPointer<UInt8>>, isNumeric: Bool) -> [UInt8] {
        if isMark(value, emptyMark) { return Array("[]".utf8) }
        var text: [UInt8] = [UInt8(ascii: "[")]
        for element in value.split(separator: setSeparator, omittingEmptySubsequences: false) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            unescaped(element).withUnsafeBufferPointer { bytes in
                if isNumeric, NumberText.isJSON(bytes) {
                    text.append(contentsOf: bytes)
                } else {
                    JSONText.write(string: bytes, to: &text)
                }
            }
        }
        text.append(UInt8(ascii: "]"))
        return text
    }

    private mutating func readHeader(_ line: UnsafeBufferPointer<UInt8>) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("#separator ") {
            let mark = text.dropFirst("#separator ".count).utf8
            separator = Array(mark).withUnsafeBufferPointer { Backslashes.hexadecimal($0).first } ?? 0x09
            return
        }
        let parts = text.split(separator: Character(UnicodeScalar(separator)), omittingEmptySubsequences: false)
        guard let key = parts.first, parts.count > 1 else { return }
        switch key {
        case "#set_separator": setSeparator = parts[1].utf8.first ?? 0x2C
        case "#empty_field": emptyMark = String(parts[1])
        case "#unset_field": unsetMark = String(parts[1])
        case "#path": path = String(parts[1])
        case "#fields": names = parts.dropFirst().map { String($0) }
        case "#types": types = parts.dropFirst().map { String($0) }
        default: break
        }
    }

    private func unescaped(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        Backslashes.hexadecimal(UnsafeBufferPointer(rebasing: value))
    }
}

/// Reads the W3C extended log format: `#Fields:` names the values of the lines after it; a dash is no value. Where the names
/// stand between commas, as in Exchange's logs, the values do too (RFC 4180).
struct ExtendedLogReading: LineReading {
    private var names: [String] = []
    private var isCommaSeparated = false
    private var type = ""
    private var software = ""
    private var date = ""

    var needsVerbatimLines: Bool { true }

    mutating func read(
        _ text: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        let line = DelimitedReading.withoutReturn(text)
        guard let first = line.first else { return [] }
        if first == UInt8(ascii: "#") {
            readDirective(String(decoding: line, as: UTF8.self))
            return []
        }
        guard !names.isEmpty else {
            return [RejectedText(line, line: number, reason: "no #Fields line stands before it")]
        }
        let count =
            isCommaSeparated
            ? add(DelimitedReading.values(of: line, UInt8(ascii: ",")), into: &records)
            : add(ExtendedLogReading.values(of: line), into: &records)
        guard count == names.count else {
            return [
                RejectedText(line, line: number, reason: "the line has \(count) values, #Fields names \(names.count)")
            ]
        }
        return []
    }

    /// Adds a record, unless there are more or fewer values than names; gives their number.
    private func add(_ values: [some Collection<UInt8>], into records: inout RecordBuilder) -> Int {
        guard values.count == names.count else { return values.count }
        if !software.isEmpty { records.append("w3c.software", software) }
        if !type.isEmpty { records.append("w3c.type", type) }
        if !date.isEmpty, !names.contains("date") { records.append("date", date) }
        for (name, value) in zip(names, values) where !value.isEmpty && !value.elementsEqual("-".utf8) {
            let field = records.intern(name)
            _ = value.withContiguousStorageIfAvailable { records.append(field: field, utf8: $0) }
        }
        records.endRecord()
        return values.count
    }

    /// Whether a line says how the lines after it are written.
    static func isDirective(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.first == UInt8(ascii: "#")
            && ["#Software:", "#Version:", "#Fields:", "#Date:"].contains { line.starts(with: $0.utf8) }
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] { [] }

    private mutating func readDirective(_ line: String) {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return }
        let value = parts[1].trimmingBlanks()
        switch parts[0].lowercased() {
        case "#fields":
            isCommaSeparated = !value.contains(" ") && value.contains(",")
            names = value.split { isCommaSeparated ? $0 == "," : $0 == " " || $0 == "\t" }.map { String($0) }
        case "#software": software = String(value)
        case "#log-type": type = String(value)
        case "#date": date = String(value.prefix(10))
        default: break
        }
    }

    /// Values stand between blanks; one in quotes may hold some.
    private static func values(of line: UnsafeBufferPointer<UInt8>) -> [UnsafeBufferPointer<UInt8>] {
        var values: [UnsafeBufferPointer<UInt8>] = []
        var cursor = ByteCursor(line)
        while true {
            cursor.skipBlanks()
            guard let next = cursor.next else { return values }
            if next == 0x22 {
                cursor.position += 1
                let start = cursor.position
                while let byte = cursor.next, byte != 0x22 { cursor.position += 1 }
                values.append(cursor.slice(start, cursor.position))
                cursor.position += 1
            } else {
                let start = cursor.position
                while let byte = cursor.next, byte != 0x20, byte != 0x09 { cursor.position += 1 }
                values.append(cursor.slice(start, cursor.position))
            }
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingBlanks() -> SubSequence {
        var rest = self[...]
        while rest.first == " " || rest.first == "\t" { rest = rest.dropFirst() }
        while rest.last == " " || rest.last == "\t" { rest = rest.dropLast() }
        return rest
    }
}

/// Bytes written as `\xHH`.
enum Backslashes {
    static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == 0x5C, index + 3 < text.count, text[index + 1] == UInt8(ascii: "x"),
                let high = Hexadecimal.digit(text[index + 2]), let low = Hexadecimal.digit(text[index + 3])
            {
                bytes.append(high << 4 | low)
                index += 4
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }
}

/// Bytes written as pairs of hexadecimal digits.
enum Hexadecimal {
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Nil when the text is not wholly pairs of digits.
    static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for byte in text {
            guard let digit = digit(byte) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}

extension NumberText {
    /// Whether a text is a number as JSON writes them.
    static func isJSON(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = utf8[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first, (0x30...0x39).contains(first),
            first != 0x30 || rest.count == 1 || rest[rest.startIndex + 1] == 0x2E
        else { return false }
        let whole = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(whole.count)
        guard rest.first == 0x2E else { return rest.isEmpty }
        let fraction = rest.dropFirst()
        return !fraction.isEmpty && fraction.allSatisfy { (0x30...0x39).contains($0) }
    }
}
