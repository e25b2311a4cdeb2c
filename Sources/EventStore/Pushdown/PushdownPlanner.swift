public import KQL
public import KQLFunctions
import KQLValues

/// Hands the parts of a plan to the store that the store's SQL can do exactly; the rest stays for Tocsin's runtime.
///
/// Each largest subtree with an exact form becomes one `pushed` query. What may differ is only what KQL leaves open: the
/// order of unsorted rows, and which of several equal candidates `take`, `arg_max` and their like choose.
public struct PushdownPlanner: Sendable {
    private let layout: StoreLayout
    private let host: (any ExpressionHosting)?
    private let context: EvaluationContext
    private let rowLimit: Int

    /// - Parameters:
    ///   - host: Evaluates expressions without an exact SQL form inside the store; nil: such parts are not pushed down.
    ///   - context: Gives the instant of `now()`.
    ///   - rowLimit: A pushed query gives at most one row more than this.
    public init(
        layout: StoreLayout, host: (any ExpressionHosting)?, context: EvaluationContext, rowLimit: Int = 20_000_000
    ) {
        self.layout = layout
        self.host = host
        self.context = context
        self.rowLimit = rowLimit
    }

    /// The plan with its pushed parts, and why other parts were left.
    public func pushDown(_ plan: Plan) -> PushdownOutcome {
        let translation = PlanTranslation(layout: layout, host: host, context: context)
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
