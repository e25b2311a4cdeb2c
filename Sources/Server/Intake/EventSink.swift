internal import API
internal import CoreMetrics
internal import Detection
internal import EventStore
internal import KQLValues

/// Where what was collected goes.
protocol EventSink: Sendable {
    /// The tables that are there, by name.
    var schemas: [String: TableSchema] { get }

    /// What the rules find in a block, to be recorded with its rows.
    func findings(in block: StreamedBlock) -> [StreamFinding]

    /// Takes the rows of blocks over; when it returns, they are durable.
    func append(_ blocks: [MappedBlock]) async throws -> [AppendOutcome]

    /// Records the alerts of what was found, unless `append` did; when it returns, they are durable.
    func record(_ findings: [StreamFinding]) async throws
}

/// Rows into the event store, and at the same time alerts into the casebook: folding the log into its file holds a commit up
/// for a second at times, and an alert need not wait for that.
///
/// Whoever sends is answered when both are done. When either fails, the sender sends again: rows are known by the name of
/// their delivery, alerts by their identifiers, so that they are recorded again even when the rows were stored before.
struct StoreSink: EventSink {
    let store: any EventStore
    let detector: StreamDetector

    var schemas: [String: TableSchema] { store.schemas }

    func findings(in block: StreamedBlock) -> [StreamFinding] { detector.findings(in: block) }

    func append(_ blocks: [MappedBlock]) async throws -> [AppendOutcome] {
        let start = ContinuousClock.now
        let outcomes = try await append(blocks.map { EventLot($0.batches, delivery: $0.delivery) })
        Timer(label: "tocsin_store_commit_seconds").recordSeconds((ContinuousClock.now - start) / .seconds(1))
        return outcomes
    }

    func record(_ findings: [StreamFinding]) async throws { try await detector.record(findings) }

    private func append(_ lots: [EventLot]) async throws -> [AppendOutcome] {
        do {
            return try await store.append(lots)
        } catch {
            if error.code == .unavailable { throw IntakeUnavailable(error.message) }
            throw error
        }
    }
}
