internal import Collection
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

/// Hands on what a sensor has taken in: events out of the spool, alerts out of the outbox, and signs of life.
struct SensorForwarding: Sendable {
    let spool: Spool
    let outbox: AlertOutbox
    let hub: HubClient
    let destination: any EventDestination
    let health: SourceHealth
    let name: String
    let refused: URL
    let logger: Logger
    let problem = SensorProblem()

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
            do {
                try await send(alerts.map(\.body))
                try await outbox.settle(alerts)
            } catch let failure as HubFailure where failure.isFinal && alerts.count > 1 {
                // One of them is wrong: each goes by itself.
                for alert in alerts { try await forward(alert) }
            } catch let failure as HubFailure where failure.isFinal {
                try await outbox.settle(alerts, refusal: failure.description)
            }
        }
    }

    private func forward(_ alert: (id: String, body: String)) async throws {
        do {
            try await send([alert.body])
            try await outbox.settle([alert])
        } catch let failure as HubFailure where failure.isFinal {
            logger.error("the hub refused an alert", metadata: ["reason": "\(failure)"])
            try await outbox.settle([alert], refusal: failure.description)
        }
    }

    private func send(_ bodies: [String]) async throws {
        let body = "{\"alerts\":[\(bodies.joined(separator: ","))]}"
        var final: HubFailure?
        try await persist("alerts") {
            try await hub.post("/api/sensors/alerts", Array(body.utf8), type: "application/json")
        } refused: {
            final = $0
        }
        if let final { throw final }
    }

    /// Tells the hub every half minute how things are here.
    func beat() async throws {
        while true {
            let backlog = spool.backlog
            let events = health.ledger.sources.filter(\.key.isFeed).reduce(0) { $0 + $1.counts.events }
            do {
                try await hub.post(
                    "/api/sensors/heartbeat",
                    json: [
                        "name": .string(name), "version": "0.1.0",
                        "waitingDeliveries": .int(Int64(backlog.deliveries)),
                        "waitingBytes": .int(Int64(backlog.bytes)),
                        "waitingAlerts": .int(Int64(try await outbox.waitingCount())), "events": .int(Int64(events)),
                        "problem": .string(problem.text),
                    ])
            } catch let failure as HubFailure {
                logger.warning("\(failure)")
            }
            try await Task.sleep(for: .seconds(30))
        }
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
