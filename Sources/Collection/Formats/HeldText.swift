internal import Records

/// Lines that wait for those after them, as one text; bounded.
struct HeldText {
    /// The most bytes that are held.
    static let limit = 1 << 20

    private(set) var bytes: [UInt8] = []
    /// The line it starts in, counted from 1.
    private(set) var line = 0

    var isEmpty: Bool { bytes.isEmpty }
    var isTooLong: Bool { bytes.count > HeldText.limit }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>, line number: Int) {
        if bytes.isEmpty {
            line = number
        } else {
            bytes.append(0x0A)
        }
        bytes.append(contentsOf: text)
    }

    /// The text as one that could not be read; nothing is held any more.
    mutating func rejected(_ reason: String) -> RejectedText {
        defer { bytes = [] }
        return RejectedText(line: line, reason: reason, raw: String(decoding: bytes, as: UTF8.self))
    }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Drops bytes at the start.
    mutating func drop(_ count: Int) {
        bytes.removeFirst(min(count, bytes.count))
    }
}

extension RejectedText {
    init(_ text: UnsafeBufferPointer<UInt8>, line: Int, reason: String) {
        self.init(line: line, reason: reason, raw: String(decoding: text, as: UTF8.self))
    }
}
