internal import API
internal import Casebook
internal import Detection
internal import EventStore
internal import Foundation
internal import KQLValues
internal import Spool
internal import StateStore
internal import Synchronization

/// Alerts and hits into their outboxes, then rows into the spool: an event that was acknowledged has its alert, and what
/// correlations need of it, on its way.
///
/// A sender that is not answered sends again; alert and hits are then known by their identifiers.
struct SensorSink: EventSink {
    let name: String
    let spool: Spool
    let outbox: AlertOutbox
    let hits: HitOutbox
    let matcher: any BlockMatcher
    /// The tables of the content; which others the hub has is not known here.
    let schemas: [String: TableSchema]

    func findings(in block: StreamedBlock) -> [StreamFinding] {
        matcher.findings(in: block)
    }

    func append(_ blocks: [MappedBlock]) async throws -> [AppendOutcome] {
        for block in blocks {
            if !block.findings.isEmpty {
                try await outbox.add(block.findings)
                try await hits.add(block.findings.flatMap(\.hits))
            }
            guard !block.batches.isEmpty else { continue }
            // Names of deliveries are kept apart by sensor. One without a name gets one here, so that the way from the
            // spool to the store may be gone twice.
            let id = DeliveryID("sensor \(name):\(block.delivery?.text ?? UUID().uuidString)")
            do {
                try await spool.append(SpooledDelivery(id: id, batches: block.batches))
            } catch let error as SpoolError where error.code == .full {
                throw IntakeBusy(error.message)
            }
        }
        return blocks.map { _ in .stored }
    }

    /// Nothing: what was found goes before its rows.
    func record(_ findings: [StreamFinding]) {}
}
