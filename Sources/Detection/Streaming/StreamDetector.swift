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

    /// What the rules find in a batch, to be recorded once the batch is durable.
    public func findings(in batch: RecordBatch, product: String? = nil) -> [StreamMatcher.Finding] {
        matcher.findings(in: batch, product: product, now: time.now())
    }

    /// Records findings of a batch that is durable. Recording the same findings again changes nothing.
    @discardableResult
    public func record(_ findings: [StreamMatcher.Finding]) async throws(CasebookError) -> Outcome {
        var outcome = Outcome()
        for finding in findings {
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

    /// Matches and records a batch that is durable. Calling again with the same batch changes nothing.
    @discardableResult
    public func detect(_ batch: RecordBatch, product: String? = nil) async throws(CasebookError) -> Outcome {
        try await record(findings(in: batch, product: product))
    }
}
