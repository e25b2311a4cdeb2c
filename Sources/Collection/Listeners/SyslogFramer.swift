/// Cuts the bytes of a syslog connection into messages (RFC 6587): each ends with a newline or begins with its length.
public struct SyslogFramer: Sendable {
    public enum Frame: Sendable, Hashable {
        case message([UInt8])
        /// Too long, or cut off by the end of the connection: what there is of it, and why it is no message.
        case rejected([UInt8], reason: String)
    }

    private enum Mode {
        case start
        /// This many bytes more belong to the message.
        case counted(Int)
        case line
        case skippingLine
        case skipping(Int)
    }

    private let limit: Int
    private var mode = Mode.start
    private var pending: [UInt8] = []

    /// - Parameter limit: The longest message in bytes.
    public init(limit: Int) {
        self.limit = limit
    }

    /// The messages that are complete with these bytes.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Frame] {
        pending.append(contentsOf: bytes)
        var frames: [Frame] = []
        var head = 0
        while let length = step(from: &head, into: &frames) { head += length }
        pending.removeSubrange(0..<head)
        return frames
    }

    /// What is left when the connection ends.
    public mutating func finish() -> [Frame] {
        defer { pending = [] }
        switch mode {
        case .skippingLine, .skipping: return []
        case .counted: return [.rejected(pending, reason: "the connection ended inside of the message")]
        case .start, .line:
            let text = SyslogFramer.trimmed(pending[...])
            return text.isEmpty ? [] : [.message(Array(text))]
        }
    }

    /// Takes one step; the number of bytes it used up, nil when more are needed.
    private mutating func step(from head: inout Int, into frames: inout [Frame]) -> Int? {
        let rest = pending[head...]
        switch mode {
        case .start:
            let blanks = rest.prefix { $0 <= 0x20 }.count
            guard blanks < rest.count else { return blanks > 0 ? blanks : nil }
            return start(rest.dropFirst(blanks), blanks: blanks)
        case .counted(let length):
            guard rest.count >= length else { return nil }
            mode = .start
            frames.append(.message(Array(SyslogFramer.trimmed(rest.prefix(length)))))
            return length
        case .line:
            guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0 }) else {
                guard rest.count > limit else { return nil }
                frames.append(.rejected(Array(rest.prefix(limit)), reason: tooLong))
                mode = .skippingLine
                return rest.count
            }
            mode = .start
            let line = SyslogFramer.trimmed(rest[..<end])
            frames.append(
                line.count > limit ? .rejected(Array(line.prefix(limit)), reason: tooLong) : .message(Array(line)))
            return end + 1 - head
        case .skippingLine:
            guard let end = rest.firstIndex(of: 0x0A) else { return rest.isEmpty ? nil : rest.count }
            mode = .start
            return end + 1 - head
        case .skipping(let length):
            guard !rest.isEmpty else { return nil }
            mode = length > rest.count ? .skipping(length - rest.count) : .start
            return min(length, rest.count)
        }
    }

    /// Tells by the first bytes of a message how it is framed.
    private mutating func start(_ rest: ArraySlice<UInt8>, blanks: Int) -> Int? {
        let digits = rest.prefix(9).prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else {
            mode = .line
            return blanks
        }
        let after = rest.dropFirst(digits.count)
        if after.count < 2, digits.count < 9, after.first ?? 0x20 == 0x20 { return blanks > 0 ? blanks : nil }
        guard digits.count < 9, after.first == 0x20, after.dropFirst().first == UInt8(ascii: "<") else {
            mode = .line
            return blanks
        }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        mode = length > limit ? .skipping(length) : .counted(length)
        return blanks + digits.count + 1
    }

    private var tooLong: String { "the message is longer than \(limit) bytes" }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.prefix(upTo: bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? bytes.startIndex)
    }
}
