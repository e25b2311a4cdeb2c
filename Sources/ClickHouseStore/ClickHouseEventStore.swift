public import Chronology
public import EventStore
import Foundation
public import KQLFunctions
public import KQLValues
import Synchronization

/// The event store in a ClickHouse server or cluster, over its HTTP interface.
///
/// What differs from a store that is embedded, because ClickHouse has no transactions over several inserts: an append over
/// several tables, or of more than 200,000 rows, becomes visible block by block, and one that fails midway leaves the
/// blocks before. A delivery that is sent again is then completed, and none of its rows is stored twice.
public final class ClickHouseEventStore: EventStore {
    private let server: Server
    private let catalogue: Catalogue
    private let definition: TableDefinition
    private let appender: Appender
    private let retention: Retention
    private let gate: WriteGate
    private let stamps: Stamps
    private let threads: OperationQueue
    private let isClosed = Atomic(false)
    private let refreshing: Task<Void, Never>

    /// Connects, makes the database when it is not there, and reads its tables; tries for `options.retrySeconds`.
    ///
    /// - Parameter now: The clock for `_IngestionTime`; the clocks of all nodes that write to a cluster should agree.
    /// - Throws: `unavailable` when the server does not answer, `cannotOpen` when the options cannot be used.
    public static func open(
        _ options: ClickHouseOptions, now: @escaping @Sendable () -> Instant
    ) async throws(EventStoreError) -> ClickHouseEventStore {
        let server = try Server(options)
        let connection = Connection(server: server, retrySeconds: options.retrySeconds)
        let definition = TableDefinition(database: options.database, cluster: options.cluster)
        let catalogue = Catalogue(connection, definition)
        try await catalogue.prepare()
        let shards = try await shardCount(connection, options.cluster)
        return ClickHouseEventStore(
            server, options, catalogue, definition, connection, Stamps(now: now), shards: shards)
    }

    private init(
        _ server: Server, _ options: ClickHouseOptions, _ catalogue: Catalogue, _ definition: TableDefinition,
        _ connection: Connection, _ stamps: Stamps, shards: Int
    ) {
        self.server = server
        self.catalogue = catalogue
        self.definition = definition
        self.stamps = stamps
        appender = Appender(
            connection: connection, definition: definition, catalogue: catalogue,
            deliveries: Deliveries(connection: connection, definition: definition), stamps: stamps, shards: shards)
        retention = Retention(connection: connection, definition: definition)
        gate = WriteGate(count: options.writers)
        threads = OperationQueue()
        threads.maxConcurrentOperationCount = max(1, options.readers)
        threads.qualityOfService = .userInitiated
        refreshing = Task { [catalogue] in
            // What other nodes add is known here soon, also while nobody asks; a failed refresh is made up by the next.
            while (try? await Task.sleep(for: Self.refreshInterval)) != nil { try? await catalogue.refresh() }
        }
    }

    deinit {
        refreshing.cancel()
    }

    private static let refreshInterval = Duration.seconds(15)

    private static func shardCount(
        _ connection: Connection, _ cluster: String?
    ) async throws(EventStoreError) -> Int {
        guard let cluster else { return 1 }
        let rows = try await connection.table(
            Statement(
                "SELECT toInt64(count(DISTINCT shard_num)) AS c0 FROM system.clusters WHERE cluster = "
                    + ClickHouseForms.literal(cluster)),
            TableSchema([ColumnSchema("c0", .long)]))
        guard rows.rowCount == 1, case .long(let count) = rows.row(0)[0], count > 0 else {
            throw EventStoreError(
                .cannotOpen,
                "ClickHouse knows no cluster '\(cluster)': events.clickhouse.cluster must be one of "
                    + "those in its remote_servers (SELECT cluster FROM system.clusters).")
        }
        return Int(count)
    }

    public var dialect: SQLDialect? { .clickHouse }

    public var layout: StoreLayout { catalogue.layout }

    @discardableResult
    public func ensure(_ table: String, _ schema: TableSchema) async throws(EventStoreError) -> TableSchema {
        try checkOpen()
        return try await catalogue.evolve(table, schema).schema
    }

    @discardableResult
    public func append(
        _ batches: [EventBatch], delivery: DeliveryID?
    ) async throws(EventStoreError) -> AppendOutcome {
        let appender = appender
        return try await gate.pass(delivery) { () async throws(EventStoreError) in
            try await appender.append(batches, delivery)
        }
    }

    @discardableResult
    public func deleteRows(of table: String, olderThan instant: Instant) async throws(EventStoreError) -> Int {
        try checkOpen()
        guard let stored = catalogue.layout.tables[table] else {
            throw EventStoreError(.unknownTable, "There is no table '\(table)' to delete rows of.")
        }
        return try await retention.deleteRows(of: stored, olderThan: instant)
    }

    public func read<Result: Sendable>(
        seconds: Double, _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try checkOpen()
        let stop = StopSignal(seconds: seconds)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { done in
                threads.addOperation { [self] in
                    done.resume(with: Swift.Result { try session(seconds, stop, body) })
                }
            }
        } onCancel: {
            stop.cancel()
        }
    }

    /// Waits for what is under way. Queries that run end when they are done.
    public func close() async {
        isClosed.store(true, ordering: .relaxed)
        refreshing.cancel()
        await gate.close()
    }

    private func checkOpen() throws(EventStoreError) {
        if isClosed.load(ordering: .relaxed) { throw ServerFailure.closed.error }
    }

    /// One call of `read`, on a thread that may block.
    private func session<Result>(
        _ seconds: Double, _ stop: StopSignal, _ body: (ReadSession) throws -> Result
    ) throws -> Result {
        var layout = catalogue.layout
        layout.horizon = stamps.horizon(seconds: seconds)
        let source = ClickHouseTableSource(server: server, definition: definition, layout: layout, stop: stop)
        do {
            if let error = stop.error { throw error }
            return try body(
                ReadSession(source: source, layout: layout, host: nil, isCancelled: { stop.error != nil }))
        } catch {
            throw stop.error ?? error
        }
    }
}
