/// Cuts a query text into tokens; never fails, reports bad characters and unfinished strings.
struct Lexer {
    let bytes: [UInt8]
    var offset = 0
    var tokens: [Token] = []
    var comments: [Span] = []
    var diagnostics: [Diagnostic] = []

    init(_ source: Source) {
        self.bytes = source.bytes
        tokens.reserveCapacity(bytes.count / 4 + 1)
    }

    /// The byte at a distance from the current one, zero beyond the end.
    func peek(_ distance: Int = 0) -> UInt8 {
        let place = offset + distance
        return place < bytes.count ? bytes[place] : 0
    }

    mutating func run() {
        while true {
            skipTrivia()
            guard offset < bytes.count else { break }
            scanToken()
        }
        append(.end, from: bytes.count)
    }

    mutating func append(_ kind: Token.Kind, from lower: Int) {
        tokens.append(Token(kind: kind, lower: lower, upper: offset, text: ""))
    }

    mutating func appendWord(_ kind: Token.Kind, from lower: Int) {
        let text = String(decoding: bytes[lower..<offset], as: UTF8.self)
        tokens.append(Token(kind: kind, lower: lower, upper: offset, text: text))
    }

    private mutating func skipTrivia() {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: " ") || (byte >= 9 && byte <= 13) {
                offset += 1
            } else if byte == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "/") {
                let start = offset
                while offset < bytes.count, bytes[offset] != 10, bytes[offset] != 13 { offset += 1 }
                comments.append(Span(start, offset))
            } else if byte >= 0x80, let (scalar, length) = scalar(at: offset), Self.isBlank(scalar) {
                offset += length
            } else {
                return
            }
        }
    }

    private mutating func scanToken() {
        let byte = bytes[offset]
        if let quote = stringStart() {
            scanString(quote)
        } else if byte.isWordStart {
            scanWord()
        } else if byte.isDigit {
            scanNumber()
        } else if byte >= 0x80 {
            scanForeign()
        } else {
            scanPunctuation(byte)
        }
    }

    /// A word of ASCII letters, digits and `_`, and of letters of other scripts; `in` takes a `~` with it.
    mutating func scanWord() {
        let start = offset
        if peek() == UInt8(ascii: "$") { offset += 1 }
        skipWordCharacters()
        takeTildeOfIn(from: start)
        appendWord(.identifier, from: start)
    }

    mutating func skipWordCharacters() {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte.isWordPart {
                offset += 1
            } else if byte >= 0x80, let (scalar, length) = scalar(at: offset), scalar.properties.isAlphabetic {
                offset += length
            } else {
                return
            }
        }
    }

    private mutating func takeTildeOfIn(from start: Int) {
        let isIn = offset - start == 2 && bytes[start] == UInt8(ascii: "i") && bytes[start + 1] == UInt8(ascii: "n")
        if isIn, peek() == UInt8(ascii: "~") { offset += 1 }
    }

    /// A character outside ASCII: part of a word, or an error with advice (typographic quotes, dashes).
    private mutating func scanForeign() {
        guard let (scalar, length) = scalar(at: offset) else {
            offset += 1
            append(.unknown, from: offset - 1)
            return
        }
        if scalar.properties.isAlphabetic {
            scanWord()
            return
        }
        let start = offset
        offset += length
        append(.unknown, from: start)
        let plain = Self.plainSpelling(of: scalar)
        diagnostics.append(
            Diagnostic(
                .invalidCharacter, "the character '\(Character(scalar))' has no meaning in a query",
                at: Span(start, offset), hint: plain.map { "did you mean \($0)" }, replacement: plain))
    }

    private static func plainSpelling(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x2018, 0x2019, 0x201A, 0x2032: "'"
        case 0x201C, 0x201D, 0x201E, 0x2033: "\""
        case 0x2010...0x2015, 0x2212: "-"
        default: nil
        }
    }

    /// Decodes the scalar that starts at an offset; the text is known to be well-formed UTF-8.
    private func scalar(at place: Int) -> (Unicode.Scalar, Int)? {
        let lead = bytes[place]
        let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard place + length <= bytes.count else { return nil }
        var value = length == 1 ? UInt32(lead) : UInt32(lead) & (0x7F >> UInt32(length))
        for index in 1..<max(length, 1) {
            value = value << 6 | UInt32(bytes[place + index] & 0x3F)
        }
        return Unicode.Scalar(value).map { ($0, length) }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.value == 0x200B || scalar.value == 0xFEFF || scalar.value == 0x180E
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 48 && self <= 57 }
    var isLetter: Bool { (self | 0x20) >= 97 && (self | 0x20) <= 122 }
    /// A letter, `_` or `$`.
    var isWordStart: Bool { isLetter || self == 95 || self == 36 }
    /// A letter, digit or `_`.
    var isWordPart: Bool { isLetter || isDigit || self == 95 }
    var hexValue: UInt32? {
        switch self {
        case 48...57: UInt32(self) - 48
        case 65...70: UInt32(self) - 55
        case 97...102: UInt32(self) - 87
        default: nil
        }
    }
}
