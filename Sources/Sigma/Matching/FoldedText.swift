/// A value with its ASCII letters in lower case, with room to read a word beyond both ends. Kept to be filled again.
struct FoldedText: Sendable {
    /// Bytes that may be read before and after the text.
    static let padding = 8

    private(set) var count = 0
    private(set) var isASCII = true
    private var bytes: [UInt8] = []

    mutating func fill(_ text: UnsafeBufferPointer<UInt8>) {
        count = text.count
        let needed = count + 2 * Self.padding
        if bytes.count < needed { bytes = [UInt8](repeating: 0, count: max(needed, bytes.count * 2, 1024)) }
        bytes.withUnsafeMutableBufferPointer { bytes in
            let target = UnsafeMutableBufferPointer(rebasing: bytes[Self.padding..<(Self.padding + text.count)])
            var seen: UInt8 = 0
            for index in 0..<text.count {
                let byte = text[index]
                seen |= byte
                target[index] = ByteSearch.folded(byte)
            }
            isASCII = seen < 128
        }
    }

    /// Gives the text's first byte.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            // The array holds at least the padding, so it has a base address; its own start is as good otherwise.
            guard let base = bytes.baseAddress else { preconditionFailure("the padding is always there") }
            return body(base + Self.padding)
        }
    }
}
