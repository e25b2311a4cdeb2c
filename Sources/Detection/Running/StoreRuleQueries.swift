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
        if run.isByIngestionTime {
            let text = try restricted(query, environment, catalog, run)
            environment.tables = RecordingCatalog(WithIngestionTime(base: store.layout))
            return RuleQueryResult(rows: try await whole(text, environment, run), tables: catalog.names)
        }
        environment.timeRange = run.timeBounds
        if let slices,
            let incremental = IncrementalRun(
                query, run, store: store, slices: slices, environment: environment, limits: limits)
        {
            var result = try await chosen(incremental, slices, query, environment)
            result.tables = catalog.names
            return result
        }
        return RuleQueryResult(rows: try await whole(query, environment, run), tables: catalog.names)
    }

    /// The rows of a run that reads all.
    private func whole(
        _ text: String, _ environment: QueryEnvironment, _ run: RuleSchedule.Run
    ) async throws(RuleQueryError) -> Table {
        do {
            let result = try await store.query(
                StoreQuery(text, environment: environment, options: run.options, limits: limits))
            return result.result.table
        } catch {
            throw RuleQueryError(error)
        }
    }

    /// Makes a run in the way that has cost less so far.
    private func chosen(
        _ incremental: IncrementalRun, _ slices: RuleSlices, _ query: String, _ environment: QueryEnvironment
    ) async throws(RuleQueryError) -> RuleQueryResult {
        let (key, lookBack) = (incremental.key, incremental.run.window.duration)
        let clock = ContinuousClock()
        let began = clock.now
        var reason = LookBackReading.WholeReason.gaveUp
        do {
            switch try await slices.choices.next(key, lookBack: lookBack) {
            case .slices:
                if let found = try await incremental.result() {
                    try await slices.choices.ranSlices(
                        key, lookBack: lookBack, seconds: (clock.now - began) / .seconds(1), found.tally)
                    return RuleQueryResult(rows: found.rows, reading: .slices(found.tally))
                }
                try await slices.choices.gaveUpSlices(key, lookBack: lookBack)
            case .whole(let why): reason = why
            }
        } catch {
            // What fails so may be possible as a whole, unless the run was stopped.
            let failure = RuleQueryError(error)
            if failure.isInterruption { throw failure }
            slices.logger.warning(
                "a rule could not run incrementally and reads its whole look-back",
                metadata: ["error": "\(failure.message)", "query": "\(query.prefix(80))"])
            await note(slices.logger) { try await slices.choices.gaveUpSlices(key, lookBack: lookBack) }
        }
        let beganWhole = clock.now
        let rows = try await whole(query, environment, incremental.run)
        let seconds = (clock.now - beganWhole) / .seconds(1)
        await note(slices.logger) { try await slices.choices.ranWhole(key, lookBack: lookBack, seconds: seconds) }
        return RuleQueryResult(rows: rows, reading: .whole(reason))
    }

    /// Notes what a run cost; a run does not fail for that.
    private func note(_ logger: Logger, _ change: () async throws -> Void) async {
        do {
            try await change()
        } catch {
            logger.warning("what a rule's run took could not be kept", metadata: ["error": "\(error)"])
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
