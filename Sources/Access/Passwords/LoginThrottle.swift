public import Chronology

/// Failed sign-ins of one account or address, and until when it must wait: five are free, then the wait doubles from
/// one minute to a quarter of an hour; an hour without failure forgives.
public struct LoginThrottle: Sendable, Hashable {
    public private(set) var failures: Int
    public private(set) var lastFailure: Instant?

    private static let free = 5
    private static let longestMinutes: Int64 = 15

    public init(failures: Int = 0, lastFailure: Instant? = nil) {
        self.failures = failures
        self.lastFailure = lastFailure
    }

    /// The end of the wait; nil when there is none.
    public func blockedUntil(now: Instant) -> Instant? {
        guard let lastFailure, failures >= LoginThrottle.free else { return nil }
        let doublings = min(failures - LoginThrottle.free, 4)
        let end = lastFailure + .minutes(min(1 << doublings, LoginThrottle.longestMinutes))
        return end > now ? end : nil
    }

    public mutating func failed(at now: Instant) {
        if let lastFailure, now - lastFailure > .hours(1) { failures = 0 }
        failures += 1
        lastFailure = now
    }

    public mutating func succeeded() {
        failures = 0
        lastFailure = nil
    }
}
