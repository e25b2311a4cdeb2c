public import Chronology

/// A half-open range of time: `start` belongs to it, `end` does not.
public struct TimeRange: Sendable, Hashable {
    public var start: Instant
    public var end: Instant

    public init(start: Instant, end: Instant) {
        self.start = start
        self.end = end
    }

    public var duration: TimeSpan { end - start }

    public func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }
}
