public import Casebook
internal import Chronology
public import Records
public import StateStore
internal import Synchronization

/// Matches each ingested batch and records the alerts in the casebook.
public final class StreamDetector: Sendable {
    /// What a batch led to.
    public struct Outcome: Sendable, Hashable {
        /// Alerts that were new to the casebook.
        public var newAlerts = 0
        /// Events that matched, counted per alert.
        public var events = 0
    }

    private static let mostRemembered = 50_000

    public let matcher: StreamMatcher
    private let casebook: Casebook
    private let time: TimeSource
    /// Alerts recorded lately, so that repeated hits need no transaction.
    private let recorded: Mutex<Set<AlertID>> = Mutex([])

    public init(_ matcher: StreamMatcher, casebook: Casebook, time: TimeSource = .system) {
        self.matcher = matcher
        self.casebook = casebook
        self.time = time
    }

    /// Call after the batch is durable. Calling again with the same batch changes nothing.
    @discardableResult
    public func detect(_ batch: RecordBatch, product: String? = nil) async throws(CasebookError) -> Outcome {
        var outcome = Outcome()
        for finding in matcher.findings(in: batch, product: product, now: time.now()) {
            outcome.events += finding.events
            guard let id = finding.alert.id, !recorded.withLock({ $0.contains(id) }) else { continue }
            let result = try await casebook.record(
                finding.alert, createIncident: finding.createsIncident, by: .room("Detection"))
            if result.isNew { outcome.newAlerts += 1 }
            recorded.withLock { recorded in
                if recorded.count >= Self.mostRemembered { recorded.removeAll() }
                recorded.insert(id)
            }
        }
        return outcome
    }
}
