/// A query text with the table of its line starts.
public struct Source: Sendable {
    public let text: String
    /// The text as UTF-8; spans index into it.
    public let bytes: [UInt8]
    private let lineStarts: [Int]

    public init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        self.bytes = bytes
        self.lineStarts = starts
    }

    public var lineCount: Int { lineStarts.count }

    /// Line and column of an offset, both from 1; columns count characters (Unicode scalars).
    public func location(at offset: Int) -> Location {
        let offset = max(0, min(offset, bytes.count))
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset {
                low = middle
            } else {
                high = middle - 1
            }
        }
        let leading = bytes[lineStarts[low]..<offset]
        let column = leading.reduce(into: 1) { count, byte in
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        return Location(line: low + 1, column: column)
    }

    /// The text inside a span; spans that leave the text are cut to it.
    public func text(in span: Span) -> String {
        let lower = max(0, min(span.lower, bytes.count))
        let upper = max(lower, min(span.upper, bytes.count))
        return String(decoding: bytes[lower..<upper], as: UTF8.self)
    }
}

/// A place in a text for people: line and column from 1.
public struct Location: Hashable, Sendable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "\(line):\(column)" }
}
