internal import Chronology
internal import KQL
internal import KQLFunctions
internal import KQLValues

/// Runs the parts of queries that look at rows of a block alone, within the limits of a rule.
enum StreamExecution {
    private static let limits = ExecutionLimits(rows: 200_000, bytes: 128 << 20, seconds: 2)

    static func run(_ plan: Plan, at now: Instant) throws(ExecutionError) -> Table {
        let start = ContinuousClock.now
        let executor = Executor(
            source: NoTables(), context: EvaluationContext(now: now, seed: 0), limits: limits,
            clock: { (ContinuousClock.now - start) / .seconds(1) })
        return try executor.run(plan).table
    }
}

/// Streamed queries read no stored tables.
private struct NoTables: TableSource {
    func read(_ request: ScanRequest) -> Table { Table(empty: TableSchema(request.columns)) }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) -> Table { Table(empty: query.schema) }
}
