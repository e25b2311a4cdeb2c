/// Memory for one text after the other, each written at once; it grows and is used again.
struct TextScratch {
    private var memory: [UInt8] = []
    private var count = 0

    /// Writes a text of at most `bound` bytes in the place of the one before.
    mutating func write(atMost bound: Int, _ body: (inout TextCursor) -> Void) {
        if memory.count < bound { memory = Array(repeating: 0, count: max(bound, memory.count * 2)) }
        count = memory.withUnsafeMutableBufferPointer { memory in
            var cursor = TextCursor(memory)
            body(&cursor)
            return cursor.count
        }
    }

    func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        memory.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }
}

/// Where in a scratch the next bytes go.
///
/// Whoever writes asked for enough memory before; each call checks that once, not for each byte.
struct TextCursor {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
    }

    /// How many bytes of a text a byte of its value may become, in XML (`&quot;`) as in JSON (`\u001f`).
    static let longestEscape = 6

    private func place(for more: Int) -> UnsafeMutablePointer<UInt8>? {
        precondition(count + more <= memory.count, "a text became longer than its bound")
        return memory.baseAddress.map { $0 + count }
    }

    mutating func write(_ utf8: UnsafeBufferPointer<UInt8>) {
        guard let source = utf8.baseAddress, let target = place(for: utf8.count) else { return }
        target.update(from: source, count: utf8.count)
        count += utf8.count
    }

    mutating func write(_ text: StaticString) {
        write(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ byte: UInt8) {
        place(for: 1)?.pointee = byte
        count += 1
    }

    /// What was written since the text was `start` bytes long; it stays as long as the memory is written to.
    func written(from start: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: memory[start..<count])
    }

    /// Writes text as the content of an element or attribute; characters that XML 1.0 cannot hold become blanks.
    mutating func write(xml utf8: UnsafeBufferPointer<UInt8>) {
        write(utf8, escaping: XMLEscapes.self)
    }

    /// Writes text as what stands between the quotes of a JSON string.
    mutating func write(json utf8: UnsafeBufferPointer<UInt8>) {
        write(utf8, escaping: JSONEscapes.self)
    }

    /// Copies eight bytes at a time, and goes on behind the first of them that cannot stay as it is.
    @inline(__always)
    private mutating func write<Escapes: TextEscapes>(
        _ utf8: UnsafeBufferPointer<UInt8>, escaping escapes: Escapes.Type
    ) {
        guard let source = utf8.baseAddress, var target = place(for: utf8.count * Self.longestEscape) else { return }
        let start = target
        var index = 0
        while index + 8 <= utf8.count {
            let word = UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
            UnsafeMutableRawPointer(target).storeBytes(of: word, as: UInt64.self)
            let clean = Escapes.marks(UInt64(littleEndian: word)).trailingZeroBitCount / 8
            target += clean
            index += clean
            guard clean < 8 else { continue }
            target += Escapes.write(source[index], to: target)
            index += 1
        }
        while index < utf8.count {
            target += Escapes.write(source[index], to: target)
            index += 1
        }
        count += target - start
    }
}

/// The bytes that a format cannot hold as they are.
private protocol TextEscapes {
    /// Eight bytes, the first lowest: the lowest bit that is set is the highest of the first byte that may need an escape.
    static func marks(_ bytes: UInt64) -> UInt64
    /// Writes a byte or what stands for it; gives the length.
    static func write(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) -> Int
}

extension TextEscapes {
    fileprivate static func copy(_ text: StaticString, to target: UnsafeMutablePointer<UInt8>) -> Int {
        target.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    @inline(__always)
    fileprivate static func copy(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) -> Int {
        target.pointee = byte
        return 1
    }

    /// Marks bytes that equal one; above the first there may be more marks than such bytes.
    @inline(__always)
    fileprivate static func equal(_ bytes: UInt64, _ byte: UInt8) -> UInt64 {
        let differences = bytes ^ (ones &* UInt64(byte))
        return (differences &- ones) & ~differences & highBits
    }

    /// Marks bytes below 0x20, as `equal` does.
    @inline(__always)
    fileprivate static func control(_ bytes: UInt64) -> UInt64 {
        (bytes &- ones &* 0x20) & ~bytes & highBits
    }

    @inline(__always)
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always)
    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }
}

private enum XMLEscapes: TextEscapes {
    @inline(__always)
    static func marks(_ bytes: UInt64) -> UInt64 {
        equal(bytes, UInt8(ascii: "<")) | equal(bytes, UInt8(ascii: ">")) | equal(bytes, UInt8(ascii: "&"))
            | equal(bytes, UInt8(ascii: "\"")) | control(bytes)
    }

    @inline(__always)
    static func write(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) -> Int {
        switch byte {
        case UInt8(ascii: "<"): copy("&lt;", to: target)
        case UInt8(ascii: ">"): copy("&gt;", to: target)
        case UInt8(ascii: "&"): copy("&amp;", to: target)
        case UInt8(ascii: "\""): copy("&quot;", to: target)
        case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F: copy(UInt8(ascii: " "), to: target)
        default: copy(byte, to: target)
        }
    }
}

private enum JSONEscapes: TextEscapes {
    @inline(__always)
    static func marks(_ bytes: UInt64) -> UInt64 {
        equal(bytes, UInt8(ascii: "\"")) | equal(bytes, UInt8(ascii: "\\")) | control(bytes)
    }

    @inline(__always)
    static func write(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) -> Int {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            target[0] = UInt8(ascii: "\\")
            target[1] = byte
            return 2
        case 0x20...: return copy(byte, to: target)
        case 0x0A: return copy("\\n", to: target)
        case 0x0D: return copy("\\r", to: target)
        case 0x09: return copy("\\t", to: target)
        default:
            let length = copy("\\u00", to: target)
            target[length] = hexadecimal(byte >> 4)
            target[length + 1] = hexadecimal(byte & 15)
            return length + 2
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
