public import Chronology
public import EventStore
internal import Foundation
public import KQL
internal import KQLFunctions
internal import KQLSyntax
public import KQLValues

/// Asks KQL queries over every table (IR-4): one place for the portal, the API, the command line and hunting.
public struct QueryService: Sendable {
    /// The instant that `now()` gives to a query that starts now.
    public let now: @Sendable () -> Instant
    private let store: any EventStore
    private let functions: [String: SavedFunction]
    private let limits: QueryLimits

    /// - Parameter functions: saved functions (parsers and helpers) by name.
    public init(
        store: any EventStore, functions: [String: SavedFunction] = [:], limits: QueryLimits = QueryLimits(),
        now: @escaping @Sendable () -> Instant
    ) {
        self.store = store
        self.functions = functions
        self.limits = limits
        self.now = now
    }

    /// The tables and their columns.
    public func schemas() -> [String: TableSchema] { store.schemas }

    /// What names mean in a query over a range of time.
    public func environment(_ range: QueryTimeRange? = nil) -> QueryEnvironment {
        QueryEnvironment(
            catalogue: .standard, tables: store.layout, functions: functions,
            timeRange: range.map { TimeBounds(lower: $0.start, upper: $0.end) })
    }

    /// Runs a query; what is wrong with it is part of the outcome.
    public func run(_ text: String, in range: QueryTimeRange? = nil) async -> QueryOutcome {
        do {
            let found = try await store.query(query(text, range))
            return .answer(answer(found))
        } catch {
            return .refused(QueryProblem.problems(of: error))
        }
    }

    /// Runs a query whose failure is the caller's.
    ///
    /// - Throws: `InvalidQuery`, `ExecutionError` or `EventStoreError`.
    public func table(_ text: String, in range: QueryTimeRange? = nil) async throws -> Table {
        try await store.query(query(text, range)).result.table
    }

    /// How a query is divided between the store and the runtime, and what each stage took, as text.
    public func explain(_ text: String, in range: QueryTimeRange? = nil) async -> String {
        do {
            return QueryExplanation.text(of: try await store.query(query(text, range)))
        } catch {
            return QueryProblem.problems(of: error).map(\.rendered).joined(separator: "\n")
        }
    }

    /// How many events came in over the last day, by table and by hour.
    public func volume() async -> EventVolume {
        await EventVolume.measure(with: self)
    }

    private func query(_ text: String, _ range: QueryTimeRange?) -> StoreQuery {
        StoreQuery(
            text, environment: environment(range),
            options: CompileOptions(now: now(), seed: UInt64.random(in: .min ... .max)),
            limits: ExecutionLimits(rows: limits.workingRows, bytes: limits.workingBytes, seconds: limits.seconds))
    }

    private func answer(_ found: StoreQueryResult) -> QueryAnswer {
        var partial: String?
        let tables = found.result.parts.map { part in
            guard part.table.rowCount > limits.rows else { return part.table }
            partial =
                "The result has \(part.table.rowCount) rows; only the first \(limits.rows) are given. "
                + "Narrow the query, or add 'summarize' or 'take'."
            return part.table.gather(Array(0..<limits.rows))
        }
        return QueryAnswer(
            tables: tables, visualization: found.result.visualization?.kind,
            renderProperties: found.result.visualization?.properties ?? [:], partialReason: partial,
            warnings: found.result.diagnostics.map { QueryProblem($0, in: found.result.source) },
            duration: .seconds(found.seconds))
    }
}

/// How much a query may use and give.
public struct QueryLimits: Sendable {
    /// Rows of a result; Log Analytics gives as many.
    public var rows = 500_000
    /// Rows that any one operator may make.
    public var workingRows = 20_000_000
    /// Bytes that the results held at once may take.
    public var workingBytes = 2 << 30
    /// Log Analytics' default is three minutes.
    public var seconds = 180.0

    public init() {}
}
