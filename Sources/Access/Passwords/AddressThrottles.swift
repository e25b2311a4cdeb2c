internal import Chronology
internal import Synchronization

/// Failed sign-ins by network address, in memory; the oldest are forgotten when there are many.
final class AddressThrottles: Sendable {
    private static let most = 10_000
    private let throttles = Mutex<[String: LoginThrottle]>([:])

    func blockedUntil(_ address: String, now: Instant) -> Instant? {
        throttles.withLock { $0[address]?.blockedUntil(now: now) }
    }

    func failed(_ address: String, at now: Instant) {
        throttles.withLock { throttles in
            if throttles[address] == nil, throttles.count >= AddressThrottles.most {
                throttles = throttles.filter { $0.value.blockedUntil(now: now) != nil }
                if throttles.count >= AddressThrottles.most { throttles = [:] }
            }
            throttles[address, default: LoginThrottle()].failed(at: now)
        }
    }

    func succeeded(_ address: String) {
        throttles.withLock { _ = $0.removeValue(forKey: address) }
    }
}
