public import Chronology

/// Whether a source speaks: the state machine behind the alerts about sources that fall silent.
public struct SourceWatch: Sendable, Hashable, Codable {
    public enum State: Sendable, Hashable, Codable {
        /// Too little is known of the source, or it spoke once and never was regular.
        case learning
        case speaking
        /// Silent since it was last heard.
        case silent(sinceTicks: Int64)
    }

    /// What came of an event.
    public enum Change: Sendable, Hashable {
        /// The source was last heard at `since` and usually speaks every `interval`.
        case fellSilent(since: Instant, interval: TimeSpan)
        /// The source was silent since `since`.
        case spokeAgain(since: Instant)
    }

    public private(set) var state = State.learning
    private var rhythm = SourceRhythm()
    private var lastHeardTicks: Int64?
    /// When listening began again after a pause; what was not said meanwhile is no silence.
    private var listeningTicks: Int64 = 0

    public init() {}

    /// Listening begins again.
    public mutating func resume(at now: Instant) { listeningTicks = now.ticks }

    /// When the source last spoke.
    public var lastHeard: Instant? { lastHeardTicks.map { Instant(ticks: $0) } }

    public var isSilent: Bool { silentSince != nil }

    /// When a source that is silent last spoke.
    public var silentSince: Instant? {
        if case .silent(let ticks) = state { Instant(ticks: ticks) } else { nil }
    }

    /// How far apart the source usually speaks.
    public var usualInterval: TimeSpan { rhythm.usualInterval }

    /// The source spoke.
    public mutating func hear(at now: Instant, _ policy: SourceRhythm.Policy) -> Change? {
        rhythm.hear(at: now, policy)
        lastHeardTicks = now.ticks
        defer { state = rhythm.tolerance(policy) == nil ? .learning : .speaking }
        return silentSince.map { .spokeAgain(since: $0) }
    }

    /// Time passed.
    ///
    /// - Parameter expected: how often someone said that the source must speak, in whatever hour; nil: as it was learnt.
    public mutating func tick(
        at now: Instant, expected: TimeSpan? = nil, _ policy: SourceRhythm.Policy
    ) -> Change? {
        rhythm.advance(to: now, policy)
        guard !isSilent, let lastHeard else { return nil }
        let isOverdue =
            if let expected { now.ticks - max(lastHeard.ticks, listeningTicks) > expected.ticks } else {
                rhythm.tolerance(policy).map { rhythm.silentFor > $0 } ?? false
            }
        guard isOverdue else { return nil }
        state = .silent(sinceTicks: lastHeard.ticks)
        return .fellSilent(since: lastHeard, interval: expected ?? rhythm.usualInterval)
    }
}

/// Whether unusually much of a source cannot be read: the state machine behind the alerts about bursts of dead letters.
public struct FailureWatch: Sendable, Hashable, Codable {
    public enum Change: Sendable, Hashable {
        /// Failures and events of the window in which the burst showed.
        case burst(failures: Int, events: Int)
        case over
    }

    /// What counts as a burst.
    public struct Policy: Sendable, Hashable {
        /// Fewer failures within the window are none.
        public var leastFailures = 100
        /// The share of what came in that could not be read.
        public var share = 0.2
        /// Minutes that are looked at together, and minutes without failures after which the burst is over.
        public var minutes = 5

        public init() {}
    }

    private struct Minute: Sendable, Hashable, Codable {
        var failures: Int
        var events: Int
    }

    private var window: [Minute] = []
    public private(set) var isBursting = false

    public init() {}

    /// A minute passed in which so many records came and so many could not be read.
    public mutating func pass(failures: Int, events: Int, _ policy: Policy) -> Change? {
        window.append(Minute(failures: failures, events: events))
        if window.count > policy.minutes { window.removeFirst(window.count - policy.minutes) }
        let failed = window.reduce(0) { $0 + $1.failures }
        let seen = window.reduce(0) { $0 + $1.events }
        if isBursting {
            guard failed == 0 else { return nil }
            isBursting = false
            return .over
        }
        guard failed >= policy.leastFailures, Double(failed) >= policy.share * Double(failed + seen) else { return nil }
        isBursting = true
        return .burst(failures: failed, events: seen)
    }
}

extension SourceWatch.State {
    /// The state in one word.
    public var name: String {
        switch self {
        case .learning: "Learning"
        case .speaking: "Speaking"
        case .silent: "Silent"
        }
    }
}
