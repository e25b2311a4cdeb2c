public import Chronology
internal import Synchronization
internal import Vocabulary

/// What is known of one source.
public struct SourceStatus: Sendable, Hashable, Codable {
    public var key: SourceKey
    public var counts = SourceCounts()
    public var delays = DelayHistogram()
    public var minutes = MinuteCounts()
    public var watch = SourceWatch()
    public var failures = FailureWatch()
    private var lastEventTicks: Int64?
    private var lastReceiptTicks: Int64
    /// The counts at the last step, for what came since.
    var reported = SourceCounts()

    init(key: SourceKey, now: Instant) {
        self.key = key
        lastReceiptTicks = now.ticks
    }

    /// The latest time that an event of the source bears.
    public var lastEvent: Instant? { lastEventTicks.map { Instant(ticks: $0) } }

    /// When something of the source was last taken in.
    public var lastReceipt: Instant { Instant(ticks: lastReceiptTicks) }

    mutating func add(_ observation: SourceObservation, at now: Instant) {
        counts += observation.counts
        delays.merge(observation.delays)
        if delays.total > 1_000_000 { delays.halve() }
        minutes.add(observation.counts.events, at: now)
        if let last = observation.lastEvent { lastEventTicks = max(lastEventTicks ?? last.ticks, last.ticks) }
        lastReceiptTicks = max(lastReceiptTicks, now.ticks)
    }
}

/// Something that became of a source.
public struct SourceChange: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case silence(SourceWatch.Change)
        case failures(FailureWatch.Change)
    }

    public var key: SourceKey
    public var kind: Kind
}

/// What a source brought since the last step.
public struct SourceProgress: Sendable {
    public var status: SourceStatus
    public var since: SourceCounts
}

/// Counts what every source brings: per way in, kind of record, table and sender, and the same without the senders.
///
/// Pure counting behind a mutex; time arrives as an argument. The number of sources is bounded: senders beyond it are
/// counted together under `*`.
public final class SourceLedger: Sendable {
    private struct State {
        var sources: [SourceKey: SourceStatus] = [:]
        /// Changes that were noticed while something came in, for the next step.
        var changes: [SourceChange] = []
        /// Sources whose stored state is out of date.
        var changed: Set<SourceKey> = []
    }

    private let limit: Int
    private let policy: SourceRhythm.Policy
    private let failurePolicy: FailureWatch.Policy
    private let expectations: [SourceExpectation]
    private let state = Mutex(State())

    /// - Parameter limit: How many sources are counted apart.
    public init(
        limit: Int = 20_000, policy: SourceRhythm.Policy = .init(), failures: FailureWatch.Policy = .init(),
        expectations: [SourceExpectation] = []
    ) {
        self.limit = limit
        self.policy = policy
        failurePolicy = failures
        self.expectations = expectations
    }

    /// Counts what one block brought.
    public func note(_ observations: [SourceObservation], at now: Instant) {
        let feeds = SourceObservation.feeds(of: observations)
        state.withLock { state in
            for feed in feeds { add(feed, at: now, to: &state) }
            for observation in observations where !observation.key.isFeed { add(observation, at: now, to: &state) }
        }
    }

    private func add(_ observation: SourceObservation, at now: Instant, to state: inout State) {
        var key = observation.key
        // In place: a status is large, and a block may be of thousands of senders.
        let change: SourceWatch.Change?
        if let known = state.sources.index(forKey: key) {
            change = Self.hear(observation, in: &state.sources.values[known], at: now, policy)
        } else {
            if state.sources.count >= limit { key = SourceKey(origin: "*", source: key.source, table: key.table) }
            change = Self.hear(
                observation, in: &state.sources[key, default: SourceStatus(key: key, now: now)], at: now, policy)
        }
        if let change { state.changes.append(SourceChange(key: key, kind: .silence(change))) }
        state.changed.insert(key)
    }

    private static func hear(
        _ observation: SourceObservation, in status: inout SourceStatus, at now: Instant, _ policy: SourceRhythm.Policy
    ) -> SourceWatch.Change? {
        status.add(observation, at: now)
        return observation.counts.events > 0 ? status.watch.hear(at: now, policy) : nil
    }

    /// All sources, in order.
    public var sources: [SourceStatus] {
        state.withLock { Array($0.sources.values) }.sorted { $0.key < $1.key }
    }

    /// Lets a minute pass: gives what every source that spoke brought since the last step, and what became of them.
    ///
    /// A sender's silence is not told while all of its feed is silent.
    public func step(at now: Instant) -> (progress: [SourceProgress], changes: [SourceChange]) {
        state.withLock { state in
            var progress: [SourceProgress] = []
            for key in state.sources.keys.sorted() {
                guard var status = state.sources.removeValue(forKey: key) else { continue }
                let since = status.counts - status.reported
                status.reported = status.counts
                if since != SourceCounts() { progress.append(SourceProgress(status: status, since: since)) }
                let isOverflow = key.origin == "*"
                if !isOverflow, let change = tick(&status, at: now, state) {
                    state.changes.append(SourceChange(key: key, kind: .silence(change)))
                    state.changed.insert(key)
                }
                if key.isFeed,
                    let change = status.failures.pass(
                        failures: since.parseFailures, events: since.events, failurePolicy)
                {
                    state.changes.append(SourceChange(key: key, kind: .failures(change)))
                    state.changed.insert(key)
                }
                state.sources[key] = status
            }
            defer { state.changes = [] }
            return (progress, state.changes)
        }
    }

    private func tick(_ status: inout SourceStatus, at now: Instant, _ state: State) -> SourceWatch.Change? {
        // Feeds come before their senders in order, so that a feed's silence is known here.
        if !status.key.isFeed, state.sources[status.key.feed]?.watch.isSilent == true { return nil }
        let expected = expectations.first { $0.matches(status.key) }?.interval
        return status.watch.tick(at: now, expected: expected, policy)
    }

    // MARK: Over restarts

    /// The sources whose state changed since this was last asked.
    public func takeChanged() -> [SourceStatus] {
        state.withLock { state in
            defer { state.changed = [] }
            return state.changed.compactMap { state.sources[$0] }
        }
    }

    /// Takes over what was kept of an earlier run.
    public func restore(_ kept: [SourceStatus], at now: Instant) {
        state.withLock { state in
            for var status in kept.prefix(limit) where state.sources[status.key] == nil {
                status.watch.resume(at: now)
                state.sources[status.key] = status
            }
        }
    }

    /// Forgets sources that were last heard before `instant`, and gives their keys.
    public func forget(before instant: Instant) -> [SourceKey] {
        state.withLock { state in
            let old = state.sources.values.filter { $0.lastReceipt < instant }.map(\.key)
            for key in old { state.sources[key] = nil }
            return old
        }
    }
}

/// How often someone said that sources must speak: `syslog*/fw-01=10` is ten minutes for all keys of that pattern.
public struct SourceExpectation: Sendable, Hashable {
    private let pattern: Wildcard
    public let interval: TimeSpan

    /// Reads `PATTERN=MINUTES`; `*` in the pattern stands for any text. Nil for what is none.
    public init?(_ text: String) {
        guard let equals = text.lastIndex(of: "="), let minutes = Int64(text[text.index(after: equals)...]),
            minutes > 0, equals > text.startIndex
        else { return nil }
        pattern = Wildcard(text[..<equals])
        interval = .minutes(minutes)
    }

    /// Whether the pattern is that of a key's description.
    public func matches(_ key: SourceKey) -> Bool { pattern.matches(key.description) }
}
