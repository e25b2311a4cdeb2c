/// Base64 (RFC 4648 section 4) of the modifiers `base64` and `base64offset`.
enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let rest = min(3, bytes.count - index)
            let word = (0..<3).reduce(UInt32(0)) { $0 << 8 | ($1 < rest ? UInt32(bytes[index + $1]) : 0) }
            for position in 0..<4 {
                let isPadding = position > rest
                result.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(word >> (18 - 6 * UInt32(position)) & 63)])
            }
            index += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The three texts by which `bytes` shows inside a longer encoded text, depending on where it starts there.
    static func encodeAtEachOffset(_ bytes: [UInt8]) -> [String] {
        let startOffsets = [0, 2, 3]
        let endOffsets = [0, 3, 2]
        return (0..<3).map { offset in
            let encoded = encode([UInt8](repeating: 32, count: offset) + bytes)
            let cut = endOffsets[(bytes.count + offset) % 3]
            return String(encoded.dropFirst(startOffsets[offset]).dropLast(cut))
        }
    }
}
