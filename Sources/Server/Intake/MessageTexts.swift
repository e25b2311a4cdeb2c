internal import Unpacking

/// Puts messages of a queue together into texts to read, so that a faulty one spoils no other.
///
/// A message of one line that begins and ends as a document, or begins as none, can stand in a text with others; any other
/// message is a text of its own.
enum MessageTexts {
    /// The most that a packed message may unpack to.
    private static let unpackedLimit = 256 << 20

    static func group(_ payloads: [[UInt8]]) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        var lines: [UInt8] = []
        for payload in payloads {
            let text = unpacked(payload)
            if isLine(text) {
                lines += text
                lines.append(0x0A)
            } else if !text.isEmpty {
                if !lines.isEmpty { texts.append(lines) }
                lines = []
                texts.append(text)
            }
        }
        if !lines.isEmpty { texts.append(lines) }
        return texts
    }

    /// What a broken packing leaves unread is a text that no format knows, and so a dead letter.
    private static func unpacked(_ payload: [UInt8]) -> [UInt8] {
        guard Packing(startingWith: payload) != .none else { return payload }
        let (bytes, fault) = Unpacker.unpack(payload, limit: unpackedLimit)
        guard let fault else { return bytes }
        return bytes + Array("\nnot read: \(fault)\n".utf8)
    }

    private static func isLine(_ text: [UInt8]) -> Bool {
        guard let first = text.first(where: { $0 > 0x20 }), let end = text.lastIndex(where: { $0 > 0x20 }),
            !text[...end].contains(0x0A)
        else { return false }
        switch first {
        case UInt8(ascii: "{"): return text[end] == UInt8(ascii: "}")
        case UInt8(ascii: "["): return false
        default: return true
        }
    }
}
