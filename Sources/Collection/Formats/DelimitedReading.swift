internal import Records

/// Reads delimited values (RFC 4180): the first line names the fields unless the names are known; a value in quotes may hold
/// the delimiter, quotes (twice), and line ends.
struct DelimitedReading: LineReading {
    private let delimiter: UInt8
    private var names: [String]
    /// A record whose quoted value goes on in the next line.
    private var held = HeldText()

    var needsVerbatimLines: Bool { true }

    init(_ form: TextFormat.Delimited) {
        delimiter = form.delimiter
        names = form.names
    }

    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        if held.isEmpty {
            let text = DelimitedReading.withoutReturn(line)
            if text.isEmpty { return [] }
            guard !DelimitedReading.hasOpenQuote(text, delimiter) else {
                held.append(line, line: number)
                return []
            }
            add(text, into: &records)
            return []
        }
        held.append(line, line: number)
        if held.isTooLong { return [held.rejected("a value in quotes is not closed")] }
        let isOpen = held.bytes.withUnsafeBufferPointer { DelimitedReading.hasOpenQuote($0, delimiter) }
        if !isOpen {
            held.take().withUnsafeBufferPointer { add(DelimitedReading.withoutReturn($0), into: &records) }
        }
        return []
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] {
        held.isEmpty ? [] : [held.rejected("a value in quotes is not closed")]
    }

    private mutating func add(_ text: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) {
        let values = DelimitedReading.values(of: text, delimiter)
        guard !names.isEmpty else {
            names = DelimitedReading.fieldNames(values)
            return
        }
        // The header may come again, where files were put together.
        if values.count == names.count, zip(values, names).allSatisfy({ String(decoding: $0, as: UTF8.self) == $1 }) {
            return
        }
        for (place, value) in values.enumerated() where !value.isEmpty {
            let name = place < names.count ? names[place] : "column\(place + 1)"
            let field = records.intern(name)
            value.withUnsafeBufferPointer { records.append(field: field, utf8: $0) }
        }
        records.endRecord()
    }

    // MARK: Text

    static func withoutReturn(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        line.last == 0x0D ? UnsafeBufferPointer(rebasing: line.dropLast()) : line
    }

    /// Names without blanks around them; where one is missing, the place stands in.
    static func fieldNames(_ values: [[UInt8]]) -> [String] {
        values.enumerated().map { place, value in
            let name = value.withUnsafeBufferPointer { String(decoding: NumberText.trimmed($0), as: UTF8.self) }
            return name.isEmpty ? "column\(place + 1)" : name
        }
    }

    private static func hasOpenQuote(_ text: UnsafeBufferPointer<UInt8>, _ delimiter: UInt8) -> Bool {
        var isQuoted = false
        var isAtStart = true
        for byte in text {
            if isQuoted {
                if byte == 0x22 { isQuoted = false }
            } else if byte == 0x22, isAtStart {
                isQuoted = true
            } else {
                isAtStart = byte == delimiter || byte == 0x0A
                continue
            }
            // A quote right after a closing one opens the value again.
            isAtStart = !isQuoted
        }
        return isQuoted
    }

    static func values(of text: UnsafeBufferPointer<UInt8>, _ delimiter: UInt8) -> [[UInt8]] {
        var values: [[UInt8]] = []
        var value: [UInt8] = []
        var isQuoted = false
        var isAtStart = true
        var index = 0
        while index < text.count {
            let byte = text[index]
            if isQuoted {
                if byte != 0x22 {
                    value.append(byte)
                } else if index + 1 < text.count, text[index + 1] == 0x22 {
                    value.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if byte == 0x22, isAtStart {
                isQuoted = true
                isAtStart = false
            } else if byte == delimiter {
                values.append(value)
                value = []
                isAtStart = true
            } else {
                value.append(byte)
                isAtStart = false
            }
            index += 1
        }
        values.append(value)
        return values
    }

    // MARK: Recognition

    /// The delimiter of a line that looks like names of fields.
    static func delimiter(ofHeader line: UnsafeBufferPointer<UInt8>) -> UInt8? {
        let text = withoutReturn(line)
        return [0x2C, 0x09, 0x3B, 0x7C].first { delimiter in
            let names = fieldNames(values(of: text, delimiter))
            guard names.count >= 3, Set(names).count == names.count else { return false }
            return names.allSatisfy(isFieldName)
        }
    }

    private static func isFieldName(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        guard name.utf8.count <= 80, name.split(separator: " ").count <= 5,
            scalars.contains(where: { $0.properties.isAlphabetic })
        else { return false }
        return scalars.first.map { $0.properties.isAlphabetic || "_@#(".unicodeScalars.contains($0) } ?? false
            && scalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil
                    || " _-.@#[]()/:%$".unicodeScalars.contains($0)
            } && !name.contains("://")
    }
}
