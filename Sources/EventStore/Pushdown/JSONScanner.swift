/// Walks over JSON text (RFC 8259) without making values.
///
/// It judges only what it is sure of: text with `\u` escapes, exponents, very long numbers or deep nesting is left to the
/// full parser, as is everything that is not well-formed.
struct JSONScanner {
    /// The text holds something that this scanner does not judge.
    struct Unsure: Error {}

    /// A value's place in the text.
    enum Scanned {
        /// The bytes between the quotes, which hold no escape.
        case text(Range<Int>)
        case integer(Range<Int>)
        case null
        case other
    }

    /// What a path does next with the value that starts here.
    enum Step: Sendable {
        case member(String)
        case element(Int)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The value at a path of a whole document, the last one of equally named members; nil when there is none.
    mutating func find(_ steps: ArraySlice<Step>) throws(Unsure) -> Scanned? {
        let found = try value(steps)
        skipBlanks()
        if position != bytes.count { throw Unsure() }
        return found
    }

    /// Where the elements of an array stand; nil when the document is something else.
    mutating func elements() throws(Unsure) -> [Range<Int>]? {
        skipBlanks()
        if try peek() != UInt8(ascii: "[") { return nil }
        var ranges: [Range<Int>] = []
        try enter()
        while try !closes(with: UInt8(ascii: "]"), ranges.isEmpty) {
            skipBlanks()
            let start = position
            try skip()
            ranges.append(start..<position)
        }
        depth -= 1
        skipBlanks()
        if position != bytes.count { throw Unsure() }
        return ranges
    }

    private mutating func value(_ steps: ArraySlice<Step>) throws(Unsure) -> Scanned? {
        skipBlanks()
        switch try peek() {
        case UInt8(ascii: "{"): return try object(steps)
        case UInt8(ascii: "["): return try array(steps)
        case UInt8(ascii: "\""):
            let (range, isPlain) = try string()
            return steps.isEmpty ? (isPlain ? .text(range) : .other) : nil
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"):
            try word("null")
            return steps.isEmpty ? .null : nil
        default:
            let (range, isWhole) = try number()
            return steps.isEmpty ? (isWhole ? .integer(range) : .other) : nil
        }
        return steps.isEmpty ? .other : nil
    }

    private mutating func object(_ steps: ArraySlice<Step>) throws(Unsure) -> Scanned? {
        var wanted: String?
        if case .member(let name)? = steps.first { wanted = name }
        var found: Scanned? = steps.isEmpty ? .other : nil
        try enter()
        var isFirst = true
        while try !closes(with: UInt8(ascii: "}"), isFirst) {
            isFirst = false
            skipBlanks()
            let (key, isPlain) = try string()
            // A key with escapes might be the wanted one.
            if !isPlain { throw Unsure() }
            skipBlanks()
            if try peek() != UInt8(ascii: ":") { throw Unsure() }
            position += 1
            if let wanted, equals(key, wanted) {
                found = try value(steps.dropFirst())
            } else {
                try skip()
            }
        }
        depth -= 1
        return found
    }

    private mutating func array(_ steps: ArraySlice<Step>) throws(Unsure) -> Scanned? {
        var wanted: Int?
        if case .element(let index)? = steps.first { wanted = index }
        var found: Scanned? = steps.isEmpty ? .other : nil
        try enter()
        var index = 0
        while try !closes(with: UInt8(ascii: "]"), index == 0) {
            if index == wanted {
                found = try value(steps.dropFirst())
            } else {
                try skip()
            }
            index += 1
        }
        depth -= 1
        return found
    }

    /// Goes past a value of which nothing is wanted.
    private mutating func skip() throws(Unsure) {
        skipBlanks()
        switch try peek() {
        case UInt8(ascii: "{"):
            try enter()
            var isFirst = true
            while try !closes(with: UInt8(ascii: "}"), isFirst) {
                isFirst = false
                skipBlanks()
                _ = try string()
                skipBlanks()
                if try peek() != UInt8(ascii: ":") { throw Unsure() }
                position += 1
                try skip()
            }
            depth -= 1
        case UInt8(ascii: "["):
            try enter()
            var isFirst = true
            while try !closes(with: UInt8(ascii: "]"), isFirst) {
                isFirst = false
                try skip()
            }
            depth -= 1
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
    }

    private mutating func enter() throws(Unsure) {
        position += 1
        depth += 1
        if depth > 200 { throw Unsure() }
    }

    /// Whether the list ends here; else goes past the comma that must stand between its parts.
    private mutating func closes(with end: UInt8, _ isFirst: Bool) throws(Unsure) -> Bool {
        skipBlanks()
        let byte = try peek()
        if byte == end {
            position += 1
            return true
        }
        if isFirst { return false }
        if byte != UInt8(ascii: ",") { throw Unsure() }
        position += 1
        return false
    }

    private mutating func string() throws(Unsure) -> (Range<Int>, isPlain: Bool) {
        if try peek() != UInt8(ascii: "\"") { throw Unsure() }
        position += 1
        let start = position
        var isPlain = true
        while position < bytes.count {
            skipPlainCharacters()
            if position == bytes.count { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return (start..<(position - 1), isPlain)
            }
            if byte < 0x20 { throw Unsure() }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
                if try !"\"\\/bfnrt".utf8.contains(peek()) { throw Unsure() }
            }
            position += 1
        }
        throw Unsure()
    }

    /// Goes on, eight bytes at a time, to the next quote, backslash or control character.
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let raw = UnsafeRawBufferPointer(bytes)
        while position + 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            // The lowest mark of each term stands at the first byte that is zero, or below 0x20.
            let marks =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word)
                & highs
            if marks != 0 {
                position += marks.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
    }

    /// A number as it is written; whole when it has no fraction.
    private mutating func number() throws(Unsure) -> (Range<Int>, isWhole: Bool) {
        let start = position
        if try peek() == UInt8(ascii: "-") { position += 1 }
        let whole = digits()
        if whole.isEmpty || (whole.count > 1 && bytes[whole.lowerBound] == UInt8(ascii: "0")) { throw Unsure() }
        var isWhole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            isWhole = false
            if digits().isEmpty { throw Unsure() }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") { throw Unsure() }
        let isNegativeZero = bytes[start] == UInt8(ascii: "-") && bytes[whole.lowerBound] == UInt8(ascii: "0")
        if position - start > 18 { throw Unsure() }
        return (start..<position, isWhole && !isNegativeZero)
    }

    private mutating func digits() -> Range<Int> {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        return start..<position
    }

    private mutating func word(_ word: StaticString) throws(Unsure) {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw Unsure() }
        for offset in 0..<length where bytes[position + offset] != word.utf8Start[offset] { throw Unsure() }
        position += length
    }

    private func equals(_ range: Range<Int>, _ name: String) -> Bool {
        var name = name
        return name.withUTF8 { utf8 in
            guard utf8.count == range.count else { return false }
            for offset in 0..<utf8.count where bytes[range.lowerBound + offset] != utf8[offset] { return false }
            return true
        }
    }

    private func peek() throws(Unsure) -> UInt8 {
        guard position < bytes.count else { throw Unsure() }
        return bytes[position]
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
