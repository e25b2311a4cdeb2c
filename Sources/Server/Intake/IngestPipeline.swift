internal import API
internal import Chronology
internal import Collection
internal import EventStore
internal import KQLValues
internal import Logging
internal import Records
internal import StateStore

/// The ingestion path: bytes are read and mapped, rows stored durably, then rules matched on the same records.
///
/// Every way in (HTTP, syslog, simulation) goes through `take` or `store`.
final class IngestPipeline: EventIntake {
    let collector: Collector
    let transformations: TransformationCache
    /// The tables of the store, besides those that content describes.
    let schemas: @Sendable () -> [String: TableSchema]
    private let sink: any EventSink
    private let ledger: SourceLedger
    let time: TimeSource
    private let logger: Logger

    init(
        collector: Collector, sink: any EventSink, schemas: @escaping @Sendable () -> [String: TableSchema],
        ledger: SourceLedger, time: TimeSource, logger: Logger
    ) {
        self.collector = collector
        self.sink = sink
        self.schemas = schemas
        transformations = TransformationCache(tables: collector.content.tables, schemas: schemas)
        self.ledger = ledger
        self.time = time
        self.logger = logger
    }

    func take(
        _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable, as description: IntakeDescription
    ) async throws -> IntakeReceipt {
        let options = try options(description)
        var reader = collector.reader(options, now: time.now())
        var receipt = IntakeReceipt()
        var blocks = 0
        func take(_ block: RecordBlock) async throws {
            let delivery = description.delivery.map { DeliveryID($0).block(blocks) }
            blocks += 1
            receipt += try await store(block, options, delivery: delivery)
        }
        for try await chunk in chunks {
            reader.feed(chunk)
            while let block = reader.next() { try await take(block) }
        }
        reader.finish()
        while let block = reader.next() { try await take(block) }
        if let block = reader.flush() { try await take(block) }
        return receipt
    }

    /// Takes in text that is there as a whole.
    func take(text: String, origin: String) async throws {
        let (chunks, input) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        input.yield(Array(text.utf8))
        input.finish()
        _ = try await take(chunks, as: IntakeDescription(source: origin))
    }

    /// Stores a block of records and matches rules on it; when it returns, its rows are durable and its alerts recorded.
    func store(
        _ block: RecordBlock, _ options: CollectionOptions, delivery: DeliveryID? = nil
    ) async throws -> IntakeReceipt {
        let chunk = collector.collect(block, options, now: time.now())
        let outcome = try await sink.take(chunk, delivery: delivery)
        let now = time.now()
        ledger.note(SourceObservation.read(chunk, options, outcome: outcome, now: now), at: now)
        if outcome == .alreadyStored { return IntakeReceipt(repeated: chunk.records.count) }
        var receipt = IntakeReceipt(rejected: chunk.deadLetters.count)
        for batch in chunk.batches where batch.table != "DeadLetter_CL" {
            receipt.tables[batch.table, default: 0] += batch.rowCount
        }
        return receipt
    }
}
