/// How fast a body comes. Only time in which its sender is waited for counts, so that who stores slowly blames nobody.
struct BodyPace {
    private let limits: IntakeLimits
    private var bytes = 0
    private var waited = Duration.zero
    private var waitingSince: ContinuousClock.Instant?

    init(_ limits: IntakeLimits) {
        self.limits = limits
    }

    mutating func startWaiting(at now: ContinuousClock.Instant) {
        waitingSince = now
    }

    mutating func stopWaiting(at now: ContinuousClock.Instant, arrived count: Int) {
        waited = waited(at: now)
        waitingSince = nil
        bytes += count
    }

    /// For how long the sender may go on like this; not above zero when it is too slow.
    func allowance(at now: ContinuousClock.Instant) -> Duration {
        .seconds(max(limits.patience, Double(bytes) / Double(limits.slowestPace))) - waited(at: now)
    }

    private func waited(at now: ContinuousClock.Instant) -> Duration {
        waited + (waitingSince.map { now - $0 } ?? .zero)
    }
}
