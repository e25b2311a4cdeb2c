/// Something to tell the author of a query, with its place.
public struct Diagnostic: Error, Hashable, Sendable {
    /// How bad it is; a query with an error must not run.
    public enum Severity: String, Hashable, Sendable {
        case error, warning, information
    }

    /// A stable short code such as `syntax.unknown-operator`; later stages add their own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
    }

    public var severity: Severity
    public var code: Code
    /// One sentence: what is wrong.
    public var message: String
    public var span: Span
    /// What to do, or the likely meant spelling.
    public var hint: String?
    /// Text that would repair the query when put in place of `span`.
    public var replacement: String?

    public init(
        _ code: Code, _ message: String, at span: Span, severity: Severity = .error, hint: String? = nil,
        replacement: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint
        self.replacement = replacement
    }

    /// `3:14: error: message; hint` for logs and terminals.
    public func rendered(in source: Source) -> String {
        let place = source.location(at: span.lower)
        let tail = hint.map { "; \($0)" } ?? ""
        return "\(place): \(severity.rawValue): \(message)\(tail)"
    }
}

extension Diagnostic.Code {
    public static let unexpectedToken = Self(rawValue: "syntax.unexpected-token")
    public static let missingToken = Self(rawValue: "syntax.missing-token")
    public static let unknownOperator = Self(rawValue: "syntax.unknown-operator")
    public static let unknownKeyword = Self(rawValue: "syntax.unknown-keyword")
    public static let invalidLiteral = Self(rawValue: "syntax.invalid-literal")
    public static let unterminatedString = Self(rawValue: "syntax.unterminated-string")
    public static let invalidCharacter = Self(rawValue: "syntax.invalid-character")
    public static let tooDeep = Self(rawValue: "syntax.too-deep")
    public static let assignmentInCondition = Self(rawValue: "syntax.assignment-in-condition")
    public static let command = Self(rawValue: "syntax.command")
    public static let emptyQuery = Self(rawValue: "syntax.empty-query")
}
