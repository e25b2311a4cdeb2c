public import Logging
internal import Synchronization

/// Consumes topics as a member of a group and hands the messages on, each exactly once into the same store.
///
/// Before messages are stored, the end of their range is committed beside the offset of its beginning; after they are
/// stored, the offset moves to that end. A consumer that takes a partition over, after a crash or a rebalance, thereby
/// knows which range its predecessor may have stored, and delivers exactly that range under the same identifier.
public struct KafkaConsumer: Sendable {
    private let settings: KafkaSettings
    private let logger: Logger
    private let sink: KafkaSink
    public let statistics = KafkaStatistics()

    /// - Throws: `KafkaFault` when the settings cannot work.
    public init(_ settings: KafkaSettings, logger: Logger, sink: @escaping KafkaSink) throws(KafkaFault) {
        try settings.check()
        self.settings = settings
        self.logger = logger
        self.sink = sink
    }

    /// Consumes until the task is cancelled.
    ///
    /// - Throws: `KafkaFault`, or what the sink throws; when run again it goes on where it was.
    public func run() async throws {
        let box = StoredRanges()
        let client = try KafkaClient(settings, logger: logger, beforeRevocation: { box.take() })
        do {
            try await consume(client, box)
        } catch {
            _ = await client.commit(box.take())
            await client.close()
            throw error
        }
    }

    private func consume(_ client: KafkaClient, _ stored: StoredRanges) async throws {
        var partitions = PartitionBuffers(limits: settings)
        while true {
            try Task.checkCancellation()
            let events = await client.poll(
                milliseconds: 200, messages: settings.deliveryMessages, bytes: settings.deliveryBytes)
            try take(events, into: &partitions)
            let deliveries = partitions.ready()
            if deliveries.isEmpty {
                // Nothing to do: a good time to say how far everything is.
                if let fault = await client.commit(stored.take()) {
                    logger.info("Kafka offsets are committed later", metadata: ["reason": "\(fault)"])
                }
                continue
            }
            var ranges = stored.take()
            for delivery in deliveries {
                ranges[delivery.place] = CommittedRange(
                    offset: delivery.offsets.lowerBound, until: delivery.offsets.upperBound)
            }
            if let fault = await client.commit(ranges) {
                // Most likely the group is being shared out anew: who gets the partitions delivers this.
                logger.info("Kafka messages are fetched again", metadata: ["reason": "\(fault)"])
                stored.add(ranges.filter { $0.value.until == nil })
                await client.rewind(partitions.rewind(deliveries))
                continue
            }
            for delivery in deliveries {
                let carried = try await store(delivery, client)
                stored.add([delivery.place: CommittedRange(offset: delivery.offsets.upperBound)])
                partitions.finish(delivery)
                try take(carried, into: &partitions)
            }
        }
    }

    private func take(_ events: [KafkaClient.Event], into partitions: inout PartitionBuffers) throws {
        for event in events {
            switch event {
            case .assigned(let assigned): partitions.assign(assigned)
            case .revoked: partitions.revoke()
            case .message(let place, let message):
                statistics.note(message.payload?.count ?? 0)
                partitions.add(message, to: place)
            case .end(let place): partitions.end(of: place)
            case .fault(let reason, let isFatal):
                statistics.noteFault()
                if isFatal { throw KafkaFault(reason) }
                logger.warning("Kafka", metadata: ["connector": "\(settings.name)", "reason": "\(reason)"])
            }
        }
    }

    /// Stores a delivery, and when that takes long stays a member of the group meanwhile.
    private func store(_ ready: ReadyDelivery, _ client: KafkaClient) async throws -> [KafkaClient.Event] {
        let delivery = KafkaDelivery(
            topic: ready.place.topic, partition: ready.place.partition, offsets: ready.offsets,
            id: "kafka:\(settings.name)/\(ready.place.topic)/\(ready.place.partition):"
                + "\(ready.offsets.lowerBound)-\(ready.offsets.upperBound)@\(ready.timestamp)",
            payloads: ready.payloads)
        return try await withThrowingTaskGroup(of: [KafkaClient.Event]?.self) { group in
            group.addTask {
                if !delivery.payloads.isEmpty { try await sink(delivery) }
                return nil
            }
            group.addTask {
                var events: [KafkaClient.Event] = []
                while !Task.isCancelled {
                    do {
                        try await Task.sleep(for: .seconds(5))
                    } catch {
                        break
                    }
                    events += await client.keepAlive()
                }
                if !events.isEmpty || Task.isCancelled { await client.resume() }
                return events
            }
            var carried: [KafkaClient.Event] = []
            while let result = try await group.next() {
                if let result { carried = result } else { group.cancelAll() }
            }
            return carried
        }
    }
}

/// What was consumed since the start.
public final class KafkaStatistics: Sendable {
    public struct Counts: Sendable, Hashable {
        public var messages = 0
        public var bytes = 0
        public var faults = 0
    }

    private let state = Mutex(Counts())

    public var counts: Counts { state.withLock { $0 } }

    func note(_ bytes: Int) {
        state.withLock { state in
            state.messages += 1
            state.bytes += bytes
        }
    }

    func noteFault() { state.withLock { $0.faults += 1 } }
}

/// How far partitions are that were stored and not yet committed; shared with the client's queue.
private final class StoredRanges: Sendable {
    private let ranges = Mutex<[TopicPartition: CommittedRange]>([:])

    func add(_ new: [TopicPartition: CommittedRange]) {
        ranges.withLock { $0.merge(new) { $1 } }
    }

    func take() -> [TopicPartition: CommittedRange] {
        ranges.withLock { ranges in
            defer { ranges = [:] }
            return ranges
        }
    }
}
