internal import CRdKafka
internal import Dispatch
internal import Glibc
internal import Logging

/// Some partition of some topic.
struct TopicPartition: Hashable {
    var topic: String
    var partition: Int32
}

/// How far a group is with a partition: everything before `offset` is stored; what lies before `until` may be.
struct CommittedRange: Hashable {
    var offset: Int64
    var until: Int64?

    private static let mark = "tocsin:until="

    /// What is kept beside the offset at the broker.
    var metadata: String { until.map { CommittedRange.mark + String($0) } ?? "" }

    init(offset: Int64, until: Int64? = nil) {
        self.offset = offset
        self.until = until
    }

    init(offset: Int64, metadata: String) {
        self.offset = offset
        until =
            metadata.hasPrefix(CommittedRange.mark)
            ? Int64(metadata.dropFirst(CommittedRange.mark.count)).flatMap { $0 > offset ? $0 : nil } : nil
    }
}

/// A message as it came.
struct KafkaMessage {
    var offset: Int64
    /// In milliseconds of Unix time; -1 when the broker gives none.
    var timestamp: Int64
    /// Nil for a tombstone.
    var payload: [UInt8]?
}

/// A consumer of librdkafka. Its calls block, so that each runs on a queue of its own.
final class KafkaClient: @unchecked Sendable {
    // SAFETY: `handle`, `changes` and all calls but the queue's own run on `queue`, which is serial.
    enum Event {
        case assigned([TopicPartition: CommittedRange?])
        case revoked
        case message(TopicPartition, KafkaMessage)
        /// All that a partition has was fetched.
        case end(TopicPartition)
        case fault(String, isFatal: Bool)
    }

    private let queue: DispatchQueue
    private let logger: Logger
    private var handle: OpaquePointer?
    /// What callbacks told during the present poll.
    private var changes: [Event] = []
    /// Called before partitions are given up, to commit what was stored of them.
    private let beforeRevocation: () -> [TopicPartition: CommittedRange]
    private static let timeout: Int32 = 10_000

    /// Subscribes to the topics.
    ///
    /// - Parameter beforeRevocation: Gives what was stored and not yet committed; called on the client's queue.
    init(
        _ settings: KafkaSettings, logger: Logger,
        beforeRevocation: @escaping @Sendable () -> [TopicPartition: CommittedRange]
    ) throws(KafkaFault) {
        queue = DispatchQueue(label: "tocsin.kafka.\(settings.name)")
        self.logger = logger
        self.beforeRevocation = beforeRevocation
        let configuration = try KafkaClient.configuration(settings)
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_rebalance_cb(configuration) { _, code, partitions, opaque in
            KafkaClient.from(opaque)?.rebalance(code, partitions)
        }
        rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
            let text = reason.map { String(cString: $0) } ?? ""
            KafkaClient.from(opaque)?.logger.warning(
                "Kafka", metadata: ["error": "\(KafkaClient.text(rd_kafka_resp_err_t(code)))", "reason": "\(text)"])
        }
        rd_kafka_conf_set_log_cb(configuration) { client, level, _, text in
            guard level <= 3, let text, let client = KafkaClient.from(client.flatMap { rd_kafka_opaque($0) }) else {
                return
            }
            client.logger.debug("Kafka", metadata: ["message": "\(String(cString: text))"])
        }
        var reason = [CChar](repeating: 0, count: 512)
        guard let made = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaFault(KafkaClient.string(reason))
        }
        handle = made
        rd_kafka_poll_set_consumer(made)
        guard let topics = rd_kafka_topic_partition_list_new(Int32(settings.topics.count)) else { return }
        defer { rd_kafka_topic_partition_list_destroy(topics) }
        for topic in settings.topics { rd_kafka_topic_partition_list_add(topics, topic, -1) }
        let code = rd_kafka_subscribe(made, topics)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaFault("the topics are refused: \(KafkaClient.text(code))") }
    }

    deinit {
        if let handle { rd_kafka_destroy(handle) }
    }

    /// Checks whether librdkafka takes the settings.
    static func check(_ settings: KafkaSettings) throws(KafkaFault) {
        rd_kafka_conf_destroy(try configuration(settings))
    }

    private static func configuration(_ settings: KafkaSettings) throws(KafkaFault) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else { throw KafkaFault("there is no memory") }
        var reason = [CChar](repeating: 0, count: 512)
        for (name, value) in settings.librdkafkaProperties() {
            let outcome = rd_kafka_conf_set(configuration, name, value, &reason, reason.count)
            guard outcome == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw KafkaFault("\(name): \(string(reason))")
            }
        }
        return configuration
    }

    private static func from(_ opaque: UnsafeMutableRawPointer?) -> KafkaClient? {
        opaque.map { Unmanaged<KafkaClient>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func text(_ code: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2str(code)) }

    private static func string(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }

    // MARK: Rebalancing

    private func rebalance(
        _ code: rd_kafka_resp_err_t, _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        guard let handle else { return }
        guard code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, let partitions else {
            _ = commitNow(beforeRevocation())
            changes.append(.revoked)
            rd_kafka_assign(handle, nil)
            return
        }
        var assigned: [TopicPartition: CommittedRange?] = [:]
        let answer = rd_kafka_committed(handle, partitions, KafkaClient.timeout)
        if answer != RD_KAFKA_RESP_ERR_NO_ERROR {
            changes.append(.fault("the group's offsets cannot be read: \(KafkaClient.text(answer))", isFatal: true))
        }
        for index in 0..<Int(partitions.pointee.cnt) {
            let entry = partitions.pointee.elems[index]
            let place = TopicPartition(topic: String(cString: entry.topic), partition: entry.partition)
            let metadata = entry.metadata.map { pointer in
                String(decoding: UnsafeRawBufferPointer(start: pointer, count: entry.metadata_size), as: UTF8.self)
            }
            assigned[place] =
                .some(entry.offset < 0 ? nil : CommittedRange(offset: entry.offset, metadata: metadata ?? ""))
        }
        changes.append(.assigned(assigned))
        rd_kafka_assign(handle, partitions)
    }

    // MARK: Messages

    /// What came: nothing when nothing did within `milliseconds`, else all that is there, up to about the limits.
    func poll(milliseconds: Int32, messages: Int, bytes: Int) async -> [Event] {
        await onQueue { [self] in
            var events: [Event] = []
            var (count, size, wait) = (0, 0, milliseconds)
            while count < messages, size < bytes, let handle {
                let message = rd_kafka_consumer_poll(handle, wait)
                wait = 0
                events += changes
                changes = []
                guard let message else { break }
                let event = KafkaClient.event(message)
                if case .message(_, let content) = event {
                    count += 1
                    size += content.payload?.count ?? 0
                }
                events.append(event)
                rd_kafka_message_destroy(message)
            }
            return events
        }
    }

    private static func event(_ pointer: UnsafePointer<rd_kafka_message_t>) -> Event {
        let message = pointer.pointee
        let place = message.rkt.map {
            TopicPartition(topic: String(cString: rd_kafka_topic_name($0)), partition: message.partition)
        }
        guard let place else { return .fault(text(message.err), isFatal: false) }
        switch message.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            let payload = message.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: message.len)) }
            let timestamp = rd_kafka_message_timestamp(pointer, nil)
            return .message(place, KafkaMessage(offset: message.offset, timestamp: timestamp, payload: payload))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: return .end(place)
        default:
            return .fault(
                "\(place.topic)/\(place.partition): \(text(message.err))",
                isFatal: message.err == RD_KAFKA_RESP_ERR__FATAL)
        }
    }

    /// Stays a member of the group while nothing can be taken: partitions are paused and the group is answered.
    func keepAlive() async -> [Event] {
        await setPaused(true)
        return await poll(milliseconds: 0, messages: 1, bytes: 1)
    }

    /// Takes messages of all partitions again.
    func resume() async { await setPaused(false) }

    private func setPaused(_ isPaused: Bool) async {
        await onQueue { [self] in
            guard let handle else { return }
            var assignment: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
            guard rd_kafka_assignment(handle, &assignment) == RD_KAFKA_RESP_ERR_NO_ERROR, let assignment else { return }
            if isPaused {
                rd_kafka_pause_partitions(handle, assignment)
            } else {
                rd_kafka_resume_partitions(handle, assignment)
            }
            rd_kafka_topic_partition_list_destroy(assignment)
        }
    }

    // MARK: Positions

    /// Commits how far partitions are; nil when the group has it, else why not.
    func commit(_ ranges: [TopicPartition: CommittedRange]) async -> String? {
        await onQueue { [self] in commitNow(ranges) }
    }

    private func commitNow(_ ranges: [TopicPartition: CommittedRange]) -> String? {
        guard let handle, !ranges.isEmpty, let list = rd_kafka_topic_partition_list_new(Int32(ranges.count)) else {
            return nil
        }
        // The list owns the metadata and frees it.
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (place, range) in ranges {
            let entry = rd_kafka_topic_partition_list_add(list, place.topic, place.partition)
            entry?.pointee.offset = range.offset
            if !range.metadata.isEmpty {
                entry?.pointee.metadata = UnsafeMutableRawPointer(strdup(range.metadata))
                entry?.pointee.metadata_size = range.metadata.utf8.count
            }
        }
        let code = rd_kafka_commit(handle, list, 0)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaClient.text(code)
    }

    /// Fetches partitions anew from these offsets.
    func rewind(_ offsets: [TopicPartition: Int64]) async {
        await onQueue { [self] in
            guard let handle, let list = rd_kafka_topic_partition_list_new(Int32(offsets.count)) else { return }
            defer { rd_kafka_topic_partition_list_destroy(list) }
            for (place, offset) in offsets {
                rd_kafka_topic_partition_list_add(list, place.topic, place.partition)?.pointee.offset = offset
            }
            if let error = rd_kafka_seek_partitions(handle, list, KafkaClient.timeout) { rd_kafka_error_destroy(error) }
        }
    }

    /// Leaves the group.
    func close() async {
        await onQueue { [self] in
            guard let handle else { return }
            rd_kafka_consumer_close(handle)
            rd_kafka_destroy(handle)
            self.handle = nil
        }
    }
}
