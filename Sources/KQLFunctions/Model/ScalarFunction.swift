public import KQLValues

/// A scalar function or operator of KQL: everything that is known about it, in one place.
///
/// Operators are functions too, named by their sign or word: `+`, `==`, `=~`, `has`, `!in~`, `and`, `between`…
/// The catalogue feeds the binder, the runtime, the pushdown planner, the editor and `docs/kql.md`.
public struct ScalarFunction: Sendable {
    /// The canonical name, lower case as documented.
    public let name: String
    /// Other names that mean the same function.
    public let aliases: [String]
    /// The chapter of the documentation it belongs to.
    public let family: FunctionFamily
    /// One sentence: what it gives.
    public let summary: String
    /// How it may be called; the first signature that accepts the arguments wins.
    public let signatures: [Signature]
    /// When two calls with equal arguments may differ.
    public let determinism: Determinism
    /// The name of a column made of an unnamed call.
    public let naming: ResultNaming
    /// The exact SQL per dialect, for what the store can do with the same meaning.
    public let sql: SQLForms
    /// For the functions that give several columns when they stand alone: which ones. Their value is the array of them.
    public let columns: ResultColumns?
    /// Computes the result for all rows at once. The arguments have been converted to the signature's types.
    public let evaluate: @Sendable (ScalarCall) throws(EvaluationError) -> Column

    public init(
        _ name: String,
        aliases: [String] = [],
        family: FunctionFamily,
        summary: String,
        signatures: [Signature],
        determinism: Determinism = .pure,
        naming: ResultNaming = .anonymous,
        sql: SQLForms = .none,
        columns: ResultColumns? = nil,
        evaluate: @escaping @Sendable (ScalarCall) throws(EvaluationError) -> Column
    ) {
        self.name = name
        self.aliases = aliases
        self.family = family
        self.summary = summary
        self.signatures = signatures
        self.determinism = determinism
        self.naming = naming
        self.sql = sql
        self.columns = columns
        self.evaluate = evaluate
    }
}

/// When two calls of a function with equal arguments may give different results.
public enum Determinism: Sendable {
    /// Never.
    case pure
    /// Between queries, not within one: `now()`, `ago()`.
    case perQuery
    /// From row to row: `rand()`, `new_guid()`.
    case perRow
    /// It depends on the order of rows: `prev()`, `row_number()`. The input must be serialized.
    case rowOrder
}

/// The name that Kusto gives to a column made of an unnamed call.
public enum ResultNaming: Sendable {
    /// `Column1`, `Column2`… (in `print`: `print_0`…).
    case anonymous
    /// The name of the first argument, when that is a column or a path: `tostring(x)` stays `x`.
    case firstArgument
    /// As `firstArgument` when there is one argument only, else `anonymous`.
    case onlyArgument
    /// Always this name.
    case fixed(String)
    /// This prefix, `_` and the name of the first argument: `gettype(x)` is `type_x`.
    case prefixed(String)
}

/// The columns of a function that gives several, such as `series_stats(x)` or `array_sort_asc(a, b)`, when the call stands
/// alone in `print`, `project` or `extend`. The call's value is a dynamic array of their values, in order.
public enum ResultColumns: Sendable {
    /// Columns named `<function>_<argument>_<field>`, each converted from its element to its type.
    case fields([ColumnSchema])
    /// One dynamic column per argument, named `array<n>_sorted`; only when there are two or more arguments.
    case sortedArguments
}

/// The chapter of the reference that a function belongs to.
public enum FunctionFamily: String, Sendable, CaseIterable {
    case arithmetic, comparison, logical, stringOperator, string, conversion, conditional, dateTime, dynamic,
        mathematical
    case ip, regex, hash, encoding, parsing, geo, series, window, binary, metadata, aggregation
}

/// What went wrong while a function ran; ends the query.
public struct EvaluationError: Error, Sendable, CustomStringConvertible {
    /// What happened and what to do about it.
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
