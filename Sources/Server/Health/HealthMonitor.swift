internal import Chronology
internal import Collection
internal import EventStore
internal import Logging
internal import StateStore

/// Lets the ledger's minutes pass: writes what sources brought into the event store, keeps what is known of them, and
/// tells when one falls silent.
struct HealthMonitor: Sendable {
    let health: SourceHealth
    let store: any EventStore
    let memory: SourceMemory
    /// Nil where there is no casebook (a sensor): then silence shows at the hub.
    let incidents: HealthIncidents?
    /// The name under which this process gives its own sign of life.
    let computer: String
    let time: TimeSource
    let logger: Logger

    /// Sources that were not heard for this long are forgotten.
    private static let remembered = TimeSpan.days(90)

    /// Takes over what was known before the restart.
    func restore() async throws {
        health.ledger.restore(try await memory.load(), at: time.now())
    }

    /// Steps every minute until the task is cancelled.
    func run() async throws {
        var last = time.now()
        while true {
            try await Task.sleep(for: .seconds(60))
            let now = time.now()
            try await step(from: last, to: now)
            last = now
        }
    }

    /// One step.
    func step(from start: Instant, to now: Instant) async throws {
        let (progress, changes) = health.ledger.step(at: now)
        for change in changes {
            let words = change.kind.words(of: change.key)
            logger.notice("\(words.title)", metadata: ["source": "\(change.key)"])
            try await incidents?.record(change, at: now)
        }
        try await memory.save(health.ledger.takeChanged())
        try await memory.forget(health.ledger.forget(before: now - Self.remembered))
        let signs =
            [(computer: computer, category: "Tocsin", ways: [String]())]
            + health.sensors.heard(since: start).map {
                (computer: $0.name, category: "Sensor", ways: [String]())
            }
        let batches =
            HealthRows.batches(progress, from: start, to: now)
            + [HealthRows.heartbeats(signs, at: now), HealthRows.changes(changes, at: now)].compactMap(\.self)
        if !batches.isEmpty { try await store.append(batches) }
    }
}
