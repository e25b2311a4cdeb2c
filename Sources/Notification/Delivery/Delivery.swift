public import Chronology

/// The way of one message to one address, as a state machine.
public struct Delivery: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        /// To be tried at this time.
        case due(Instant)
        /// Being tried since.
        case sending(since: Instant)
        case delivered(Instant)
        /// Given up.
        case abandoned(Instant)
    }

    /// How long the pauses between tries are, and when to give up.
    public struct Policy: Sendable, Hashable {
        public var firstPause: TimeSpan
        public var longestPause: TimeSpan
        public var maximumAttempts: Int

        public init(firstPause: TimeSpan, longestPause: TimeSpan, maximumAttempts: Int) {
            self.firstPause = firstPause
            self.longestPause = longestPause
            self.maximumAttempts = maximumAttempts
        }

        /// Pauses of 30 s, 1, 2, 4… minutes up to an hour; about two days in all.
        public static let standard = Policy(
            firstPause: .seconds(30), longestPause: .hours(1), maximumAttempts: 55)

        /// The pause after so many failed attempts, from 1.
        public func pause(afterAttempts count: Int) -> TimeSpan {
            let factor = Double(sign: .plus, exponent: min(max(count - 1, 0), 30), significand: 1)
            return min(.seconds(firstPause.seconds * factor), longestPause)
        }
    }

    public private(set) var state: State
    public private(set) var attempts: Int
    public private(set) var lastFailure: String?

    public init(dueAt time: Instant) {
        state = .due(time)
        attempts = 0
    }

    /// A delivery as it was stored.
    public init(state: State, attempts: Int, lastFailure: String?) {
        self.state = state
        self.attempts = attempts
        self.lastFailure = lastFailure
    }

    /// Begins a try; false when it is not due.
    public mutating func begin(at now: Instant) -> Bool {
        guard case .due(let time) = state, time <= now else { return false }
        state = .sending(since: now)
        attempts += 1
        return true
    }

    /// The other side took the message.
    public mutating func succeed(at now: Instant) {
        guard case .sending = state else { return }
        state = .delivered(now)
        lastFailure = nil
    }

    /// The try failed: another one later, or none any more.
    public mutating func fail(_ failure: DeliveryFailure, at now: Instant, policy: Policy) {
        guard case .sending = state else { return }
        lastFailure = failure.reason
        let isOver = failure.isPermanent || attempts >= policy.maximumAttempts
        state = isOver ? .abandoned(now) : .due(now + policy.pause(afterAttempts: attempts))
    }

    /// Puts a due delivery off, without counting a try.
    public mutating func postpone(until time: Instant) {
        guard case .due(let due) = state else { return }
        state = .due(max(due, time))
    }

    /// The process ended during a try: whether the message arrived is not known, so it is tried again, under the same
    /// Message-ID.
    public mutating func recover(at now: Instant) {
        if case .sending = state { state = .due(now) }
    }
}
