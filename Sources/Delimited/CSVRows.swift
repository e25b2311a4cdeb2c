/// The rows of a CSV text (RFC 4180), with the lines on which they begin.
///
/// Blanks around fields are dropped, a byte order mark is passed over; a quotation mark within a bare field stands for
/// itself.
public struct CSVRows: Sequence, IteratorProtocol {
    public struct Row: Sendable, Hashable {
        /// Counted from 1.
        public let line: Int
        public let fields: [String]
        /// The text ended before the quotation mark that one of the fields begins with was closed.
        public let isUnclosed: Bool

        /// An empty line, or one of commas only.
        public var isBlank: Bool { fields.allSatisfy(\.isEmpty) }
    }

    private var rest: Substring.UnicodeScalarView
    private var line = 1

    public init(_ text: String) {
        rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
    }

    public mutating func next() -> Row? {
        guard !rest.isEmpty else { return nil }
        let start = line
        var fields: [String] = []
        var field = String.UnicodeScalarView()
        var isQuoted = false
        while let scalar = rest.popFirst() {
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar == "\"", rest.first == "\"" {
                    field.append(scalar)
                    rest.removeFirst()
                } else if scalar == "\"" {
                    isQuoted = false
                } else {
                    field.append(scalar)
                }
            } else if scalar == "\"" && field.allSatisfy({ $0 == " " }) {
                field = String.UnicodeScalarView()
                isQuoted = true
            } else if scalar == "," {
                fields.append(Self.trimmed(field))
                field = String.UnicodeScalarView()
            } else if scalar == "\n" {
                break
            } else {
                field.append(scalar)
            }
        }
        fields.append(Self.trimmed(field))
        return Row(line: start, fields: fields, isUnclosed: isQuoted)
    }

    private static func trimmed(_ field: String.UnicodeScalarView) -> String {
        var rest = String(field)[...]
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}
