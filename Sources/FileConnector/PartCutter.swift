internal import Records

/// How a file is laid out at a position.
enum FileLayout: String {
    /// Lines, or documents one after the other; also the start of every file.
    case lines
    /// Inside of an array of records, whose end may move as records are added before it.
    case array
    /// Inside of a line that was too long.
    case skippedLine
}

/// Decides how much of what a file holds from a position on makes whole records.
///
/// The same bytes are always cut alike, so that a part can be read and delivered again as it was.
struct PartCutter {
    enum Cut: Equatable {
        /// The first `length` bytes are a part, of which the first `skipped` belong to no record.
        case part(length: Int, skipped: Int, next: FileLayout)
        /// Records end beyond what is there.
        case wait
    }

    let encoding: TextEncoding
    /// The longest record in bytes.
    let limit: Int

    /// - Parameters:
    ///   - bytes: What is there from the position on, or its start.
    ///   - isAll: Whether `bytes` reaches to the present end of the file.
    ///   - isSettled: Whether the end is taken to be the end of a record.
    func cut(_ bytes: [UInt8], _ layout: FileLayout, isAll: Bool, isSettled: Bool) -> Cut {
        guard !bytes.isEmpty else { return .wait }
        switch layout {
        case .lines: return cutLines(bytes, isAll: isAll, isSettled: isSettled)
        case .array: return cutArray(bytes, skipped: 0, isAll: isAll, isSettled: isSettled)
        case .skippedLine:
            guard let end = firstNewline(bytes) else {
                return .part(length: bytes.count, skipped: bytes.count, next: .skippedLine)
            }
            return .part(length: end, skipped: end, next: .lines)
        }
    }

    // MARK: Lines

    private func cutLines(_ bytes: [UInt8], isAll: Bool, isSettled: Bool) -> Cut {
        if encoding == .utf8, let start = firstMark(bytes) {
            if let opening = JSONExtent.arrayOpening(bytes, at: start), isArray(bytes, from: start) {
                return cutArray(bytes, skipped: opening, isAll: isAll, isSettled: isSettled)
            }
            if bytes[start] == UInt8(ascii: "{"), !isLine(bytes, from: start), !isSettled {
                return cutDocuments(bytes, from: start, isAll: isAll)
            }
        }
        if let end = lastNewline(bytes[...]) {
            return .part(length: isAll && isSettled ? bytes.count : end, skipped: 0, next: .lines)
        }
        return end(of: bytes, isSettled: isAll && isSettled)
    }

    /// What to do when no record ends in `bytes`.
    private func end(of bytes: [UInt8], isSettled: Bool) -> Cut {
        if isSettled { return .part(length: bytes.count, skipped: 0, next: .lines) }
        guard bytes.count >= limit else { return .wait }
        return .part(length: bytes.count, skipped: 0, next: .skippedLine)
    }

    /// Documents over several lines.
    private func cutDocuments(_ bytes: [UInt8], from start: Int, isAll: Bool) -> Cut {
        var end = 0
        var position = start
        while position < bytes.count, bytes[position] == UInt8(ascii: "{"),
            let length = ValueScanner.length(bytes[position...])
        {
            end = position + length
            position = firstMark(bytes, from: end, separators: [UInt8(ascii: ",")]) ?? bytes.count
        }
        if end > 0 { return .part(length: end, skipped: 0, next: .lines) }
        return self.end(of: bytes, isSettled: false)
    }

    /// Whether the first line is a document of its own, or none at all.
    private func isLine(_ bytes: [UInt8], from start: Int) -> Bool {
        guard let newline = bytes[start...].firstIndex(of: 0x0A) else { return false }
        return bytes[start..<newline].last { $0 > 0x20 } == UInt8(ascii: "}")
    }

    /// Whether what begins like an array of records is one, and not the first of many lines each with such an array.
    private func isArray(_ bytes: [UInt8], from start: Int) -> Bool {
        guard let length = ValueScanner.length(bytes[start...]), firstMark(bytes, from: start + length) != nil else {
            return true
        }
        return bytes[start..<(start + length)].contains(0x0A)
    }

    // MARK: Arrays

    private func cutArray(_ bytes: [UInt8], skipped: Int, isAll: Bool, isSettled: Bool) -> Cut {
        let comma = UInt8(ascii: ",")
        var end = 0
        var position = firstMark(bytes, from: skipped, separators: [comma])
        while let start = position, bytes[start] == UInt8(ascii: "{"),
            let length = ValueScanner.length(bytes[start...])
        {
            end = start + length
            position = firstMark(bytes, from: end, separators: [comma])
        }
        if end > 0 { return .part(length: end, skipped: skipped, next: .array) }
        guard let start = position else { return .wait }
        switch bytes[start] {
        case UInt8(ascii: "]"):
            // The end of the array moves while records are added; only what follows it proves that it stays.
            let closed = JSONExtent.closing(bytes, at: start) ?? bytes.count
            guard firstMark(bytes, from: closed) != nil else { return .wait }
            return .part(length: closed, skipped: closed, next: .lines)
        case UInt8(ascii: "{"): return self.end(of: bytes, isSettled: isAll && isSettled)
        default:
            // No array of records after all: lines say what they are, or why they are nothing.
            guard let newline = lastNewline(bytes[...]) else {
                return self.end(of: bytes, isSettled: isAll && isSettled)
            }
            return .part(length: newline, skipped: skipped, next: .lines)
        }
    }

    // MARK: Bytes

    /// The first byte that is no blank, and no byte order mark at the very start.
    private func firstMark(_ bytes: [UInt8], from start: Int = 0, separators: [UInt8] = []) -> Int? {
        var index = start
        if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while index < bytes.count {
            let byte = bytes[index]
            if byte > 0x20, !separators.contains(byte) { return index }
            index += 1
        }
        return nil
    }

    /// The offset after the last line end.
    private func lastNewline(_ bytes: ArraySlice<UInt8>) -> Int? {
        let newline = encoding.newline
        if newline.count == 1 { return bytes.lastIndex(of: 0x0A).map { $0 + 1 } }
        var index = bytes.startIndex + (bytes.count / 2) * 2 - 2
        while index >= bytes.startIndex {
            if bytes[index] == newline[0], bytes[index + 1] == newline[1] { return index + 2 }
            index -= 2
        }
        return nil
    }

    /// The offset after the first line end.
    private func firstNewline(_ bytes: [UInt8]) -> Int? {
        let newline = encoding.newline
        if newline.count == 1 { return bytes.firstIndex(of: 0x0A).map { $0 + 1 } }
        return stride(from: 0, to: bytes.count - 1, by: 2).first {
            bytes[$0] == newline[0] && bytes[$0 + 1] == newline[1]
        }.map { $0 + 2 }
    }
}

/// Finds the records of arrays, by their brackets.
enum JSONExtent {
    /// The objects in some bytes, each in lines of its own, without what stands between them.
    static func objects(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let all = Array(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(all.count + 64)
        var position = 0
        while let start = all[position...].firstIndex(of: UInt8(ascii: "{")),
            let length = ValueScanner.length(all[start...])
        {
            output += all[start..<(start + length)]
            output.append(0x0A)
            position = start + length
        }
        return output + all[position...].drop { $0 <= 0x20 || $0 == UInt8(ascii: ",") }
    }

    /// The offset of the first element of an array of records, or of the member `records` or `value` of an object.
    static func arrayOpening(_ bytes: [UInt8], at start: Int) -> Int? {
        var position = start
        func skip(_ text: String) -> Bool {
            while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
            guard bytes[position...].starts(with: text.utf8) else { return false }
            position += text.utf8.count
            return true
        }
        if skip("[") { return position }
        guard skip("{"), ["\"records\"", "\"Records\"", "\"value\""].contains(where: { skip($0) }), skip(":"),
            skip("[")
        else { return nil }
        return position
    }

    /// The offset after the array's end at `start`, and after the object around it.
    static func closing(_ bytes: [UInt8], at start: Int) -> Int? {
        let afterArray = start + 1
        guard let next = bytes[afterArray...].first(where: { $0 > 0x20 }) else { return nil }
        guard next == UInt8(ascii: "}") || next == UInt8(ascii: ",") else { return afterArray }
        return ValueScanner.length(bytes[afterArray...], depth: 1).map { afterArray + $0 }
    }
}
