public import KQLSyntax
public import KQLValues

/// A query that is ready to run: one plan per tabular statement (or branch of a `fork`).
public struct CompiledQuery: Sendable {
    public let results: [CompiledResult]
    /// Warnings; a compiled query has no errors.
    public let diagnostics: [Diagnostic]
    public let source: Source

    /// The result that is shown when only one can be: the first one.
    public var primary: CompiledResult { results[0] }
    /// The columns of the primary result.
    public var schema: TableSchema { primary.plan.schema }

    init(results: [CompiledResult], diagnostics: [Diagnostic], source: Source) {
        precondition(!results.isEmpty, "a compiled query has a result")
        self.results = results
        self.diagnostics = diagnostics
        self.source = source
    }
}

/// One table that a query gives.
public struct CompiledResult: Sendable {
    public let name: String?
    public var plan: Plan
    /// What `render` asks for.
    public let visualization: Visualization?
    /// Whether data decides on further columns, so that the schema is not complete.
    public let isOpen: Bool

    public init(name: String?, plan: Plan, visualization: Visualization?, isOpen: Bool = false) {
        self.name = name
        self.plan = plan
        self.visualization = visualization
        self.isOpen = isOpen
    }
}

/// What a `render` asks for; it changes no data.
public struct Visualization: Sendable, Hashable {
    /// `timechart`, `piechart`…
    public let kind: String
    /// `title`, `xcolumn`, `ycolumns`…
    public let properties: [String: String]

    public init(kind: String, properties: [String: String]) {
        self.kind = kind
        self.properties = properties
    }
}

/// Why a query cannot be compiled.
public struct InvalidQuery: Error, Sendable, CustomStringConvertible {
    /// At least one is an error; in order of place.
    public let diagnostics: [Diagnostic]
    public let source: Source

    public init(diagnostics: [Diagnostic], source: Source) {
        self.diagnostics = diagnostics
        self.source = source
    }

    /// One line per diagnostic, with line and column.
    public var description: String {
        diagnostics.map { $0.rendered(in: source) }.joined(separator: "\n")
    }
}
