internal import API
internal import Casebook
internal import Chronology
internal import Collection
internal import Detection
internal import EventStore
internal import Foundation
internal import Spool
internal import StateStore
internal import Synchronization

/// Alerts into the outbox, then rows into the spool: an event that was acknowledged has its alert on its way.
///
/// A sender that is not answered sends again; the alert is then known by its identifier.
struct SensorSink: EventSink {
    let name: String
    let spool: Spool
    let outbox: AlertOutbox
    let matcher: StreamMatcher
    let time: TimeSource

    func take(_ chunk: CollectedChunk, delivery: DeliveryID?) async throws -> AppendOutcome {
        let findings = matcher.findings(in: chunk.records, now: time.now())
        if !findings.isEmpty { try await outbox.add(findings) }
        guard !chunk.batches.isEmpty else { return .stored }
        // Names of deliveries are kept apart by sensor. One without a name gets one here, so that the way from the spool to
        // the store may be gone twice.
        let id = DeliveryID("sensor \(name):\(delivery?.text ?? UUID().uuidString)")
        do {
            try await spool.append(SpooledDelivery(id: id, batches: chunk.batches))
        } catch let error as SpoolError where error.code == .full {
            throw IntakeBusy(error.message)
        }
        return .stored
    }
}
