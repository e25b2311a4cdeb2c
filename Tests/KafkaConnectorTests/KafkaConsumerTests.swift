import CRdKafka
import KafkaConnector
import Logging
import Synchronization
import Testing

/// A store that keeps each delivery once, and may "die" before or after it stored one.
private final class Store: Sendable {
    struct Crash: Error {}

    private struct State {
        var deliveries: [String: [String]] = [:]
        var lives: Int?
        var waiting: (count: Int, reached: CheckedContinuation<Void, Never>)?

        var texts: [String] { deliveries.values.flatMap(\.self) }

        mutating func letGo() {
            waiting?.reached.resume()
            waiting = nil
        }
    }

    private let state = Mutex(State())

    func take(_ delivery: KafkaDelivery) throws {
        try state.withLock { state in
            if let lives = state.lives, lives <= 0 { throw Crash() }
            let texts = delivery.payloads.map { String(decoding: $0, as: UTF8.self) }
            if let before = state.deliveries[delivery.id] {
                #expect(before == texts, "the same delivery brings the same messages")
            }
            state.deliveries[delivery.id] = texts
            if let count = state.waiting?.count, state.texts.count >= count { state.letGo() }
            if let lives = state.lives {
                state.lives = lives - 1
                // Stored, but the consumer is not told.
                if lives == 1 { throw Crash() }
            }
        }
    }

    func dieAfter(_ deliveries: Int?) { state.withLock { $0.lives = deliveries } }

    var texts: [String] { state.withLock { $0.texts } }

    /// Waits until there are so many messages, or the test's time is over.
    func hold(_ count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.waiting = (count, continuation)
                    if Task.isCancelled || state.texts.count >= count { state.letGo() }
                }
            }
        } onCancel: {
            state.withLock { $0.letGo() }
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(2)))
struct KafkaConsumerTests {
    private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func settings(_ cluster: MockCluster) -> KafkaSettings {
        var settings = KafkaSettings(name: "test", brokers: [cluster.brokers], topics: ["events"], group: "tocsin")
        settings.deliveryMessages = 50
        settings.properties = ["session.timeout.ms": "6000", "heartbeat.interval.ms": "300"]
        return settings
    }

    private func consumer(_ settings: KafkaSettings, _ store: Store) throws -> KafkaConsumer {
        try KafkaConsumer(settings, logger: Self.quiet) { try store.take($0) }
    }

    /// Runs consumers until the store has `count` messages.
    private func run(_ consumers: [KafkaConsumer], until count: Int, in store: Store) async {
        await withTaskGroup(of: Void.self) { group in
            for consumer in consumers {
                group.addTask {
                    do {
                        try await consumer.run()
                    } catch {
                        #expect(error is CancellationError || error is Store.Crash)
                    }
                }
            }
            await store.hold(count)
            group.cancelAll()
        }
    }

    @Test func `messages of all partitions come, and after a restart only new ones`() async throws {
        let cluster = try MockCluster(topic: "events", partitions: 3)
        let store = Store()
        try cluster.send((0..<200).map { "a\($0)" }, to: "events")
        await run([try consumer(settings(cluster), store)], until: 200, in: store)
        try cluster.send((0..<100).map { "b\($0)" }, to: "events")
        await run([try consumer(settings(cluster), store)], until: 300, in: store)
        #expect(Set(store.texts).count == 300)
        #expect(store.texts.count == 300)
    }

    @Test func `however often the process dies, each message is stored exactly once`() async throws {
        let cluster = try MockCluster(topic: "events", partitions: 2)
        let store = Store()
        var sent = 0
        for lives in [1, 0, 2, 1, 3] {
            try cluster.send((sent..<(sent + 120)).map { "m\($0)" }, to: "events")
            sent += 120
            store.dieAfter(lives)
            do {
                try await consumer(settings(cluster), store).run()
                Issue.record("the consumer outlived its store")
            } catch {
                #expect(error is Store.Crash)
            }
        }
        store.dieAfter(nil)
        await run([try consumer(settings(cluster), store)], until: sent, in: store)
        #expect(store.texts.count == sent)
        #expect(Set(store.texts).count == sent)
    }

    @Test func `two consumers of a group share the partitions, and nothing comes twice while they are shared out anew`()
        async throws
    {
        let cluster = try MockCluster(topic: "events", partitions: 4)
        let store = Store()
        try cluster.send((0..<400).map { "m\($0)" }, to: "events")
        let first = try consumer(settings(cluster), store)
        let second = try consumer(settings(cluster), store)
        await run([first, second], until: 400, in: store)
        #expect(store.texts.count == 400)
        #expect(Set(store.texts).count == 400)
    }

    @Test func `a commit that fails leads to another, not to a loss`() async throws {
        let cluster = try MockCluster(topic: "events", partitions: 1)
        let store = Store()
        try cluster.send((0..<100).map { "m\($0)" }, to: "events")
        // 8 is OffsetCommit.
        cluster.fail(8, [RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT])
        await run([try consumer(settings(cluster), store)], until: 100, in: store)
        #expect(Set(store.texts).count == 100)
        #expect(store.texts.count == 100)
    }

    @Test func `the connection string of an Event Hubs namespace says all that is needed`() throws {
        let text =
            "Endpoint=sb://soc.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=a2V5PQ==;EntityPath=hub"
        let settings = try KafkaSettings(name: "azure", connectionString: text, topics: [], group: "$Default")
        #expect(settings.brokers == ["soc.servicebus.windows.net:9093"])
        #expect(settings.topics == ["hub"])
        #expect(settings.user == "$ConnectionString")
        #expect(settings.password == text)
        #expect(settings.security == .password)
        try settings.check()
        #expect(throws: KafkaFault.self) {
            try KafkaSettings(name: "a", connectionString: "Endpoint=sb://x/", topics: [], group: "g")
        }
    }

    @Test func `settings that cannot work are refused with the reason`() throws {
        var settings = KafkaSettings(name: "a", brokers: ["localhost:9092"], topics: ["t"], group: "g")
        settings.properties = ["no.such.property": "1"]
        #expect(throws: KafkaFault.self) { try settings.check() }
        settings.properties = ["enable.auto.commit": "true"]
        #expect(throws: KafkaFault.self) { try settings.check() }
        settings.properties = [:]
        settings.security = .password
        #expect(throws: KafkaFault.self) { try settings.check() }
        settings.security = .none
        settings.topics = []
        #expect(throws: KafkaFault.self) { try settings.check() }
    }
}
