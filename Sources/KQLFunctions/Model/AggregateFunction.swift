public import KQLValues

/// An aggregation function: `count`, `dcount`, `make_set`, `arg_max`…
public struct AggregateFunction: Sendable {
    public let name: String
    public let aliases: [String]
    /// One sentence: what it gives.
    public let summary: String
    public let signatures: [Signature]
    /// The prefix of an unnamed result: `dcount(x)` is `dcount_x`, `count()` is `count_`; empty: the name is
    /// that of the first argument, `take_anyif(x, p)` is `x`.
    public let namePrefix: String
    /// The exact SQL per dialect; `$1`… are the arguments.
    public let sql: SQLForms
    /// What it computes.
    public let form: Form

    public enum Form: Sendable {
        /// One value per group.
        case value(@Sendable (AggregateCall) throws(EvaluationError) -> Column)
        /// One row per group (-1: none), from which the binder takes columns: `arg_max`, `arg_min`, `take_any`.
        case row(@Sendable (AggregateCall) throws(EvaluationError) -> [Int])
    }

    public init(
        _ name: String,
        aliases: [String] = [],
        summary: String,
        signatures: [Signature],
        namePrefix: String? = nil,
        sql: SQLForms = .none,
        form: Form
    ) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.signatures = signatures
        self.namePrefix = namePrefix ?? name
        self.sql = sql
        self.form = form
    }
}

/// The arguments of an aggregation over all groups at once.
public struct AggregateCall: Sendable {
    /// One column per argument, each of one row per input row (constants are spread out), already converted.
    public let arguments: [Column]
    /// The group of each input row, 0 to `groupCount - 1`.
    public let groups: [Int]
    /// Number of groups; a group may be empty only in a `summarize` without `by`.
    public let groupCount: Int
    /// The result type that the signature gave.
    public let resultType: KQLType
    public let context: EvaluationContext

    public init(
        arguments: [Column], groups: [Int], groupCount: Int, resultType: KQLType, context: EvaluationContext
    ) {
        self.arguments = arguments
        self.groups = groups
        self.groupCount = groupCount
        self.resultType = resultType
        self.context = context
    }
}
