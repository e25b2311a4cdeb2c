/// What went wrong in a spool: a code to act on and a sentence for people.
public struct SpoolError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The spool holds as much as it may; what it refused was not kept.
        case full
        /// The bytes of a delivery are not as they were written.
        case damaged
        /// A file could not be read or written.
        case file
        /// A delivery is larger than the spool takes at once.
        case tooLarge
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    static let damaged = SpoolError(.damaged, "the bytes of a spooled delivery are damaged")
}
