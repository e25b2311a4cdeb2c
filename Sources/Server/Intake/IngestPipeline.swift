internal import API
internal import Chronology
internal import Collection
internal import Detection
internal import EventStore
internal import Logging
internal import Records
internal import StateStore
internal import Synchronization

/// The ingestion path: bytes are read, records mapped and rules matched on them, rows stored durably, then alerts recorded.
///
/// While one commit is stored, the next blocks are read and mapped on other cores; see `OrderedCommits` for the order and
/// the bounds.
///
/// Every way in (HTTP, syslog, files, Kafka, simulation) goes through `take`, `store` or a lane.
final class IngestPipeline: EventIntake {
    let collector: Collector
    let sink: any EventSink
    let transformations: TransformationCache
    private let ledger: SourceLedger
    let time: TimeSource
    let logger: Logger

    init(collector: Collector, sink: any EventSink, ledger: SourceLedger, time: TimeSource, logger: Logger) {
        self.collector = collector
        self.sink = sink
        transformations = TransformationCache(tables: collector.content.tables, schemas: { sink.schemas })
        self.ledger = ledger
        self.time = time
        self.logger = logger
    }

    func take(
        _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable, as description: IntakeDescription
    ) async throws -> IntakeReceipt {
        let options = try options(description)
        let tally = Mutex(IntakeReceipt())
        let recordings = Companions()
        let notes = Companions()
        let commits = OrderedCommits<MappedBlock> { [self] blocks in
            let findings = blocks.flatMap(\.findings)
            try await recordings.add { [sink] in try await sink.record(findings) }
            let outcomes = try await sink.append(blocks)
            try await notes.add { [self] in
                let receipt = note(blocks, outcomes)
                tally.withLock { $0 += receipt }
            }
        }
        let stored: Result<Void, any Error>
        do {
            try await map(chunks, description, options, into: commits)
            stored = .success(try await commits.finish())
        } catch {
            stored = .failure(error)
        }
        // What was stored has its alerts and is counted, also where what came after it was not.
        try await recordings.finish()
        try await notes.finish()
        try stored.get()
        return tally.withLock { $0 }
    }

    /// Reads blocks and maps them beside each other, as far as there is room for them.
    private func map(
        _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable, _ description: IntakeDescription,
        _ options: CollectionOptions, into commits: OrderedCommits<MappedBlock>
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var reader = collector.reader(options, now: time.now())
            func take(_ block: RecordBlock) async throws {
                let number = try await commits.enter(weight: block.weight)
                group.addTask { [self] in
                    let delivery = description.delivery.map { DeliveryID($0).block(number) }
                    let mapped = map(block, options, delivery: delivery)
                    await commits.add(mapped, number: number)
                }
            }
            for try await chunk in chunks {
                reader.feed(chunk)
                while let block = reader.next() { try await take(block) }
            }
            reader.finish()
            while let block = reader.next() { try await take(block) }
            if let block = reader.flush() { try await take(block) }
        }
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
        try await store([map(block, options, delivery: delivery)])
    }

    // MARK: Steps

    /// Makes rows of a block's records and matches rules on them.
    func map(_ block: RecordBlock, _ options: CollectionOptions, delivery: DeliveryID?) -> MappedBlock {
        let now = time.now()
        let chunk = collector.collect(block, options, now: now)
        func observations(_ outcome: AppendOutcome) -> [SourceObservation] {
            SourceObservation.read(chunk, options, outcome: outcome, now: now)
        }
        return MappedBlock(
            batches: chunk.batches, delivery: delivery, records: chunk.records.count,
            deadLetters: chunk.deadLetters.count,
            findings: sink.findings(in: StreamedBlock(records: chunk.records, rows: chunk.batches, receivedAt: now)),
            stored: observations(.stored), repeated: delivery == nil ? [] : observations(.alreadyStored))
    }

    /// Makes the rows durable and records the alerts.
    func store(_ blocks: [MappedBlock]) async throws -> IntakeReceipt {
        async let recorded: Void = sink.record(blocks.flatMap(\.findings))
        let receipt = note(blocks, try await sink.append(blocks))
        try await recorded
        return receipt
    }

    /// Counts what became of blocks whose rows are durable.
    private func note(_ blocks: [MappedBlock], _ outcomes: [AppendOutcome]) -> IntakeReceipt {
        let now = time.now()
        var receipt = IntakeReceipt()
        for (block, outcome) in zip(blocks, outcomes) {
            ledger.note(outcome == .stored ? block.stored : block.repeated, at: now)
            receipt += block.receipt(outcome)
        }
        return receipt
    }
}

/// What an input's commits bring with them, on its way in the order of the commits, while rows of later ones are stored.
private actor Companions {
    private var running: Task<Void, any Error>?
    private var last: Task<Void, any Error>?

    /// Lets one begin when the one before has ended; waits while two are on their way.
    ///
    /// - Throws: what one before threw.
    func add(_ companion: @escaping @Sendable () async throws -> Void) async throws {
        try await running?.value
        running = last
        last = Task { [last] in
            try await last?.value
            try await companion()
        }
    }

    /// Waits for the last.
    func finish() async throws { try await last?.value }
}
