import JSON
public import KQLFunctions
public import KQLValues

/// Runs bound plans over a source of tables. It is the reference for the meaning of every operator.
///
/// Each operator takes whole tables, column by column. Runs on the calling thread and may block there.
public struct Executor: Sendable {
    let source: any TableSource
    /// Where `externaldata` and `http_request` reach to; nil: nowhere.
    let external: (any ExternalSource)?
    let context: EvaluationContext
    let limits: ExecutionLimits
    /// Seconds since any fixed moment.
    let clock: @Sendable () -> Double
    /// Told of each operator when it finishes.
    let onStage: @Sendable (StageStatistics) -> Void

    public init(
        source: any TableSource, external: (any ExternalSource)? = nil, context: EvaluationContext,
        limits: ExecutionLimits = ExecutionLimits(), clock: @escaping @Sendable () -> Double,
        onStage: @escaping @Sendable (StageStatistics) -> Void = { _ in }
    ) {
        self.source = source
        self.external = external
        self.context = context
        self.limits = limits
        self.clock = clock
        self.onStage = onStage
    }

    /// Runs a plan to its end.
    public func run(_ plan: Plan) throws(ExecutionError) -> ExecutionResult {
        let execution = Execution(self)
        let table = try execution.table(plan)
        return ExecutionResult(table: table, stages: execution.stages)
    }
}

/// The rows of a finished query and what its operators did.
public struct ExecutionResult: Sendable {
    public let table: Table
    /// In the order in which the operators finished.
    public let stages: [StageStatistics]

    public init(table: Table, stages: [StageStatistics]) {
        self.table = table
        self.stages = stages
    }
}

/// One run: what it has cached and counted so far.
final class Execution {
    let executor: Executor
    let context: EvaluationContext
    let deadline: Double
    private var materialized: [Int: Table] = [:]
    private var scalars: [Int: Value] = [:]
    private var placeholders: [Int: Table] = [:]
    private var depth = 0
    private var steps = 0
    /// Above zero inside subqueries that run once per row or key, which are not reported one by one.
    private var quietness = 0
    private(set) var stages: [StageStatistics] = []

    init(_ executor: Executor) {
        self.executor = executor
        context = executor.context
        deadline = executor.clock() + executor.limits.seconds
    }

    /// The result of a plan.
    func table(_ plan: Plan) throws(ExecutionError) -> Table {
        try check()
        let start = executor.clock()
        depth += 1
        defer { depth -= 1 }
        let table = try evaluate(plan)
        try checkSize(of: table, from: plan)
        if quietness == 0 {
            let stage = StageStatistics(
                name: plan.name, depth: depth - 1, rows: table.rowCount, seconds: executor.clock() - start)
            stages.append(stage)
            executor.onStage(stage)
        }
        return table
    }

    /// Runs a subquery whose placeholder stands for `input`.
    func table(_ body: Plan, placeholder: Int, input: Table) throws(ExecutionError) -> Table {
        let outer = placeholders[placeholder]
        placeholders[placeholder] = input
        quietness += 1
        defer {
            placeholders[placeholder] = outer
            quietness -= 1
        }
        return try table(body)
    }

    /// Fails when the query was cancelled or took too long.
    func check() throws(ExecutionError) {
        if context.isCancelled() { throw ExecutionError(.cancelled, "the query was cancelled") }
        if executor.clock() > deadline {
            throw ExecutionError(
                .timeout,
                "the query ran longer than \(executor.limits.seconds) s; narrow its time range or filter earlier")
        }
    }

    /// `check`; tells the time in seconds.
    func pace() throws(ExecutionError) -> Double {
        try check()
        return executor.clock()
    }

    /// `check`, at every 64th call, for work in small steps.
    func checkNowAndThen() throws(ExecutionError) {
        steps &+= 1
        if steps & 63 == 0 { try check() }
    }

    private func checkSize(of table: Table, from plan: Plan) throws(ExecutionError) {
        let limits = executor.limits
        if table.rowCount > limits.rows { throw tooManyRows(plan.name) }
        try checkBytes(table.byteEstimate, of: plan.name)
    }

    /// Fails when an operator makes, or is about to make, too much.
    func checkBytes(_ bytes: Int, of name: String) throws(ExecutionError) {
        guard bytes > executor.limits.bytes else { return }
        throw ExecutionError(
            .byteLimit,
            "'\(name)' made more than \(executor.limits.bytes) bytes; keep fewer rows or columns before it")
    }

    /// The error for an operator that makes too many rows.
    func tooManyRows(_ name: String) -> ExecutionError {
        ExecutionError(
            .rowLimit,
            "'\(name)' made more than \(executor.limits.rows) rows; filter or summarize before it")
    }

    private func evaluate(_ plan: Plan) throws(ExecutionError) -> Table {
        switch plan {
        case .scan(let node): try read(node)
        case .values(let table): table
        case .range(let node): try range(node)
        case .placeholder(let node): placeholders[node.id] ?? Table(empty: node.schema)
        case .external(let node): try fetch(node)
        case .pushed(let query): try run(query)
        case .filter(let node): try filter(node)
        case .project(let node): try project(node)
        case .aggregate(let node): try aggregate(node)
        case .sort(let node): try sort(node)
        case .top(let node): try top(node)
        case .take(let node): try take(node)
        case .distinct(let node): try distinct(node)
        case .sample(let node): try sample(node)
        case .serialize(let node): try table(node.input)
        case .mvExpand(let node): try mvExpand(node)
        case .mvApply(let node): try mvApply(node)
        case .partition(let node): try partition(node)
        case .parse(let node): try parse(node)
        case .parseKeyValue(let node): try parseKeyValue(node)
        case .makeSeries(let node): try makeSeries(node)
        case .topNested(let node): try topNested(node)
        case .scanSteps(let node): try scanSteps(node)
        case .reduce(let node): try reduce(node)
        case .plugin(let node): try plugin(node)
        case .checked(let node): try checked(node)
        case .materialized(let node): try materialize(node)
        case .join(let node): try join(node)
        case .union(let node): try union(node)
        case .graph(let node): try graph(node)
        }
    }

    private func materialize(_ node: Materialized) throws(ExecutionError) -> Table {
        if let table = materialized[node.id] { return table }
        let table = try table(node.input)
        materialized[node.id] = table
        return table
    }

    /// The value of a scalar subquery; it runs once.
    func value(of query: ScalarSubquery) throws(ExecutionError) -> Value {
        if let value = scalars[query.id] { return value }
        let result = try table(query.plan)
        let value: Value =
            switch query.form {
            case .firstValue:
                if result.rowCount > 0, let column = result.columns.first { column[0] } else { .missing(query.type) }
            case .firstColumn: .dynamic(.array(result.columns.first.map(packed) ?? []))
            }
        scalars[query.id] = value
        return value
    }

    private func checked(_ node: Checked) throws(ExecutionError) -> Table {
        guard case .bool(true) = try constant(node.condition) else {
            throw ExecutionError(.assertion, node.message)
        }
        return try table(node.input)
    }
}

extension Table {
    /// A rough size in memory.
    var byteEstimate: Int {
        columns.reduce(0) { sum, column in
            switch column {
            case .string(let strings): sum + strings.bytes.count + strings.offsets.count * 8
            case .dynamic(let values): sum + values.count * 64
            case .decimal(let vector): sum + vector.count * 20
            case .guid(let vector): sum + vector.count * 16
            case .bool(let vector): sum + vector.count
            default: sum + column.count * 8
            }
        }
    }
}
