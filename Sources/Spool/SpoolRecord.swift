internal import CZlib

/// One delivery in a segment: length and CRC-32 of the payload, four bytes each, then the payload.
enum SpoolRecord {
    static let headerBytes = 8
    /// Larger payloads are not taken; a length beyond it is damage.
    static let mostBytes = 1 << 30

    static func make(_ payload: [UInt8]) throws(SpoolError) -> [UInt8] {
        guard payload.count <= mostBytes else {
            throw SpoolError(.tooLarge, "a delivery of \(payload.count) bytes is larger than \(mostBytes)")
        }
        var writer = ByteWriter()
        writer.add(UInt32(payload.count))
        writer.add(checksum(payload))
        return writer.bytes + payload
    }

    /// The length and checksum in a header; nil for what can be none.
    static func header(_ bytes: [UInt8]) -> (length: Int, checksum: UInt32)? {
        guard bytes.count == headerBytes else { return nil }
        func word(_ start: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
        }
        let length = Int(word(0))
        return length > 0 && length <= mostBytes ? (length, word(4)) : nil
    }

    static func checksum(_ payload: [UInt8]) -> UInt32 {
        payload.withUnsafeBufferPointer { tocsin_crc32($0.baseAddress, $0.count) }
    }
}
