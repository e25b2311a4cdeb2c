internal import Chronology
public import EventStore
public import KQL
internal import KQLSyntax
internal import KQLValues
internal import Logging
internal import Synchronization
internal import Vocabulary

/// Rules' queries over an event store.
public struct StoreRuleQueries: RuleQueries {
    private let store: any EventStore
    private let environment: @Sendable () -> QueryEnvironment
    private let limits: ExecutionLimits
    private let slices: RuleSlices?

    /// - Parameters:
    ///   - environment: Saved functions, watchlists and so on; its tables are replaced by the store's.
    ///   - slices: Where rules whose runs overlap keep what they read; nil: each run reads its whole window.
    public init(
        store: any EventStore, environment: @escaping @Sendable () -> QueryEnvironment,
        limits: ExecutionLimits = ExecutionLimits(rows: 5_000_000, bytes: 1 << 30, seconds: 120),
        slices: RuleSlices? = nil
    ) {
        self.store = store
        self.environment = environment
        self.limits = limits
        self.slices = slices
    }

    public func check(_ query: String) -> QueryCheck {
        var environment = environment()
        environment.tables = store.layout
        return QueryCheck(query, environment: environment)
    }

    public func run(_ query: String, _ run: RuleSchedule.Run) async throws(RuleQueryError) -> RuleQueryResult {
        let catalog = RecordingCatalog(store.layout)
        var environment = environment()
        environment.tables = catalog
        var text = query
        if run.isByIngestionTime {
            text = try restricted(query, environment, catalog, run)
            environment.tables = RecordingCatalog(WithIngestionTime(base: store.layout))
        } else {
            environment.timeRange = run.timeBounds
            if let found = try await incremental(query, environment, run) {
                return RuleQueryResult(rows: found.rows, tables: catalog.names, slices: found.tally)
            }
        }
        do {
            let result = try await store.query(
                StoreQuery(text, environment: environment, options: run.options, limits: limits))
            return RuleQueryResult(rows: result.result.table, tables: catalog.names)
        } catch {
            throw RuleQueryError(error)
        }
    }

    /// The rows of a run that reads only what is new; nil when the run is to be made as a whole.
    private func incremental(
        _ query: String, _ environment: QueryEnvironment, _ run: RuleSchedule.Run
    ) async throws(RuleQueryError) -> (rows: Table, tally: SliceTally)? {
        guard let slices else { return nil }
        let incremental = IncrementalRun(
            store: store, slices: slices, environment: environment, run: run, limits: limits)
        do {
            return try await incremental.result(of: query)
        } catch {
            // What fails so may be possible as a whole, unless the run was stopped.
            let failure = RuleQueryError(error)
            if failure.isInterruption { throw failure }
            slices.logger.warning(
                "a rule could not run incrementally and reads its whole look-back",
                metadata: ["error": "\(failure.message)", "query": "\(query.prefix(80))"])
            return nil
        }
    }

    /// The query with each table that it reads limited to the rows ingested within the window.
    private func restricted(
        _ query: String, _ environment: QueryEnvironment, _ catalog: RecordingCatalog, _ run: RuleSchedule.Run
    ) throws(RuleQueryError) -> String {
        do {
            _ = try KQLEngine.compile(query, environment: environment, options: run.options)
        } catch {
            throw RuleQueryError(error)
        }
        let column = StoredColumn.ingestionTime.name
        let views = catalog.names.map { table in
            "let \(table) = \(table) | where \(column) >= datetime(\(run.window.start)) "
                + "and \(column) < datetime(\(run.window.end)) | project-away \(column);\n"
        }
        return views.joined() + query
    }
}

extension RuleSchedule.Run {
    var options: CompileOptions { CompileOptions(now: nominalTime, isLenient: true) }

    /// The window with both ends included, as the query engine wants it.
    var timeBounds: TimeBounds {
        TimeBounds(lower: window.start, upper: window.end - TimeSpan(ticks: 1))
    }
}

extension RuleQueryError {
    /// Whether the query was stopped: its time was up, or nobody waits for it.
    fileprivate var isInterruption: Bool {
        let codes: [ExecutionError.Code] = [.timeout, .cancelled]
        let storeCodes: [EventStoreError.Code] = [.timeout, .cancelled, .closed]
        return codes.map(\.rawValue).contains(code) || storeCodes.map(\.rawValue).contains(code)
    }

    init(_ error: any Error) {
        switch error {
        case let error as RuleQueryError: self = error
        case let error as InvalidQuery:
            self.init(code: "invalid-query", message: error.description, isPermanent: true)
        case let error as ExecutionError:
            let isTransient = [.timeout, .cancelled, .source].contains(error.code)
            self.init(code: error.code.rawValue, message: error.message, isPermanent: !isTransient)
        case let error as EventStoreError:
            let isPermanent = [.unknownTable, .invalidName].contains(error.code)
            self.init(code: error.code.rawValue, message: error.message, isPermanent: isPermanent)
        default:
            self.init(code: "unknown", message: "\(error)", isPermanent: false)
        }
    }
}

/// Notes which tables a query names.
final class RecordingCatalog: TableCatalog {
    private let base: any TableCatalog
    private let seen = Mutex<Set<String>>([])

    init(_ base: any TableCatalog) {
        self.base = base
    }

    var names: [String] { seen.withLock { $0.sorted() } }
    var tableNames: [String] { base.tableNames }

    func schema(of table: String) -> TableSchema? {
        guard let schema = base.schema(of: table) else { return nil }
        _ = seen.withLock { $0.insert(table) }
        return schema
    }
}

/// Shows the hidden column that says when a row was appended.
private struct WithIngestionTime: TableCatalog {
    let base: StoreLayout

    var tableNames: [String] { base.tableNames }

    func schema(of table: String) -> TableSchema? {
        base.schema(of: table).map {
            TableSchema(
                $0.columns + [ColumnSchema(StoredColumn.ingestionTime.name, StoredColumn.ingestionTime.type)])
        }
    }
}
