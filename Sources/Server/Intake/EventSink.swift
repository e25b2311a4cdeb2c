internal import API
internal import Collection
internal import CoreMetrics
internal import Detection
internal import EventStore

/// Where what was collected goes; when `take` returns, its rows are durable and its alerts recorded.
protocol EventSink: Sendable {
    func take(_ chunk: CollectedChunk, delivery: DeliveryID?) async throws -> AppendOutcome
}

/// Rows into the event store, then alerts into the casebook.
///
/// Rules are matched even when the delivery was stored before, since the process may have ended in between; alerts found
/// again are known by their identifiers.
struct StoreSink: EventSink {
    let store: any EventStore
    let detector: StreamDetector

    func take(_ chunk: CollectedChunk, delivery: DeliveryID?) async throws -> AppendOutcome {
        let start = ContinuousClock.now
        let outcome: AppendOutcome
        do {
            outcome = try await store.append(chunk.batches, delivery: delivery)
        } catch let error where error.code == .unavailable {
            throw IntakeUnavailable(error.message)
        }
        Timer(label: "tocsin_store_commit_seconds").recordSeconds((ContinuousClock.now - start) / .seconds(1))
        try await detector.detect(chunk.records)
        return outcome
    }
}
