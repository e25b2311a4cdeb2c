public import KQL
public import KQLFunctions
public import KQLValues

/// Hands the parts of a plan to the store that the store's SQL can do exactly; the rest stays for Tocsin's runtime.
///
/// Each largest subtree with an exact form becomes one `pushed` query. What may differ is only what KQL leaves open: the
/// order of unsorted rows, and which of several equal candidates `take`, `arg_max` and their like choose.
public struct PushdownPlanner: Sendable {
    private let dialect: SQLDialect
    private let layout: StoreLayout
    private let host: (any ExpressionHosting)?
    private let context: EvaluationContext
    private let rowLimit: Int
    private let subqueryValue: SubqueryValue?

    /// Runs a subquery ahead of the query that uses it; nil when it cannot.
    public typealias SubqueryValue = @Sendable (ScalarSubquery) -> Value?

    /// - Parameters:
    ///   - dialect: The SQL that the store speaks.
    ///   - host: Evaluates expressions without an exact SQL form inside the store; nil: such parts are not pushed down.
    ///   - context: Gives the instant of `now()`.
    ///   - rowLimit: A pushed query gives at most one row more than this.
    ///   - subqueryValue: Makes a constant of a subquery that has no SQL form where it stands; nil: such parts are not
    ///     pushed down.
    public init(
        dialect: SQLDialect, layout: StoreLayout, host: (any ExpressionHosting)?, context: EvaluationContext,
        rowLimit: Int = 20_000_000, subqueryValue: SubqueryValue? = nil
    ) {
        self.dialect = dialect
        self.layout = layout
        self.host = host
        self.context = context
        self.rowLimit = rowLimit
        self.subqueryValue = subqueryValue
    }

    /// The plan with its pushed parts, and why other parts were left.
    public func pushDown(_ plan: Plan) -> PushdownOutcome {
        let translation = PlanTranslation(
            dialect: dialect, layout: layout, host: host, context: context, subqueryValue: subqueryValue)
        let splitter = PlanSplitter(translation: translation, rowLimit: rowLimit)
        let plan = splitter.split(plan)
        return PushdownOutcome(plan: plan, declines: splitter.declines)
    }
}

/// A plan with its pushed parts.
public struct PushdownOutcome: Sendable {
    public let plan: Plan
    /// Why operators that touch stored tables are left to the runtime.
    public let declines: [Decline]
}
