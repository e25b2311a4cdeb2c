public import Chronology
public import KQLValues

/// What came of a query.
public enum QueryOutcome: Sendable {
    case answer(QueryAnswer)
    /// It cannot run: problems in the text, or a failure while it ran.
    case refused([QueryProblem])
}

/// The answer to a query.
public struct QueryAnswer: Sendable {
    /// The primary result first; a query of several statements or `fork` gives several.
    public let tables: [Table]
    /// How `render` asks for it to be drawn: `timechart`, `barchart`…; nil without `render`.
    public let visualization: String?
    /// The properties of `render`.
    public let renderProperties: [String: String]
    /// Why the answer is not whole, if it is not.
    public let partialReason: String?
    public let warnings: [QueryProblem]
    public let duration: TimeSpan
    /// What it took and how it ran.
    public let statistics: QueryStatistics

    public init(
        tables: [Table], visualization: String?, renderProperties: [String: String], partialReason: String?,
        warnings: [QueryProblem], duration: TimeSpan, statistics: QueryStatistics = QueryStatistics()
    ) {
        self.tables = tables
        self.visualization = visualization
        self.renderProperties = renderProperties
        self.partialReason = partialReason
        self.warnings = warnings
        self.duration = duration
        self.statistics = statistics
    }
}

/// A problem with a query: what, where, what to do.
public struct QueryProblem: Error, Sendable, Hashable {
    /// What kind of problem it is, for programs.
    public enum Code: String, Sendable, Hashable {
        case syntaxError = "SyntaxError"
        case semanticError = "SemanticError"
        case executionError = "ExecutionError"
        case limitExceeded = "LimitExceeded"
        /// It ran longer than it may.
        case timedOut = "GatewayTimeout"
        /// Too many queries run or wait.
        case throttled = "ThrottledError"
        /// Its asker or an administrator stopped it.
        case cancelled = "Cancelled"
    }

    public let code: Code
    public let message: String
    /// Counted from 1.
    public let line: Int?
    /// Counted from 1.
    public let column: Int?
    /// What to try.
    public let hint: String?

    public init(code: Code, message: String, line: Int? = nil, column: Int? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
    }
}
