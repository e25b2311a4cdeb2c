/// The JSON values that stand one after the other in a text, over lines or not, with or without commas between them.
/// Only their bounds are found here; whether each is valid is for the JSON reader to say.
struct JSONRecords: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> ArraySlice<UInt8>? {
        while position < bytes.count, [9, 10, 13, 32, UInt8(ascii: ",")].contains(bytes[position]) { position += 1 }
        guard position < bytes.count else { return nil }
        let start = position
        var depth = 0
        var isInString = false
        while position < bytes.count {
            let byte = bytes[position]
            if isInString {
                if byte == 92 { position += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case 10 where depth == 0: return bytes[start..<position]
                default: break
                }
                if depth <= 0, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    position += 1
                    return bytes[start..<position]
                }
            }
            position += 1
        }
        position = bytes.count
        return bytes[start..<position]
    }
}
