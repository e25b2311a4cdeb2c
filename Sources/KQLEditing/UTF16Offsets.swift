public import KQLSyntax

/// Converts between offsets of a text in UTF-8 bytes and in UTF-16 units, by which browsers and editors count.
public struct UTF16Offsets: Sendable {
    /// The UTF-16 offset of each byte and of the end; empty when the text is ASCII and both are the same.
    private let offsets: [Int]
    private let byteCount: Int

    public init(_ source: Source) {
        byteCount = source.bytes.count
        guard source.bytes.contains(where: { $0 >= 0x80 }) else {
            offsets = []
            return
        }
        var offsets: [Int] = []
        offsets.reserveCapacity(byteCount + 1)
        var count = 0
        for byte in source.bytes {
            offsets.append(count)
            // A character counts where it ends: the lead byte alone tells how many units it takes.
            if byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
        }
        offsets.append(count)
        self.offsets = UTF16Offsets.aligned(offsets, source.bytes)
    }

    /// Bytes inside a character get the offset of its beginning.
    private static func aligned(_ offsets: [Int], _ bytes: [UInt8]) -> [Int] {
        var aligned = offsets
        for index in bytes.indices where bytes[index] & 0xC0 == 0x80 { aligned[index] = aligned[index - 1] }
        return aligned
    }

    /// The length of the text in UTF-16 units.
    public var count: Int { offsets.last ?? byteCount }

    public func utf16(_ offset: Int) -> Int {
        let offset = max(0, min(offset, byteCount))
        return offsets.isEmpty ? offset : offsets[offset]
    }

    /// The byte offset of a UTF-16 offset; nil outside the text and inside a character.
    public func utf8(_ offset: Int) -> Int? {
        guard offset >= 0, offset <= count else { return nil }
        guard !offsets.isEmpty else { return offset }
        var low = 0
        var high = offsets.count - 1
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return offsets[low] == offset ? low : nil
    }
}
