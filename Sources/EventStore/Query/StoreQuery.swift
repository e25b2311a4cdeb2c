public import KQL
import KQLFunctions
public import KQLValues
import Synchronization

/// A query in KQL with all that it needs to run in a store.
public struct StoreQuery: Sendable {
    public var text: String
    /// What its names mean; its tables are often those of `EventStore.layout`, which is a `TableCatalog`.
    public var environment: QueryEnvironment
    public var options: CompileOptions
    public var limits: ExecutionLimits
    /// Whether the store may run parts of it; off only to compare.
    public var pushesDown: Bool
    /// Given, when the query starts, what tells how much of the store's running statement is done, from 0 to 100.
    public var onStart: @Sendable (_ percent: @escaping @Sendable () -> Double?) -> Void = { _ in }

    public init(
        _ text: String, environment: QueryEnvironment, options: CompileOptions,
        limits: ExecutionLimits = ExecutionLimits(), pushesDown: Bool = true
    ) {
        self.text = text
        self.environment = environment
        self.options = options
        self.limits = limits
        self.pushesDown = pushesDown
    }
}

/// The rows of a query and how they came about.
public struct StoreQueryResult: Sendable {
    public let result: QueryResult
    /// How the query was divided between the store and Tocsin's runtime.
    public let division: QueryDivision
    /// The store's failure that made the query run again without pushing anything down.
    public let fallback: String?
    /// Seconds from start to end.
    public let seconds: Double
}

/// Which parts of a query the store runs.
public struct QueryDivision: Sendable {
    /// The plans, one per result, with the store's parts as `pushed` leaves.
    public var plans: [Plan] = []
    /// What the store is asked, in the order of the plans.
    public var pushed: [PushedQuery] = []
    /// Why operators over stored tables are left to the runtime.
    public var declines: [Decline] = []

    public init() {}

    mutating func add(_ outcome: PushdownOutcome) {
        plans.append(outcome.plan)
        pushed += outcome.plan.pushedQueries
        declines += outcome.declines.filter { !declines.contains($0) }
    }
}

extension Plan {
    /// The store's parts below.
    fileprivate var pushedQueries: [PushedQuery] {
        if case .pushed(let query) = self { return [query] }
        return inputs.flatMap(\.pushedQueries)
    }
}

extension EventStore {
    /// Compiles and runs a query: the parts that the store can do there, the rest in Tocsin's runtime.
    ///
    /// When the store cannot run its part after all (a sum overflows, text is no JSON where JSON was expected), the whole
    /// query runs again in the runtime, whose answer counts. Throws `InvalidQuery`, `ExecutionError` or `EventStoreError`.
    public func query(_ query: StoreQuery) async throws -> StoreQueryResult {
        try await read(seconds: query.limits.seconds) { session in
            query.onStart(session.percent)
            return try StoreQueryRun(query: query, session: session, dialect: query.pushesDown ? dialect : nil).run()
        }
    }

    /// How `query` would divide a query; nothing is run.
    public func explain(_ query: StoreQuery) async throws -> QueryDivision {
        try await read(seconds: query.limits.seconds) { session in
            let run = StoreQueryRun(query: query, session: session, dialect: dialect)
            let compiled = try KQLEngine.compile(query.text, environment: query.environment, options: run.options)
            var division = QueryDivision()
            for result in compiled.results {
                division.add(run.planner?.pushDown(result.plan) ?? PushdownOutcome(plan: result.plan, declines: []))
            }
            return division
        }
    }
}

/// One run of a query, on a thread that may block.
private struct StoreQueryRun {
    let query: StoreQuery
    let session: ReadSession
    /// What is pushed down is written in; nil: nothing is.
    let dialect: SQLDialect?

    /// The caller's options, except that the session's end ends the query too.
    var options: CompileOptions {
        var options = query.options
        options.isCancelled = { [session, query] in session.isCancelled() || query.options.isCancelled() }
        return options
    }

    private var context: EvaluationContext {
        EvaluationContext(now: query.options.now, seed: query.options.seed, isCancelled: options.isCancelled)
    }

    /// Divides plans; it runs no subqueries ahead.
    var planner: PushdownPlanner? {
        guard let dialect else { return nil }
        return PushdownPlanner(
            dialect: dialect, layout: session.layout, host: session.host, context: context, rowLimit: query.limits.rows)
    }

    func run() throws -> StoreQueryResult {
        let start = ContinuousClock.now
        let clock: @Sendable () -> Double = { (ContinuousClock.now - start) / .seconds(1) }
        let plans = StorePlanRun(
            in: session, dialect: dialect, options: query.options, limits: query.limits,
            external: query.environment.external)
        let division = Mutex(QueryDivision())
        var fallback: String?
        if let dialect {
            do {
                let result = try run(clock) { [planner = plans.planner(dialect)] plan in
                    let outcome = planner.pushDown(plan)
                    division.withLock { $0.add(outcome) }
                    return outcome.plan
                }
                return StoreQueryResult(
                    result: result, division: division.withLock(\.self), fallback: nil, seconds: clock())
            } catch let error as ExecutionError where error.code == .source && !options.isCancelled() {
                fallback = error.message
            }
        }
        let result = try run(clock) { $0 }
        return StoreQueryResult(
            result: result, division: division.withLock(\.self), fallback: fallback, seconds: clock())
    }

    private func run(
        _ clock: @escaping @Sendable () -> Double, _ place: @escaping @Sendable (Plan) -> Plan
    ) throws -> QueryResult {
        try KQLEngine.run(
            query.text, environment: query.environment, options: options, tables: session.source, limits: query.limits,
            clock: clock, place: place)
    }
}

extension StoreLayout: TableCatalog {
    public func schema(of table: String) -> TableSchema? { tables[table]?.schema }

    public var tableNames: [String] { tables.keys.sorted() }
}
