public import Chronology
internal import CoreMetrics
public import EventStore
public import Foundation
public import KQL
internal import KQLFunctions
internal import KQLSyntax
public import KQLValues

/// Asks KQL queries over every table (IR-4): one place for the portal, the API, the command line and hunting.
public struct QueryService: Sendable {
    /// The instant that `now()` gives to a query that starts now.
    public let now: @Sendable () -> Instant
    public let limits: QueryLimits
    /// What queries may call.
    public let library: FunctionLibrary
    private let store: any EventStore
    private let external: (any ExternalSource)?
    private let watchlists: any WatchlistSource
    private let registry: QueryRegistry

    /// - Parameter library: saved functions (parsers and helpers).
    /// - Parameter external: where `externaldata` and `http_request` reach to; nil: nowhere.
    /// - Parameter watchlists: what `_GetWatchlist` reads.
    public init(
        store: any EventStore, library: FunctionLibrary = FunctionLibrary(), limits: QueryLimits = QueryLimits(),
        external: (any ExternalSource)? = nil, watchlists: any WatchlistSource = FixedWatchlists([:]),
        now: @escaping @Sendable () -> Instant
    ) {
        self.store = store
        self.library = library
        self.limits = limits
        self.external = external
        self.watchlists = watchlists
        self.now = now
        registry = QueryRegistry(limits)
    }

    /// The tables and their columns.
    public func schemas() -> [String: TableSchema] { store.schemas }

    /// The saved functions, in order of name: `parameters` as they are declared, `body` as KQL text.
    public func savedFunctions() -> [(name: String, parameters: String, body: String)] {
        library.functions.values.sorted { $0.name < $1.name }.map { function in
            let parameters = function.parameters.map { parameter in
                "\(parameter.name):\(parameter.type)" + (parameter.defaultValue.map { "=\($0)" } ?? "")
            }
            return (function.name, parameters.joined(separator: ", "), function.body)
        }
    }

    /// What names mean in a query over a range of time.
    public func environment(_ range: QueryTimeRange? = nil) -> QueryEnvironment {
        var environment = QueryEnvironment(
            catalogue: .standard, tables: store.layout, functions: library.functions, watchlists: watchlists,
            timeRange: range.map { TimeBounds(lower: $0.start, upper: $0.end) })
        environment.external = external
        return environment
    }

    /// Runs a query when it is its asker's turn; what is wrong with it is part of the outcome.
    ///
    /// It stops when the calling task is cancelled, or by `cancel`.
    public func run(_ request: QueryRequest) async -> QueryOutcome {
        let start = ContinuousClock.now
        let outcome = await outcome(of: request)
        let word = if case .answer = outcome { "answered" } else { "refused" }
        Timer(label: "tocsin_query_seconds", dimensions: [("outcome", word)])
            .recordSeconds((ContinuousClock.now - start) / .seconds(1))
        return outcome
    }

    private func outcome(of request: QueryRequest) async -> QueryOutcome {
        do {
            let preamble = QueryPreamble(request.text)
            var results = ResultLimits(rows: limits.rows, bytes: limits.bytes)
            var seconds = request.seconds
            preamble.apply(
                to: &results, atMost: ResultLimits(rows: limits.workingRows, bytes: limits.workingBytes),
                seconds: &seconds)
            results.rows = min(results.rows, request.maximumRows ?? .max)
            let parameters = try preamble.values(of: request.parameters)
            let allowed = min(max(0.001, seconds ?? limits.seconds), limits.maximumSeconds)
            return try await registry.run(request, at: now()) { [results] id, waited in
                var query = query(request.text, request.range, seconds: allowed)
                query.environment.parameters = parameters
                query.options.onStage = { [registry] stage in
                    registry.note(id) { progress in
                        progress.stage = stage.name
                        progress.rows = stage.rows
                    }
                }
                query.onStart = { [registry] in registry.noteStart(id, percent: $0) }
                return .answer(answer(try await store.query(query), results, waited))
            }
        } catch {
            return .refused(QueryProblem.problems(of: error))
        }
    }

    /// Runs a query of Tocsin's own.
    public func run(_ text: String, in range: QueryTimeRange? = nil) async -> QueryOutcome {
        await run(QueryRequest(text, range: range, asker: .system))
    }

    /// Runs a query whose failure is the caller's.
    ///
    /// - Throws: `InvalidQuery`, `ExecutionError` or `EventStoreError`.
    public func table(_ text: String, in range: QueryTimeRange? = nil) async throws -> Table {
        try await store.query(query(text, range, seconds: limits.seconds)).result.table
    }

    /// The queries that wait and run; the oldest first.
    public var running: [RunningQuery] { registry.list }

    /// Tells a query to stop; false when none of that id waits or runs.
    public func cancel(_ id: UUID) -> Bool { registry.stop(id) }

    /// How many events came in over the last day, by table and by hour.
    public func volume() async -> EventVolume {
        await EventVolume.measure(with: self)
    }

    private func query(_ text: String, _ range: QueryTimeRange?, seconds: Double) -> StoreQuery {
        StoreQuery(
            text, environment: environment(range),
            options: CompileOptions(now: now(), seed: UInt64.random(in: .min ... .max)),
            limits: ExecutionLimits(rows: limits.workingRows, bytes: limits.workingBytes, seconds: seconds))
    }

    private func answer(_ found: StoreQueryResult, _ limits: ResultLimits, _ queuedSeconds: Double) -> QueryAnswer {
        let parts = found.result.parts.map { limits.cut($0.table) }
        let tables = parts.map(\.table)
        return QueryAnswer(
            tables: tables, visualization: found.result.visualization?.kind,
            renderProperties: found.result.visualization?.properties ?? [:],
            partialReason: parts.compactMap(\.reason).first,
            warnings: found.result.diagnostics.map { QueryProblem($0, in: found.result.source) },
            duration: .seconds(found.seconds),
            statistics: QueryStatistics(found, tables: tables, queuedSeconds: queuedSeconds))
    }
}
