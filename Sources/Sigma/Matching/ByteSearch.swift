/// Comparison and search of bytes with ASCII letters folded. Needles are in lower case already.
enum ByteSearch {
    @inline(__always)
    static func folded(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 32 : byte
    }

    /// Whether `text` has `needle` at `offset`; the caller knows that it fits.
    @inline(__always)
    static func matches(
        _ text: UnsafeBufferPointer<UInt8>, at offset: Int, _ needle: UnsafeBufferPointer<UInt8>, folding: Bool
    ) -> Bool {
        guard let base = text.baseAddress, let other = needle.baseAddress else { return needle.isEmpty }
        let start = base + offset
        if folding {
            for index in 0..<needle.count where folded(start[index]) != other[index] { return false }
        } else {
            for index in 0..<needle.count where start[index] != other[index] { return false }
        }
        return true
    }

    /// Whether the needle's bytes stand at `text`, where so many are readable.
    @inline(__always)
    static func equal(_ text: UnsafeRawPointer, _ needle: UnsafeRawBufferPointer) -> Bool {
        guard let base = needle.baseAddress else { return true }
        var offset = 0
        while offset + 8 <= needle.count {
            let left = text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if left != base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset += 8
        }
        while offset < needle.count {
            if text.load(fromByteOffset: offset, as: UInt8.self) != needle[offset] { return false }
            offset += 1
        }
        return true
    }

    @inline(__always)
    static func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var seen: UInt8 = 0
        for byte in text { seen |= byte }
        return seen < 128
    }

    /// The offset of the first `needle` at or after `from`, -1 when there is none.
    static func find(
        _ needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from: Int, folding: Bool
    ) -> Int {
        guard !needle.isEmpty else { return from }
        let last = text.count - needle.count
        guard last >= from, let base = text.baseAddress else { return -1 }
        let first = needle[0]
        let upper = folding && first &- 97 < 26 ? first & 0xDF : first
        var offset = from
        while offset <= last {
            let byte = base[offset]
            if byte == first || byte == upper, matches(text, at: offset, needle, folding: folding) { return offset }
            offset += 1
        }
        return -1
    }

    static func equal(
        _ text: UnsafeBufferPointer<UInt8>, _ needle: UnsafeBufferPointer<UInt8>, folding: Bool
    ) -> Bool {
        text.count == needle.count && matches(text, at: 0, needle, folding: folding)
    }

    static func hasPrefix(
        _ text: UnsafeBufferPointer<UInt8>, _ needle: UnsafeBufferPointer<UInt8>, folding: Bool
    ) -> Bool {
        text.count >= needle.count && matches(text, at: 0, needle, folding: folding)
    }

    static func hasSuffix(
        _ text: UnsafeBufferPointer<UInt8>, _ needle: UnsafeBufferPointer<UInt8>, folding: Bool
    ) -> Bool {
        text.count >= needle.count && matches(text, at: text.count - needle.count, needle, folding: folding)
    }
}
