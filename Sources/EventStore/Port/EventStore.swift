public import Chronology
public import KQL
public import KQLFunctions
public import KQLValues

/// Where events are kept: one table per KQL table, typed columns, appended in batches, dropped by time.
///
/// All methods may be called from any number of tasks at once.
public protocol EventStore: Sendable {
    /// Creates a table, or adds the columns it lacks, and gives the table's schema as it then is.
    ///
    /// A column that exists with another type stays as it is, and a column named after the new type is added instead, by
    /// the suffix rule of Log Analytics: `Name_s` (string), `_d` (number), `_b` (bool), `_t` (datetime), `_g` (guid).
    @discardableResult
    func ensure(_ table: String, _ schema: TableSchema) async throws(EventStoreError) -> TableSchema

    /// Appends rows, all of them or none. When it returns they are durable and queries see them.
    ///
    /// Tables and columns that do not exist are made as by `ensure`. Concurrent calls share one transaction. A delivery
    /// that was stored before is not stored again: its identifier is kept in the same transaction as its rows.
    @discardableResult
    func append(_ batches: [EventBatch], delivery: DeliveryID?) async throws(EventStoreError) -> AppendOutcome

    /// Appends several lots in their order, in as few transactions as the store can; gives the outcome of each.
    ///
    /// When it throws, some of the first may be stored, each wholly or not at all.
    func append(_ lots: [EventLot]) async throws(EventStoreError) -> [AppendOutcome]

    /// The tables as they are stored, by their KQL names. What is in the layout never changes its name or type.
    var layout: StoreLayout { get }

    /// The SQL that the store speaks, nil when it speaks none.
    var dialect: SQLDialect? { get }

    /// Runs `body` on a thread that may block, with a source that reads one state of all tables.
    ///
    /// When the calling task is cancelled, or `seconds` are over, a running read is interrupted and throws; `body` should
    /// ask the session's `isCancelled` between reads. Gives what `body` gives or throws what it throws, except that an
    /// error after an interruption becomes `cancelled` or `timeout`.
    func read<Result: Sendable>(
        seconds: Double, _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result

    /// Deletes the rows of a table whose `TimeGenerated` is before `instant`; gives their number.
    @discardableResult
    func deleteRows(of table: String, olderThan instant: Instant) async throws(EventStoreError) -> Int

    /// Writes what is pending and releases the files. Later calls throw `closed`.
    func close() async
}

extension EventStore {
    /// All tables with their columns, by name.
    public var schemas: [String: TableSchema] { layout.schemas }

    /// Appends rows that come of no delivery which could be sent again.
    public func append(_ batches: [EventBatch]) async throws(EventStoreError) {
        try await append(batches, delivery: nil)
    }

    public func append(_ lots: [EventLot]) async throws(EventStoreError) -> [AppendOutcome] {
        var outcomes: [AppendOutcome] = []
        for lot in lots { outcomes.append(try await append(lot.batches, delivery: lot.delivery)) }
        return outcomes
    }
}

/// What the body of `EventStore.read` works with.
public struct ReadSession: Sendable {
    public let source: any TableSource
    /// The tables that the source can read.
    public let layout: StoreLayout
    /// Evaluates KQL inside the store's queries; nil when it cannot.
    public let host: (any ExpressionHosting)?
    /// Whether the query should stop: its task was cancelled or its time is up.
    public let isCancelled: @Sendable () -> Bool
    /// How much of the statement that runs now is done, from 0 to 100, where the store can say; from any thread.
    public let percent: @Sendable () -> Double?

    public init(
        source: any TableSource, layout: StoreLayout, host: (any ExpressionHosting)?,
        isCancelled: @escaping @Sendable () -> Bool, percent: @escaping @Sendable () -> Double? = { nil }
    ) {
        self.source = source
        self.layout = layout
        self.host = host
        self.isCancelled = isCancelled
        self.percent = percent
    }
}
