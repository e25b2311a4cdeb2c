public import KQL
import KQLFunctions
public import KQLValues

extension EventStore {
    /// Runs a bound plan: the parts that the store can do there, the rest in Tocsin's runtime.
    ///
    /// Throws `ExecutionError` or `EventStoreError`.
    public func run(_ plan: Plan, options: CompileOptions, limits: ExecutionLimits) async throws -> Table {
        try await read(seconds: limits.seconds) { session in
            let isCancelled: @Sendable () -> Bool = { session.isCancelled() || options.isCancelled() }
            let context = EvaluationContext(now: options.now, seed: options.seed, isCancelled: isCancelled)
            let start = ContinuousClock.now
            let executor = Executor(
                source: session.source, context: context, limits: limits,
                clock: { (ContinuousClock.now - start) / .seconds(1) })
            if let dialect {
                let planner = PushdownPlanner(
                    dialect: dialect, layout: session.layout, host: session.host, context: context,
                    rowLimit: limits.rows)
                do {
                    return try executor.run(planner.pushDown(plan).plan).table
                } catch let error as ExecutionError where error.code == .source && !isCancelled() {
                    // What the store cannot do after all, the runtime does below.
                }
            }
            return try executor.run(plan).table
        }
    }
}
