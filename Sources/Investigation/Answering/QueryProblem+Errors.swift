internal import EventStore
internal import KQL
public import KQLSyntax

extension QueryProblem {
    /// A finding about a query text, with its place.
    public init(_ diagnostic: Diagnostic, in source: Source) {
        let place = source.location(at: diagnostic.span.lower)
        self.init(
            code: diagnostic.code.rawValue.hasPrefix("syntax.") ? .syntaxError : .semanticError,
            message: diagnostic.message, line: place.line, column: place.column, hint: diagnostic.hint)
    }

    /// What a failed query tells its author.
    static func problems(of error: any Error) -> [QueryProblem] {
        switch error {
        case let problem as QueryProblem: [problem]
        case is CancellationError: [QueryProblem(code: .cancelled, message: "the query was cancelled")]
        case let error as InvalidQuery:
            error.diagnostics.filter { $0.severity == .error }.map { QueryProblem($0, in: error.source) }
        case let error as ExecutionError:
            [QueryProblem(code: code(of: error), message: error.message)]
        case let error as EventStoreError:
            [QueryProblem(code: code(of: error), message: error.message)]
        default:
            [QueryProblem(code: .executionError, message: "\(error)")]
        }
    }

    /// One line: place, message, hint.
    var rendered: String {
        let place = line.map { "line \($0), column \(column ?? 1): " } ?? ""
        return "\(place)\(message)" + (hint.map { " (\($0))" } ?? "")
    }

    private static func code(of error: ExecutionError) -> Code {
        switch error.code {
        case .rowLimit, .byteLimit: .limitExceeded
        case .timeout: .timedOut
        case .cancelled: .cancelled
        case .function, .notAllowed, .source, .external, .assertion: .executionError
        }
    }

    private static func code(of error: EventStoreError) -> Code {
        switch error.code {
        case .timeout: .timedOut
        case .outOfMemory: .limitExceeded
        case .cancelled: .cancelled
        default: .executionError
        }
    }
}
