public import KQLSyntax
public import KQLValues

/// Everything that is known about a query text, finished or not: for editors.
public struct QueryAnalysis: Sendable {
    public let tree: SyntaxTree
    /// Of the parser and the binder, in order of place.
    public let diagnostics: [Diagnostic]
    /// One per tabular statement, in order.
    public let results: [TableShape]
    /// The sources and operators of all pipelines, subqueries and function bodies included; in order of place.
    public let steps: [PipelineStep]
    /// What `let`, `declare`, `as` and parameters of functions define; in order of place.
    public let definitions: [NameDefinition]

    /// The innermost source or operator at a UTF-8 offset: what a cursor there would edit.
    ///
    /// Right after a `|` this is the operator that is about to be written; its `input` holds the columns in scope.
    public func step(at offset: Int) -> PipelineStep? {
        steps.filter { $0.reach.touches(offset) }
            .min { ($0.reach.length, $1.reach.lower) < ($1.reach.length, $0.reach.lower) }
    }

    /// The definitions that an expression at a UTF-8 offset can name; the innermost first.
    public func definitions(at offset: Int) -> [NameDefinition] {
        var names: Set<String> = []
        return definitions.reversed().filter { $0.visibility.touches(offset) && names.insert($0.name).inserted }
    }
}

/// The columns that a place in a query has.
public struct TableShape: Sendable, Hashable {
    public var schema: TableSchema
    /// Whether data or something unknown decides on further columns.
    public var isOpen: Bool

    public init(schema: TableSchema, isOpen: Bool) {
        self.schema = schema
        self.isOpen = isOpen
    }
}

/// One source or operator of a pipeline, with the columns before and behind it.
public struct PipelineStep: Sendable, Hashable {
    public enum Role: String, Sendable, Hashable {
        case source
        case `operator`
    }

    public let role: Role
    /// From the keyword (or table name) to the end of the last argument.
    public let span: Span
    /// The text that belongs to the step: from behind the `|` before it to the `|`, bracket or `;` after it.
    public let reach: Span
    /// The columns that its expressions may name; nil for a source.
    public let input: TableShape?
    /// The columns behind it; nil when it has an error or gives a graph.
    public let output: TableShape?
    /// The other side of a `join` or `lookup`: the columns of `$right`, while `input` holds those of `$left`.
    public let right: TableShape?
}

/// A name that the query itself defines.
public struct NameDefinition: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case scalar(KQLType)
        case table(TableShape)
        /// `result` is nil for a function that gives a scalar or has an error.
        case function(parameters: [FunctionParameter], result: TableShape?)
        case graph
        case pattern
        /// Clusters or databases for `macro-expand`, or the one that its body stands for.
        case entityGroup
    }

    public let name: String
    public let kind: Kind
    /// Where the name is written at its definition.
    public let span: Span
    /// Where the name can be used.
    public let visibility: Span
}
