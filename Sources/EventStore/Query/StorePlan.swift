public import KQL
public import KQLFunctions
public import KQLValues

/// Runs bound plans within one read of a store, which shows them all the same state: the parts that the store can do there,
/// the rest in Tocsin's runtime. Called on a thread that may block.
public struct StorePlanRun: Sendable {
    let session: ReadSession
    /// What is pushed down is written in; nil: nothing is.
    let dialect: SQLDialect?
    private let options: CompileOptions
    private let limits: ExecutionLimits
    /// Where `externaldata` reaches to; nil: nowhere.
    private let external: (any ExternalSource)?
    private let start = ContinuousClock.now

    /// - Parameter options: Give the instant of `now()`; the session's end ends a plan too.
    public init(
        in session: ReadSession, dialect: SQLDialect?, options: CompileOptions, limits: ExecutionLimits,
        external: (any ExternalSource)? = nil
    ) {
        self.session = session
        self.dialect = dialect
        self.options = options
        self.limits = limits
        self.external = external
    }

    var isCancelled: @Sendable () -> Bool {
        { [session, options] in session.isCancelled() || options.isCancelled() }
    }

    var context: EvaluationContext {
        EvaluationContext(now: options.now, seed: options.seed, isCancelled: isCancelled)
    }

    /// Seconds since the beginning.
    func seconds() -> Double { (ContinuousClock.now - start) / .seconds(1) }

    private var executor: Executor {
        Executor(source: session.source, external: external, context: context, limits: limits, clock: seconds)
    }

    /// Divides plans, and runs subqueries ahead where that lets the query around them be pushed down.
    func planner(_ dialect: SQLDialect) -> PushdownPlanner {
        PushdownPlanner(
            dialect: dialect, layout: session.layout, host: session.host, context: context, rowLimit: limits.rows
        ) { subquery in
            let pushed = ScalarSubquery(
                id: subquery.id, plan: planner(dialect).pushDown(subquery.plan).plan, form: subquery.form,
                type: subquery.type)
            let row = Plan.values(Table(schema: TableSchema([]), columns: [], rowCount: 1))
            let value = Project(input: row, columns: [NamedExpression("value", .subquery(pushed))])
            // When it fails, the query around it stays in the runtime, which runs it again and reports the failure.
            return (try? executor.run(.project(value)))?.table.columns[0][0]
        }
    }

    /// The rows of a plan. What the store cannot do after all, the runtime does.
    public func run(_ plan: Plan) throws(ExecutionError) -> Table {
        if let dialect {
            do {
                return try executor.run(planner(dialect).pushDown(plan).plan).table
            } catch {
                guard error.code == .source, !isCancelled() else { throw error }
            }
        }
        return try executor.run(plan).table
    }
}

extension EventStore {
    /// Runs a bound plan: the parts that the store can do there, the rest in Tocsin's runtime.
    ///
    /// Throws `ExecutionError` or `EventStoreError`.
    public func run(_ plan: Plan, options: CompileOptions, limits: ExecutionLimits) async throws -> Table {
        try await read(seconds: limits.seconds) { session in
            try StorePlanRun(in: session, dialect: dialect, options: options, limits: limits).run(plan)
        }
    }
}
