internal import Collection
internal import Detection
internal import EventStore
internal import Foundation
internal import JSON
internal import Logging
internal import Spool
internal import StateStore
internal import Synchronization

/// Where a sensor's events go.
protocol EventDestination: Sendable {
    /// Stores a delivery, once.
    ///
    /// - Throws: `HubFailure` or what the store throws; a final failure means that it will never be taken.
    func store(_ delivery: SpooledDelivery) async throws
}

/// Through the hub into its event store.
struct HubDestination: EventDestination {
    let hub: HubClient

    func store(_ delivery: SpooledDelivery) async throws {
        try await hub.post("/api/sensors/events", delivery.bytes, type: "application/octet-stream")
    }
}

/// Straight into an event store that hub and sensors share; it is opened at the first delivery, so that a sensor starts
/// while the store is away.
actor SharedStoreDestination: EventDestination {
    private let settings: Settings
    private let time: TimeSource
    private var opened: (any EventStore)?

    init(_ settings: Settings, time: TimeSource) {
        self.settings = settings
        self.time = time
    }

    func store(_ delivery: SpooledDelivery) async throws {
        let events = try await store()
        do {
            try await events.append(delivery.batches, delivery: delivery.id)
        } catch {
            guard [.invalidBatch, .invalidName].contains(error.code) else { throw error }
            throw HubFailure(isFinal: true, description: error.message)
        }
    }

    private func store() async throws -> any EventStore {
        if let opened { return opened }
        let events = try await EventStores.open(settings, time: time)
        opened = events
        return events
    }
}

/// Hands on what a sensor has taken in: events out of the spool, alerts and hits out of their outboxes, and signs of life.
struct SensorForwarding: Sendable {
    let spool: Spool
    let outbox: AlertOutbox
    let hits: HitOutbox
    let hub: HubClient
    let destination: any EventDestination
    let health: SourceHealth
    let name: String
    let refused: URL
    let logger: Logger
    let problem = SensorProblem()
    let strangers = UnjoinedRules()

    /// Hands deliveries on, in order, each until it was taken.
    func forwardEvents() async throws {
        while let delivery = try await spool.next() {
            try await persist("events") {
                try await destination.store(delivery)
            } refused: { reason in
                try keep(delivery, reason)
            }
            try await spool.acknowledge()
        }
    }

    /// Hands alerts on, in bundles, each until it was taken.
    func forwardAlerts() async throws {
        while !Task.isCancelled {
            let alerts = try await outbox.next()
            guard !alerts.isEmpty else { return }
            try await handOn(alerts, as: "alerts") { alerts in
                try await post("alerts", alerts.map(\.body))
            } settle: { alerts, refusal in
                try await outbox.settle(alerts, refusal: refusal?.description)
            }
        }
    }

    /// Hands hits of Sigma rules on, in bundles, each until it was taken.
    func forwardHits() async throws {
        while !Task.isCancelled {
            let waiting = try await hits.next()
            guard !waiting.isEmpty else { return }
            try await handOn(waiting, as: "hits") { hits in
                do {
                    let answer = try await post("hits", hits.map(\.body))
                    strangers.note(answer, rules: hits.map(\.rule))
                    problem.set(strangers.problem, for: "correlations")
                } catch let failure as HubFailure where failure.status == 404 {
                    throw HubFailure(
                        isFinal: false, status: failure.status,
                        description: "the hub is older than this sensor and takes no hits of Sigma rules, so that its "
                            + "correlations do not see events of here; update it")
                }
            } settle: { hits, refusal in
                if refusal == nil { try await self.hits.settle(hits) } else { try await self.hits.drop(hits) }
            }
        }
    }

    /// Sends things together, or each by itself when one of them is wrong, until they were taken or refused for good.
    private func handOn<Item>(
        _ items: [Item], as what: String, send: ([Item]) async throws -> Void,
        settle: ([Item], HubFailure?) async throws -> Void
    ) async throws {
        var refusal: HubFailure?
        try await persist(what) {
            try await send(items)
        } refused: {
            refusal = $0
        }
        if refusal != nil, items.count > 1 {
            for item in items { try await handOn([item], as: what, send: send, settle: settle) }
            return
        }
        if let refusal {
            logger.error("the hub refused one of the \(what)", metadata: ["reason": "\(refusal)"])
        }
        try await settle(items, refusal)
    }

    @discardableResult
    private func post(_ what: String, _ bodies: [String]) async throws -> [UInt8] {
        let body = "{\"\(what)\":[\(bodies.joined(separator: ","))]}"
        return try await hub.post("/api/sensors/\(what)", Array(body.utf8), type: "application/json")
    }

    /// Tells the hub every half minute how things are here.
    func beat() async throws {
        var dropped: Int?
        while true {
            let waiting = try await hits.backlog()
            if waiting.dropped > dropped ?? 0 {
                logger.error(
                    "hits of Sigma rules were dropped, which the hub's correlations will miss",
                    metadata: ["since the data folder was made": "\(waiting.dropped)"])
            }
            dropped = waiting.dropped
            do {
                try await hub.post("/api/sensors/heartbeat", json: try await status(waiting))
            } catch let failure as HubFailure {
                logger.warning("\(failure)")
            }
            try await Task.sleep(for: .seconds(30))
        }
    }

    private func status(_ waiting: HitOutbox.Backlog) async throws -> JSON {
        let backlog = spool.backlog
        let events = health.ledger.sources.filter(\.key.isFeed).reduce(0) { $0 + $1.counts.events }
        return [
            "name": .string(name), "version": "0.1.0", "waitingDeliveries": .int(Int64(backlog.deliveries)),
            "waitingBytes": .int(Int64(backlog.bytes)),
            "waitingAlerts": .int(Int64(try await outbox.waitingCount())),
            "waitingHits": .int(Int64(waiting.hits)), "droppedHits": .int(Int64(waiting.dropped)),
            "events": .int(Int64(events)), "problem": .string(problem.text),
        ]
    }

    /// Tries until it succeeds or is refused for good, with pauses that grow from a fifth of a second to half a minute.
    private func persist(
        _ what: String, _ body: () async throws -> Void, refused: (HubFailure) throws -> Void
    ) async throws {
        var pause = 0.2
        while true {
            do {
                try await body()
                problem.set(nil, for: what)
                return
            } catch let failure as HubFailure where failure.isFinal {
                try refused(failure)
                return
            } catch let error as CancellationError {
                throw error
            } catch {
                if pause > 3 { logger.warning("\(what) wait", metadata: ["reason": "\(error)"]) }
                problem.set("\(error)", for: what)
            }
            try await Task.sleep(for: .seconds(pause))
            pause = min(pause * 2, 30)
        }
    }

    /// Keeps a delivery that will never be taken beside the spool, for someone to look at.
    private func keep(_ delivery: SpooledDelivery, _ failure: HubFailure) throws {
        logger.error("a delivery was refused and set aside", metadata: ["reason": "\(failure)"])
        try FileManager.default.createDirectory(at: refused, withIntermediateDirectories: true)
        try Data(delivery.bytes).write(
            to: refused.appending(path: "\(UUID().uuidString).delivery"), options: .atomic)
    }
}

/// What keeps a sensor from handing things on.
final class SensorProblem: Sendable {
    private let reasons = Mutex([String: String]())

    func set(_ reason: String?, for what: String) { reasons.withLock { $0[what] = reason } }

    var text: String {
        reasons.withLock { reasons in
            reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        }
    }
}

/// The Sigma rules whose hits the hub joins to no correlation, as it last said.
final class UnjoinedRules: Sendable {
    private let ids = Mutex(Set<String>())

    /// Takes in the hub's answer to hits of some rules.
    func note(_ answer: [UInt8], rules: [String]) {
        // The hits were taken; an answer of another form only says nothing of rules.
        let json = try? JSON(parsing: String(decoding: answer, as: UTF8.self))
        let told = (json?["unjoinedRules"]?.arrayValue ?? []).compactMap(\.stringValue)
        ids.withLock { $0 = $0.subtracting(rules).union(told) }
    }

    var problem: String? {
        let rules = ids.withLock { $0.sorted() }
        guard !rules.isEmpty else { return nil }
        return "the hub has no correlation of the Sigma rules \(rules.prefix(10).joined(separator: ", ")); give it "
            + "the rule files that are here"
    }
}
