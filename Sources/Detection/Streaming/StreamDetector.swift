public import Casebook
public import Chronology
public import Sigma
internal import StateStore
internal import Synchronization

/// Lets all matchers look at each ingested block and records the alerts in the casebook.
public final class StreamDetector: Sendable {
    /// What a block led to.
    public struct Outcome: Sendable, Hashable {
        /// Alerts that were new to the casebook.
        public var newAlerts = 0
        /// Events that matched, counted per alert.
        public var events = 0
    }

    private static let mostRemembered = 50_000
    /// Bounds how long others wait for the casebook.
    private static let mostPerTransaction = 64

    private let matchers: [any BlockMatcher]
    private let casebook: Casebook
    private let correlations: SigmaCorrelations?
    private let isInTrial: @Sendable (String) -> Bool
    /// Alerts recorded lately, so that repeated hits need no transaction.
    private let recorded: Mutex<Set<AlertID>> = Mutex([])

    /// - Parameters:
    ///   - correlations: get the hits that findings bring.
    ///   - isInTrial: Whether the alerts of a rule, by its id, open no incidents yet.
    public init(
        _ matchers: [any BlockMatcher], casebook: Casebook, correlations: SigmaCorrelations? = nil,
        isInTrial: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.matchers = matchers
        self.casebook = casebook
        self.correlations = correlations
        self.isInTrial = isInTrial
    }

    /// What is found in a block, to be recorded once the block is durable.
    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        matchers.flatMap { $0.findings(in: block) }
    }

    /// Records findings of a block that is stored or about to be. Recording the same findings again changes nothing.
    @discardableResult
    public func record(_ findings: [StreamFinding]) async throws -> Outcome {
        var outcome = Outcome()
        try await record(findings.filter(\.isAlert), &outcome)
        outcome.newAlerts += try await join(findings.flatMap(\.hits))
        return outcome
    }

    /// Joins hits of durable events to correlations, those of sensors with those of here, and records what comes of them.
    /// Joining the same hits again changes nothing.
    ///
    /// - Returns: how many alerts are new.
    @discardableResult
    public func join(_ hits: [SigmaHit]) async throws -> Int {
        guard let correlations, !hits.isEmpty else { return 0 }
        let alerts = Mutex(0)
        try await correlations.settle(hits) { finding in
            var own = Outcome()
            try await self.record([finding], &own)
            alerts.withLock { $0 += own.newAlerts }
        }
        return alerts.withLock(\.self)
    }

    /// Those of the Sigma rules, by id, whose hits no correlation joins.
    public func unjoined(_ rules: Set<String>) async -> Set<String> {
        await correlations?.strangers(among: rules) ?? rules
    }

    /// Matches a block that is durable and records what is found. Calling again with the same block changes nothing.
    @discardableResult
    public func detect(_ block: StreamedBlock) async throws -> Outcome {
        try await record(findings(in: block))
    }

    /// Records the alerts of correlations whose time is over though no more events came.
    public func closeCorrelations(now: Instant) async throws {
        try await correlations?.close(now: now) { finding in
            var outcome = Outcome()
            try await self.record([finding], &outcome)
        }
    }

    private func record(_ findings: [StreamFinding], _ outcome: inout Outcome) async throws {
        outcome.events += findings.reduce(0) { $0 + $1.events }
        var rest = recorded.withLock { recorded in
            findings.filter { finding in finding.alert.id.map { finding.grows || !recorded.contains($0) } ?? false }
        }[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.mostPerTransaction)
            rest = rest.dropFirst(part.count)
            let results = try await casebook.record(part.map(recordable), by: .room("Detection"))
            outcome.newAlerts += results.count(where: \.isNew)
            recorded.withLock { recorded in
                if recorded.count >= Self.mostRemembered { recorded.removeAll() }
                recorded.formUnion(results.map(\.alertID))
            }
        }
    }

    private func recordable(_ finding: StreamFinding) -> RecordableAlert {
        RecordableAlert(
            alert: finding.alert, grouping: finding.grouping ?? .sharedEntities(),
            createsIncident: finding.createsIncident && !isInTrial(finding.alert.ruleID), grows: finding.grows)
    }
}
