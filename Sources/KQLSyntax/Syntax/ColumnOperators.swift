// Operators that compute, choose, rename or describe columns.

/// `extend a = x, …`
public struct ExtendOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var expressions: [NamedExpression]
    public var span: Span
}

/// `project a, b = x, …`
public struct ProjectOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var expressions: [NamedExpression]
    public var span: Span
}

/// `project-away` and `project-keep`: names, `prefix*` patterns.
public struct ProjectSelectionOperator: Hashable, Sendable {
    public var columns: [Name]
    public var span: Span
}

/// `project-rename new = old, …`; `(a, b) = …` is not allowed here.
public struct ProjectRenameOperator: Hashable, Sendable {
    public struct Renaming: Hashable, Sendable {
        public var new: Name
        public var old: Name
        public var span: Span
    }
    public var renamings: [Renaming]
    public var span: Span
}

/// `project-reorder a, b* asc, …`
public struct ProjectReorderOperator: Hashable, Sendable {
    public enum Order: String, Hashable, Sendable {
        case ascending = "asc"
        case descending = "desc"
        case granularAscending = "granny-asc"
        case granularDescending = "granny-desc"
    }
    public struct Item: Hashable, Sendable {
        public var column: Name
        public var order: Order?
        public var span: Span
    }
    public var items: [Item]
    public var span: Span
}

/// `project-by-names expressions`
public struct ProjectByNamesOperator: Hashable, Sendable {
    public var expressions: [Expression]
    public var span: Span
}

/// `distinct a, b`, `distinct *`
public struct DistinctOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var expressions: [NamedExpression]
    public var span: Span
}

/// `summarize aggregates by groups`
public struct SummarizeOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var aggregates: [NamedExpression]
    /// Nil without `by`.
    public var groups: [NamedExpression]?
    public var span: Span
}

/// `make-series aggregates on axis from … to … step … by groups`
public struct MakeSeriesOperator: Hashable, Sendable {
    public struct Aggregate: Hashable, Sendable {
        public var expression: NamedExpression
        /// `default = …`
        public var defaultValue: Expression?
        public var span: Span
    }
    public enum Window: Hashable, Sendable {
        /// `from a to b step c`; from and to may be missing.
        case step(from: Expression?, to: Expression?, step: Expression)
        /// The older `in range(a, b, c)`.
        case inRange(from: Expression, to: Expression, step: Expression)
    }
    public var parameters: [OperatorParameter]
    public var aggregates: [Aggregate]
    public var axis: NamedExpression
    public var window: Window
    public var groups: [NamedExpression]
    public var span: Span
}

/// `render kind with (properties)`
public struct RenderOperator: Hashable, Sendable {
    public var visualization: Name?
    public var properties: [OperatorParameter]
    /// True when the properties stand in `with (…)`; the older form has them bare.
    public var usesWith: Bool
    public var span: Span
}

/// `reduce by x with threshold = …, characters = …`
public struct ReduceOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var value: NamedExpression
    public var properties: [OperatorParameter]
    public var span: Span
}
