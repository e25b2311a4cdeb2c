public import StateStore

/// Why something about assets, priorities or service levels was refused.
public struct PrioritizationError: RoomFault, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        case notFound, invalidField, storage
    }

    public let code: Code
    /// The field that is wrong, if it is one.
    public let field: String?
    /// What is wrong and what to do.
    public let message: String

    public init(_ code: Code, field: String? = nil, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }

    public static func storage(_ message: String) -> PrioritizationError { PrioritizationError(.storage, message) }

    public var description: String { message }
}
