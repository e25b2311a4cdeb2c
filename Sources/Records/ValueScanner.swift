/// Finds where a JSON value ends by counting brackets outside of strings; can be stopped and resumed at any byte.
///
/// It does not check the value: that is the parser's work.
public struct ValueScanner: Sendable {
    public enum Outcome: Equatable, Sendable {
        /// The offset after the value's last byte.
        case end(Int)
        case needsMore
        /// No value can go on like this.
        case malformed
    }

    /// What stops the scan before the value's end.
    public enum Care: Sendable {
        /// Nothing.
        case brackets
        /// A line end inside of a string.
        case lines
        /// That, and two values without a comma between them, and the like.
        case tokens
    }

    private let care: Care
    private let depthLimit: Int
    /// How far the scan has come, counted from the value's first byte.
    private(set) var position = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var last: UInt8 = 0

    /// - Parameter depth: How many brackets are open where the scan begins.
    public init(_ care: Care, depthLimit: Int = .max, depth: Int = 0) {
        self.care = care
        self.depthLimit = depthLimit
        self.depth = depth
    }

    /// The length of the object or array that `bytes` begin with; nil when it does not end in them.
    public static func length(_ bytes: ArraySlice<UInt8>, depth: Int = 0) -> Int? {
        var scanner = ValueScanner(.brackets, depth: depth)
        let outcome = bytes.withUnsafeBufferPointer { scanner.scan($0) }
        guard case .end(let length) = outcome else { return nil }
        return length
    }

    /// Goes on with `bytes`, whose first byte is the value's.
    public mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    last = byte
                } else if byte == UInt8(ascii: "\n"), care != .brackets {
                    return .malformed
                }
            } else if !accept(byte) {
                return .malformed
            } else if depth <= 0, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                return .end(position)
            }
        }
        return .needsMore
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            return true
        case UInt8(ascii: "\""):
            guard mayStartValue else { return false }
            isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard mayStartValue, care != .tokens || last != UInt8(ascii: "{"), depth < depthLimit else { return false }
            depth += 1
            last = byte
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            last = byte
        case UInt8(ascii: ","), UInt8(ascii: ":"):
            last = byte
        default:
            guard last == ValueScanner.scalar || mayStartValue else { return false }
            last = ValueScanner.scalar
        }
        return true
    }

    private static let scalar = UInt8(ascii: "0")

    private var mayStartValue: Bool {
        care != .tokens
            || !(last == UInt8(ascii: "}") || last == UInt8(ascii: "]") || last == UInt8(ascii: "\"")
                || last == ValueScanner.scalar)
    }
}
