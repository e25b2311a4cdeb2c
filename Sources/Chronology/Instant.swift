/// A point in time: 100-nanosecond ticks since 0001-01-01T00:00:00Z in the proleptic Gregorian calendar.
///
/// The range and resolution are those of Kusto's `datetime` (0001-01-01 to 9999-12-31T23:59:59.9999999Z).
public struct Instant: Hashable, Comparable, Sendable {
    /// Ticks of 100 ns since 0001-01-01T00:00:00Z.
    public var ticks: Int64

    /// Makes an instant from its ticks; values outside the calendar's range are allowed and only fail to print.
    @inlinable
    public init(ticks: Int64) {
        self.ticks = ticks
    }

    /// The first representable instant, 0001-01-01T00:00:00Z.
    public static let min = Instant(ticks: 0)
    /// The last representable instant, 9999-12-31T23:59:59.9999999Z.
    public static let max = Instant(ticks: 3_155_378_975_999_999_999)
    /// 1970-01-01T00:00:00Z.
    public static let unixEpoch = Instant(ticks: 621_355_968_000_000_000)

    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.ticks < right.ticks
    }

    /// Whole microseconds since 1970-01-01, rounded down.
    @inlinable public var unixMicroseconds: Int64 {
        (ticks - 621_355_968_000_000_000).floorDivided(by: 10)
    }

    /// Makes an instant from microseconds since 1970-01-01.
    @inlinable
    public init(unixMicroseconds: Int64) {
        self.init(ticks: 621_355_968_000_000_000 &+ unixMicroseconds &* 10)
    }

    /// Seconds since 1970-01-01, with a fraction; precise to about a microsecond for present dates.
    public var unixSeconds: Double {
        Double(ticks - Instant.unixEpoch.ticks) / 1e7
    }

    /// Makes an instant from seconds since 1970-01-01, rounded to the nearest tick.
    public init(unixSeconds: Double) {
        self.init(ticks: Instant.unixEpoch.ticks + Int64((unixSeconds * 1e7).rounded()))
    }

    @inlinable
    public static func + (instant: Instant, span: TimeSpan) -> Instant {
        Instant(ticks: instant.ticks &+ span.ticks)
    }

    @inlinable
    public static func - (instant: Instant, span: TimeSpan) -> Instant {
        Instant(ticks: instant.ticks &- span.ticks)
    }

    @inlinable
    public static func - (left: Instant, right: Instant) -> TimeSpan {
        TimeSpan(ticks: left.ticks &- right.ticks)
    }
}

/// A length of time in 100-nanosecond ticks, as Kusto's `timespan`.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// Ticks of 100 ns; may be negative.
    public var ticks: Int64

    @inlinable
    public init(ticks: Int64) {
        self.ticks = ticks
    }

    public static let zero = TimeSpan(ticks: 0)
    public static let ticksPerSecond: Int64 = 10_000_000
    public static let ticksPerDay: Int64 = 864_000_000_000

    public static func seconds(_ count: Double) -> TimeSpan { TimeSpan(ticks: Int64((count * 1e7).rounded())) }
    public static func minutes(_ count: Int64) -> TimeSpan { TimeSpan(ticks: count * 600_000_000) }
    public static func hours(_ count: Int64) -> TimeSpan { TimeSpan(ticks: count * 36_000_000_000) }
    public static func days(_ count: Int64) -> TimeSpan { TimeSpan(ticks: count * 864_000_000_000) }

    /// The length in seconds, with a fraction.
    public var seconds: Double { Double(ticks) / 1e7 }

    @inlinable
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.ticks < right.ticks
    }

    @inlinable
    public static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(ticks: left.ticks &+ right.ticks)
    }

    @inlinable
    public static prefix func - (span: TimeSpan) -> TimeSpan {
        TimeSpan(ticks: 0 &- span.ticks)
    }
}

extension Int64 {
    /// Division rounding towards negative infinity; `divisor` must be positive.
    @inlinable
    public func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
