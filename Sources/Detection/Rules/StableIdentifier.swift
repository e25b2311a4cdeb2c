internal import Crypto

/// Identifiers made of what they name, so that the same finding always has the same one.
enum StableIdentifier {
    /// A GUID (RFC 9562, version 8) of the SHA-256 of the parts; parts are told apart by their lengths.
    static func make(_ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts {
            var copy = part
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
            copy.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        }
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
        return groups.joined(separator: "-")
    }

    /// A number made of a text, the same everywhere (FNV-1a, 64 bits).
    static func number(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// Whether the text is a GUID with hyphens, in any letter case.
    static func isGUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}
