import KQLFunctions

/// Why a query that bound well could not finish.
public struct ExecutionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable code for programs.
    public enum Code: String, Sendable, Hashable {
        /// An operator made more rows than the limit.
        case rowLimit = "execution.row-limit"
        /// The results held at once grew past the limit of bytes.
        case byteLimit = "execution.byte-limit"
        case timeout = "execution.timeout"
        case cancelled = "execution.cancelled"
        /// A function refused its arguments.
        case function = "execution.function"
        /// The operator needs something that this installation does not permit.
        case notAllowed = "execution.not-allowed"
        /// The store failed to read.
        case source = "execution.source"
        /// What is outside of the installation gave no answer that can be used.
        case external = "execution.external"
        /// The query demands something that its data does not fulfil.
        case assertion = "execution.assertion"
    }

    public let code: Code
    /// What happened and what to do about it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: EvaluationError) {
        self.init(.function, error.message)
    }

    public var description: String { message }
}
