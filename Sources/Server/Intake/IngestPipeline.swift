internal import API
internal import Chronology
internal import Collection
internal import CoreMetrics
internal import Detection
internal import EventStore
internal import Logging
internal import Records
internal import StateStore

/// The ingestion path: bytes are read and mapped, rows stored durably, then rules matched on the same records.
///
/// Every way in (HTTP, syslog, simulation) goes through `take` or `store`.
final class IngestPipeline: EventIntake {
    let collector: Collector
    let eventStore: any EventStore
    let transformations: TransformationCache
    private let detector: StreamDetector
    private let ledger: SourceLedger
    let time: TimeSource
    private let logger: Logger

    init(
        collector: Collector, eventStore: any EventStore, detector: StreamDetector,
        ledger: SourceLedger, time: TimeSource, logger: Logger
    ) {
        self.collector = collector
        self.eventStore = eventStore
        transformations = TransformationCache(tables: collector.content.tables, store: eventStore)
        self.detector = detector
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
    ///
    /// Rules are matched even when the delivery was stored before, since the process may have ended in between; alerts
    /// found again are known by their identifiers.
    func store(
        _ block: RecordBlock, _ options: CollectionOptions, delivery: DeliveryID? = nil
    ) async throws -> IntakeReceipt {
        let chunk = collector.collect(block, options, now: time.now())
        let start = ContinuousClock.now
        let outcome: AppendOutcome
        do {
            outcome = try await eventStore.append(chunk.batches, delivery: delivery)
        } catch let error where error.code == .unavailable {
            throw IntakeUnavailable(error.message)
        }
        Timer(label: "tocsin_store_commit_seconds").recordSeconds((ContinuousClock.now - start) / .seconds(1))
        let now = time.now()
        ledger.note(SourceObservation.read(chunk, options, outcome: outcome, now: now), at: now)
        try await detector.detect(chunk.records)
        if outcome == .alreadyStored { return IntakeReceipt(repeated: chunk.records.count) }
        var receipt = IntakeReceipt(rejected: chunk.deadLetters.count)
        for batch in chunk.batches where batch.table != "DeadLetter_CL" {
            receipt.tables[batch.table, default: 0] += batch.rowCount
        }
        return receipt
    }
}
