public import Chronology
public import EventStore
import Foundation
public import KQLFunctions
public import KQLValues
import Synchronization

/// The event store embedded in this process: one DuckDB database file.
public final class DuckDBEventStore: EventStore {
    let writes: WriteQueue
    let upkeep: UpkeepQueue
    private let readers: ReaderPool
    private let expressions: ExpressionRegistry

    /// Opens the database, which is made when there is none. A file can be open in one process only.
    ///
    /// - Parameter now: The clock for `_IngestionTime`.
    public init(
        library: DuckDBLibrary, options: DuckDBOptions, now: @escaping @Sendable () -> Instant
    ) throws(EventStoreError) {
        let database = try DuckDBDatabase(library: library, options: options)
        expressions = ExpressionRegistry()
        let connection = try DuckDBConnection(database)
        try connection.makeHostedFunctions(expressions)
        try connection.makeElementFunctions()
        try connection.makeDistinctCount()
        let archive = options.archiveFolder
        let room = options.path.map { DiskRoom(path: $0, reserve: options.reserve) }
        let writer = try Writer(database, archive: archive, room: room, now: now)
        for file in try writer.change({ catalogue, connection throws(EventStoreError) in
            try catalogue.dropRetired(before: Instant.max, connection)
        }) { ArchiveFolder.remove(file) }
        if let archive { ArchiveFolder.removeLeftovers(in: archive, keeping: writer.catalogue.segments.fileNames) }
        writes = WriteQueue(writer)
        upkeep = UpkeepQueue(database: database, writes: writes, options: options)
        readers = try ReaderPool(database, count: options.readers)
    }

    public var dialect: SQLDialect? { .duckDB }

    public var layout: StoreLayout { writes.layout }

    public func ensure(_ table: String, _ schema: TableSchema) async throws(EventStoreError) -> TableSchema {
        try await writes.run { writer throws(EventStoreError) in try writer.ensure(table, schema) }
    }

    public func append(
        _ batches: [EventBatch], delivery: DeliveryID?
    ) async throws(EventStoreError) -> AppendOutcome {
        try await writes.append([EventLot(batches, delivery: delivery)])[0]
    }

    public func append(_ lots: [EventLot]) async throws(EventStoreError) -> [AppendOutcome] {
        lots.isEmpty ? [] : try await writes.append(lots)
    }

    public func deleteRows(of table: String, olderThan instant: Instant) async throws(EventStoreError) -> Int {
        try await writes.run { writer throws(EventStoreError) in try writer.deleteRows(of: table, olderThan: instant) }
    }

    public func read<Result: Sendable>(
        seconds: Double, _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + .seconds(seconds)
        guard let reader = await readers.acquire() else {
            throw Task.isCancelled ? EventStoreError(.cancelled, "The query was cancelled.") : .closed
        }
        defer { readers.release(reader) }
        let stop = StopSignal(deadline: deadline)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { done in
                reader.queue.async { [writes, expressions] in
                    done.resume(
                        with: Swift.Result {
                            let layout = try writes.layout(pinnedBy: { () throws(EventStoreError) in
                                try reader.beginSnapshot()
                            })
                            let session = DuckDBSession(
                                reader: reader, layout: layout, host: SessionExpressions(expressions), stop: stop)
                            return try session.run(body)
                        })
                }
            }
        } onCancel: {
            stop.cancel()
        }
    }

    public func close() async {
        readers.close()
        await writes.close()
    }
}

/// Whether a query should stop, and why.
final class StopSignal: Sendable {
    private let isCancelled = Atomic(false)
    private let deadline: ContinuousClock.Instant

    init(deadline: ContinuousClock.Instant) {
        self.deadline = deadline
    }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Nil while the query may go on.
    var error: EventStoreError? {
        if isCancelled.load(ordering: .relaxed) { return EventStoreError(.cancelled, "The query was cancelled.") }
        if ContinuousClock.now > deadline {
            return EventStoreError(
                .timeout, "The query took too long and was stopped: narrow its time range or filter earlier.")
        }
        return nil
    }
}

/// One call of `read`, on the reader's thread.
struct DuckDBSession {
    let reader: Reader
    let layout: StoreLayout
    let host: SessionExpressions
    let stop: StopSignal

    func run<Result>(_ body: (ReadSession) throws -> Result) throws -> Result {
        let shouldStop: @Sendable () -> Bool = { [stop] in stop.error != nil }
        let source = DuckDBTableSource(reader: reader, layout: layout, shouldStop: shouldStop)
        do {
            defer { reader.endSnapshot() }
            if let error = stop.error { throw error }
            return try body(
                ReadSession(
                    source: source, layout: layout, host: host, isCancelled: shouldStop,
                    percent: { [reader] in reader.percent }))
        } catch {
            throw stop.error ?? error
        }
    }
}
