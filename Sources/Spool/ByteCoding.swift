/// Writes numbers and texts one after another, little-endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ text: String) {
        add(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(bytes more: [UInt8]) {
        add(UInt32(more.count))
        bytes.append(contentsOf: more)
    }
}

/// Reads what a `ByteWriter` wrote.
///
/// Every read is checked against the end, so that damaged bytes make an error and nothing else.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(SpoolError) -> Number {
        var value: Number = 0
        for (shift, byte) in try take(MemoryLayout<Number>.size).enumerated() {
            value |= Number(truncatingIfNeeded: byte) << (8 * shift)
        }
        return value
    }

    /// A count of things of which each takes at least `width` bytes.
    mutating func count(width: Int) throws(SpoolError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count * width <= bytes.endIndex - position else { throw .damaged }
        return count
    }

    mutating func text() throws(SpoolError) -> String {
        String(decoding: try take(try count(width: 1)), as: UTF8.self)
    }

    mutating func block() throws(SpoolError) -> [UInt8] { Array(try take(try count(width: 1))) }

    private mutating func take(_ count: Int) throws(SpoolError) -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - position else { throw .damaged }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
