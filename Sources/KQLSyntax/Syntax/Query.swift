/// A whole query text: statements separated by `;`, usually ending in one tabular expression.
public struct Query: Hashable, Sendable {
    public var statements: [Statement]
    public var span: Span
}

/// One statement of a query or of a function body.
public indirect enum Statement: Hashable, Sendable {
    case `let`(LetStatement)
    case tabular(TabularExpression)
    case set(SetStatement)
    case declareQueryParameters(QueryParametersStatement)
    case declarePattern(PatternStatement)
    case alias(AliasStatement)
    case restrictAccess(RestrictStatement)
    /// A statement that could not be parsed; a diagnostic was given.
    case error(Span)

    public var span: Span {
        switch self {
        case .let(let node): node.span
        case .tabular(let node): node.span
        case .set(let node): node.span
        case .declareQueryParameters(let node): node.span
        case .declarePattern(let node): node.span
        case .alias(let node): node.span
        case .restrictAccess(let node): node.span
        case .error(let span): span
        }
    }
}

/// An expression in a place that takes scalars and tables alike (let, function results, toscalar).
public indirect enum ResultExpression: Hashable, Sendable {
    /// Certainly a scalar.
    case scalar(Expression)
    /// Certainly a table: it has a pipe, or a source keyword such as `datatable`.
    case tabular(TabularExpression)
    /// A lone name or call (possibly in parentheses), whose meaning only the binder knows.
    case undecided(Expression)

    public var span: Span {
        switch self {
        case .scalar(let node), .undecided(let node): node.span
        case .tabular(let node): node.span
        }
    }
}

/// `let name = value`
public struct LetStatement: Hashable, Sendable {
    public var name: Name
    public var value: LetValue
    public var span: Span
}

/// What a let binds.
public indirect enum LetValue: Hashable, Sendable {
    case result(ResultExpression)
    case function(FunctionDeclaration)
}

/// `(parameters) { body }`, with `view` before it for wildcard unions.
public struct FunctionDeclaration: Hashable, Sendable {
    public var isView: Bool
    public var parameters: [FunctionParameter]
    public var body: FunctionBody
    public var span: Span
}

/// The inside of the braces: local statements, then the result.
public struct FunctionBody: Hashable, Sendable {
    public var statements: [Statement]
    /// Missing only in erroneous text.
    public var result: ResultExpression?
    public var span: Span
}

/// `name: type = default`, or a tabular parameter `name: (schema)`.
public struct FunctionParameter: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case scalar(TypeReference)
        case tabular(SchemaDeclaration)
    }
    public var name: Name
    public var kind: Kind
    public var defaultValue: Expression?
    public var span: Span
}

/// `set name`, `set name = value`
public struct SetStatement: Hashable, Sendable {
    public var name: Name
    public var value: ParameterValue?
    public var span: Span
}

/// `declare query_parameters (name: type = default, …)`
public struct QueryParametersStatement: Hashable, Sendable {
    public var parameters: [FunctionParameter]
    public var span: Span
}

/// `alias database name = cluster("…").database("…")`
public struct AliasStatement: Hashable, Sendable {
    public var name: Name
    public var value: Expression
    public var span: Span
}

/// `restrict access to (tables)`
public struct RestrictStatement: Hashable, Sendable {
    public var targets: [TabularSource]
    public var span: Span
}

/// `declare pattern name = (parameters)[path: type] { cases }`, or without a definition.
public struct PatternStatement: Hashable, Sendable {
    public struct Case: Hashable, Sendable {
        public var values: [Expression]
        /// The literal after `.` in brackets, `("a").["b"]`.
        public var path: Expression?
        public var body: FunctionBody
        public var span: Span
    }
    public var name: Name
    public var parameters: [FunctionParameter]
    public var path: ColumnDeclaration?
    public var cases: [Case]
    public var span: Span
}
