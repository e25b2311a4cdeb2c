public import Chronology
internal import Foundation

/// Where the present instant comes from: the system's clock in production, a fixed or stepped one in tests.
public struct TimeSource: Sendable {
    private let read: @Sendable () -> Instant

    public init(_ read: @escaping @Sendable () -> Instant) {
        self.read = read
    }

    /// The present instant.
    public func now() -> Instant { read() }

    /// The system's clock.
    public static let system = TimeSource { Instant(unixSeconds: Date().timeIntervalSince1970) }

    /// A clock that stands still.
    public static func fixed(_ instant: Instant) -> TimeSource {
        TimeSource { instant }
    }
}
