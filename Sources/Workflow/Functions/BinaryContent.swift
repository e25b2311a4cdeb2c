internal import JSON

/// Content that is no JSON, in the shape `{"$content-type": …, "$content": base64}`.
struct BinaryContent {
    var contentType: String
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var json: JSON {
        ["$content-type": .string(contentType), "$content": .string(Base64.encode(bytes))]
    }
}

extension JSON {
    /// The content of a `{"$content-type", "$content"}` object; nil for every other value.
    var binaryContent: BinaryContent? {
        guard case .object(let members) = self, case .string(let encoded) = members["$content"],
            let bytes = Base64.decode(encoded)
        else { return nil }
        return BinaryContent(
            contentType: members["$content-type"]?.stringValue ?? "application/octet-stream", bytes: bytes)
    }
}

/// Base 64 (RFC 4648, section 4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < group.count ? Int(group[start + offset]) : 0) }
            for position in 0..<4 {
                result.append(
                    position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes; also the URL-safe alphabet and missing padding are read. Nil when it is no base 64.
    static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in text.utf8 {
            guard let value = value(of: byte) else {
                if [0x3D, 0x0A, 0x0D, 0x20].contains(byte) { continue }
                return nil
            }
            bits = (bits << 6 | value) & 0xFFFFFF
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return result
    }

    private static func value(of byte: UInt8) -> Int? {
        switch byte {
        case 0x41...0x5A: Int(byte) - 0x41
        case 0x61...0x7A: Int(byte) - 0x61 + 26
        case 0x30...0x39: Int(byte) - 0x30 + 52
        case 0x2B, 0x2D: 62
        case 0x2F, 0x5F: 63
        default: nil
        }
    }
}
