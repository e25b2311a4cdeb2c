import KQLFunctions
public import KQLSyntax
public import KQLValues

/// Compiles and runs queries. Holds nothing; all functions may be called from any thread, and may block it.
public enum KQLEngine {
    /// Parses and binds a query and rewrites its plans.
    ///
    /// Operators whose columns depend on data (`evaluate bag_unpack`, `pivot`) need `probe` to run what is before
    /// them; without it their columns are unknown and names after them are not checked.
    public static func compile(
        _ text: String, environment: QueryEnvironment, options: CompileOptions,
        probe: PlanProbe? = nil
    ) throws(InvalidQuery) -> CompiledQuery {
        let source = Source(text)
        let parsed = Parser.parse(text)
        if parsed.diagnostics.contains(where: { $0.severity == .error }) {
            throw InvalidQuery(diagnostics: parsed.diagnostics, source: source)
        }
        let rewriter = Rewriter(rules: options.rules)
        let binder = Binder(environment: environment, options: options, probe: probe)
        let results = binder.bindQuery(parsed.query)
        let diagnostics = (parsed.diagnostics + binder.diagnostics).sorted { $0.span.lower < $1.span.lower }
        if results.isEmpty || diagnostics.contains(where: { $0.severity == .error }) {
            throw InvalidQuery(diagnostics: diagnostics, source: source)
        }
        let rewritten = results.map { result in
            CompiledResult(
                name: result.name, plan: rewriter.rewrite(result.plan), visualization: result.visualization,
                isOpen: result.isOpen)
        }
        return CompiledQuery(results: rewritten, diagnostics: diagnostics, source: source)
    }

    /// Compiles a query and runs all its results.
    ///
    /// `place` may replace parts of a plan by `pushed` leaves that `tables` understands.
    public static func run(
        _ text: String, environment: QueryEnvironment, options: CompileOptions, tables: any TableSource,
        limits: ExecutionLimits = ExecutionLimits(), clock: @escaping @Sendable () -> Double,
        place: @escaping @Sendable (Plan) -> Plan = { $0 }
    ) throws -> QueryResult {
        let context = EvaluationContext(now: options.now, seed: options.seed, isCancelled: options.isCancelled)
        let executor = Executor(
            source: tables, external: environment.external, context: context, limits: limits, clock: clock,
            onStage: options.onStage)
        let rewriter = Rewriter(rules: options.rules)
        let probe = PlanProbe { plan throws(ExecutionError) in
            try executor.run(place(rewriter.rewrite(plan))).table
        }
        let compiled = try compile(text, environment: environment, options: options, probe: probe)
        var results: [QueryResult.Part] = []
        for result in compiled.results {
            let executed = try executor.run(place(result.plan))
            results.append(
                QueryResult.Part(
                    name: result.name, table: executed.table, visualization: result.visualization,
                    stages: executed.stages))
        }
        return QueryResult(parts: results, diagnostics: compiled.diagnostics, source: compiled.source)
    }
}

/// Runs a plan while a query is being bound.
public struct PlanProbe: Sendable {
    let run: @Sendable (Plan) throws(ExecutionError) -> Table

    public init(_ run: @escaping @Sendable (Plan) throws(ExecutionError) -> Table) {
        self.run = run
    }
}

/// What a finished query gives.
public struct QueryResult: Sendable {
    /// One per tabular statement; at least one.
    public let parts: [Part]
    public let diagnostics: [Diagnostic]
    public let source: Source

    /// The rows of the first result.
    public var table: Table { parts[0].table }
    public var visualization: Visualization? { parts[0].visualization }

    public init(parts: [Part], diagnostics: [Diagnostic], source: Source) {
        precondition(!parts.isEmpty, "a query has a result")
        self.parts = parts
        self.diagnostics = diagnostics
        self.source = source
    }

    /// One table of the result.
    public struct Part: Sendable {
        public let name: String?
        public let table: Table
        public let visualization: Visualization?
        public let stages: [StageStatistics]

        public init(name: String?, table: Table, visualization: Visualization?, stages: [StageStatistics]) {
            self.name = name
            self.table = table
            self.visualization = visualization
            self.stages = stages
        }
    }
}
