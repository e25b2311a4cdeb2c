public import StateStore

/// Why the casebook refused a request; nothing was changed.
public struct CasebookError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no such incident, alert, comment, task or entity.
        case notFound
        /// The resource exists already, or the entity tag is not that of its present version.
        case conflict
        /// The life cycle has no such step.
        case invalidTransition
        case invalidClassification
        /// A field is empty, too long, or otherwise not as it must be.
        case invalidField
        /// A limit (alerts, bookmarks, comments, tasks… per incident) is reached.
        case limitReached
        /// It is somebody else's: a comment is changed by its author alone.
        case forbidden
        /// The database failed; the message says how.
        case storage
    }

    public let code: Code
    /// The field at fault, as the API names it; nil when it is none in particular.
    public let field: String?
    /// What happened and what to do.
    public let message: String

    public init(_ code: Code, field: String? = nil, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }

    public var description: String { message }
}

extension CasebookError: RoomFault {
    public static func storage(_ message: String) -> CasebookError { CasebookError(.storage, message) }
}
