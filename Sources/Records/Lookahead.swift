/// Reads marks off some bytes, blanks between them skipped, and remembers whether it wanted more bytes than there are.
struct Lookahead {
    let bytes: [UInt8]
    var position: Int
    let isFinal: Bool
    private(set) var isExhausted = false

    init(bytes: [UInt8], position: Int, isFinal: Bool) {
        self.bytes = bytes
        self.position = position
        self.isFinal = isFinal
    }

    /// More bytes may come and could change the answer.
    var ranOut: Bool { isExhausted && !isFinal }

    mutating func peek() -> UInt8? {
        while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position]) {
            position += 1
        }
        guard position < bytes.count else {
            isExhausted = true
            return nil
        }
        return bytes[position]
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func skipWord(_ words: [String]) -> Bool {
        for word in words {
            let rest = bytes[position...].prefix(word.utf8.count)
            if rest.elementsEqual(word.utf8) {
                position += word.utf8.count
                return true
            }
            if rest.count < word.utf8.count, word.utf8.starts(with: rest) { isExhausted = true }
        }
        return false
    }
}
