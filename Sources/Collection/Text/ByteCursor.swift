/// Walks over some bytes of text.
struct ByteCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }
    var rest: UnsafeBufferPointer<UInt8> { slice(position, bytes.count) }

    /// The bytes from `start` to `end`, as far as there are any: a step over an escape may lead beyond the end.
    func slice(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
        let from = min(start, bytes.count)
        return UnsafeBufferPointer(rebasing: bytes[from..<min(max(from, end), bytes.count)])
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    func starts(with text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    /// The bytes up to the next blank or the end; at least one, else nil.
    mutating func word() -> UnsafeBufferPointer<UInt8>? {
        let start = position
        while let byte = next, byte != 0x20 { position += 1 }
        return position > start ? slice(start, position) : nil
    }

    /// A number of at most `digits` digits; nil when there is none.
    mutating func number(digits: Int) -> Int? {
        let start = position
        var value = 0
        while let byte = next, case let digit = byte &- 0x30, digit <= 9, position - start < digits {
            value = value * 10 + Int(digit)
            position += 1
        }
        return position > start ? value : nil
    }
}
