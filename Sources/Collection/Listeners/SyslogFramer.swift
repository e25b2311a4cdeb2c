internal import Foundation

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

    /// Whether a message has begun whose end has not come.
    public var isInsideMessage: Bool {
        if case .start = mode { !pending.isEmpty } else { true }
    }

    /// The messages that are complete with these bytes.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Frame] {
        var frames: [Frame] = []
        Array(bytes).withUnsafeBufferPointer { feed($0) { frames.append(Frame($0, reason: $1)) } }
        return frames
    }

    /// What is left when the connection ends.
    public mutating func finish() -> [Frame] {
        var frames: [Frame] = []
        finish { frames.append(Frame($0, reason: $1)) }
        return frames
    }

    /// Gives the messages that are complete with these bytes to `take`, uncopied; with the reason when one is rejected.
    mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, _ take: (UnsafeBufferPointer<UInt8>, String?) -> Void
    ) {
        var buffer: [UInt8] = []
        swap(&buffer, &pending)
        buffer.append(contentsOf: bytes)
        var head = 0
        buffer.withUnsafeBufferPointer { all in
            while let length = step(UnsafeBufferPointer(rebasing: all[head...]), take) { head += length }
        }
        buffer.removeSubrange(0..<head)
        swap(&buffer, &pending)
    }

    /// Gives what is left when the connection ends to `take`.
    mutating func finish(_ take: (UnsafeBufferPointer<UInt8>, String?) -> Void) {
        pending.withUnsafeBufferPointer { rest in
            switch mode {
            case .skippingLine, .skipping: break
            case .counted: take(rest, "the connection ended inside of the message")
            case .start, .line:
                let text = SyslogFramer.trimmed(rest[...])
                if !text.isEmpty { take(text, nil) }
            }
        }
        pending = []
    }

    /// Takes one step on what is left; the number of bytes it used up, nil when more are needed.
    private mutating func step(
        _ rest: UnsafeBufferPointer<UInt8>, _ take: (UnsafeBufferPointer<UInt8>, String?) -> Void
    ) -> Int? {
        switch mode {
        case .start:
            var blanks = 0
            while blanks < rest.count, rest[blanks] <= 0x20 { blanks += 1 }
            guard blanks < rest.count else { return blanks > 0 ? blanks : nil }
            return start(rest[blanks...], blanks: blanks)
        case .counted(let length):
            guard rest.count >= length else { return nil }
            mode = .start
            take(SyslogFramer.trimmed(rest[..<length]), nil)
            return length
        case .line:
            guard let end = SyslogFramer.lineEnd(rest) else {
                guard rest.count > limit else { return nil }
                take(UnsafeBufferPointer(rebasing: rest[..<limit]), tooLong)
                mode = .skippingLine
                return rest.count
            }
            mode = .start
            let line = SyslogFramer.trimmed(rest[..<end])
            if line.count > limit {
                take(UnsafeBufferPointer(rebasing: line[..<limit]), tooLong)
            } else {
                take(line, nil)
            }
            return end + 1
        case .skippingLine:
            guard let end = SyslogFramer.first(0x0A, rest, rest.count) else { return rest.isEmpty ? nil : rest.count }
            mode = .start
            return end + 1
        case .skipping(let length):
            guard !rest.isEmpty else { return nil }
            mode = length > rest.count ? .skipping(length - rest.count) : .start
            return min(length, rest.count)
        }
    }

    /// Tells by the first bytes of a message how it is framed.
    private mutating func start(_ rest: Slice<UnsafeBufferPointer<UInt8>>, blanks: Int) -> Int? {
        var digits = 0
        var length = 0
        while digits < min(9, rest.count), case let digit = rest[blanks + digits] &- 0x30, digit <= 9 {
            length = length * 10 + Int(digit)
            digits += 1
        }
        guard digits > 0 else {
            mode = .line
            return blanks
        }
        let after = rest.dropFirst(digits)
        if after.count < 2, digits < 9, after.first ?? 0x20 == 0x20 { return blanks > 0 ? blanks : nil }
        guard digits < 9, after.first == 0x20, after.dropFirst().first == UInt8(ascii: "<") else {
            mode = .line
            return blanks
        }
        mode = length > limit ? .skipping(length) : .counted(length)
        return blanks + digits + 1
    }

    private var tooLong: String { "the message is longer than \(limit) bytes" }

    /// A line ends with a newline or, as some devices have it, a zero.
    private static func lineEnd(_ rest: UnsafeBufferPointer<UInt8>) -> Int? {
        let newline = first(0x0A, rest, rest.count)
        return first(0, rest, newline ?? rest.count) ?? newline
    }

    private static func first(_ byte: Int32, _ bytes: UnsafeBufferPointer<UInt8>, _ count: Int) -> Int? {
        guard let start = UnsafeRawPointer(bytes.baseAddress), let hit = memchr(start, byte, count) else { return nil }
        return UnsafeRawPointer(hit) - start
    }

    private static func trimmed(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UnsafeBufferPointer<UInt8> {
        var end = bytes.endIndex
        while end > bytes.startIndex, bytes[end - 1] <= 0x20 { end -= 1 }
        return UnsafeBufferPointer(rebasing: bytes[..<end])
    }
}

extension SyslogFramer.Frame {
    fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, reason: String?) {
        self = if let reason { .rejected(Array(bytes), reason: reason) } else { .message(Array(bytes)) }
    }
}
