/// Some messages that are to be stored together.
struct ReadyDelivery {
    var place: TopicPartition
    var offsets: Range<Int64>
    /// Of the first message.
    var timestamp: Int64
    var payloads: [[UInt8]]
}

/// The messages that were fetched and not yet stored, by partition, and how they are to be cut into deliveries.
struct PartitionBuffers {
    private struct Buffer {
        /// Where the next delivery begins; nil until the first message tells.
        var start: Int64?
        /// Where it must end, because a predecessor may have stored it so.
        var until: Int64?
        var messages: [KafkaMessage] = []
        /// Whether the partition has no message after those here.
        var isAtEnd = false
    }

    private var buffers: [TopicPartition: Buffer] = [:]
    private let limits: KafkaSettings

    init(limits: KafkaSettings) {
        self.limits = limits
    }

    mutating func assign(_ assigned: [TopicPartition: CommittedRange?]) {
        for (place, committed) in assigned {
            buffers[place] = Buffer(start: committed?.offset, until: committed?.until)
        }
    }

    mutating func revoke() { buffers = [:] }

    /// Adds a message; one of a partition that was given up meanwhile is its next owner's.
    mutating func add(_ message: KafkaMessage, to place: TopicPartition) {
        guard var buffer = buffers.removeValue(forKey: place) else { return }
        // After a rewind messages may come that were on their way before.
        if message.offset > buffer.messages.last?.offset ?? -1, message.offset >= buffer.start ?? 0 {
            if buffer.start == nil { buffer.start = message.offset }
            buffer.messages.append(message)
            buffer.isAtEnd = false
        }
        buffers[place] = buffer
    }

    mutating func end(of place: TopicPartition) { buffers[place]?.isAtEnd = true }

    /// What can be stored now; the messages stay here until `finish`.
    func ready() -> [ReadyDelivery] {
        buffers.compactMap { place, buffer in
            guard let start = buffer.start else { return nil }
            if let until = buffer.until {
                guard buffer.isAtEnd || (buffer.messages.last?.offset ?? -1) + 1 >= until else { return nil }
                return delivery(place, start..<until, buffer.messages.prefix { $0.offset < until })
            }
            guard let last = buffer.messages.last else { return nil }
            return delivery(place, start..<(last.offset + 1), buffer.messages[...])
        }.sorted { ($0.place.topic, $0.place.partition) < ($1.place.topic, $1.place.partition) }
    }

    private func delivery(
        _ place: TopicPartition, _ offsets: Range<Int64>, _ messages: ArraySlice<KafkaMessage>
    ) -> ReadyDelivery {
        ReadyDelivery(
            place: place, offsets: offsets, timestamp: messages.first?.timestamp ?? -1,
            payloads: messages.compactMap(\.payload))
    }

    /// Drops the messages of a delivery that was stored.
    mutating func finish(_ delivery: ReadyDelivery) {
        let end = delivery.offsets.upperBound
        buffers[delivery.place]?.start = end
        buffers[delivery.place]?.until = nil
        buffers[delivery.place]?.messages.removeAll { $0.offset < end }
    }

    /// Drops all messages of the partitions of these deliveries, and says from where to fetch them again.
    mutating func rewind(_ deliveries: [ReadyDelivery]) -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for delivery in deliveries {
            buffers[delivery.place]?.messages = []
            buffers[delivery.place]?.isAtEnd = false
            offsets[delivery.place] = delivery.offsets.lowerBound
        }
        return offsets
    }
}
