public import Chronology
public import StateStore

/// Why access was refused or could not be changed.
public struct AccessError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Name or password is wrong; which of them is not said.
        case invalidCredentials
        /// Too many failures; `retryTime` says when to try again.
        case throttled
        /// The link is unknown, used or expired.
        case invalidInvitation
        /// A field is empty, too short, too long, or otherwise not as it must be.
        case invalidField
        /// The name is taken.
        case conflict
        case notFound
        /// The caller's role does not allow it.
        case forbidden
        /// The database or the hashing failed; the message says how.
        case failure
    }

    public let code: Code
    public let field: String?
    /// When a throttled caller may try again.
    public let retryTime: Instant?
    /// What happened and what to do.
    public let message: String

    public init(_ code: Code, field: String? = nil, retryTime: Instant? = nil, _ message: String) {
        self.code = code
        self.field = field
        self.retryTime = retryTime
        self.message = message
    }

    public var description: String { message }
}

extension AccessError: RoomFault {
    public static func storage(_ message: String) -> AccessError { AccessError(.failure, message) }
}
