public import Chronology
public import KQL

/// A month of the calendar, in UTC.
public struct CalendarMonth: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    /// 1 to 12.
    public let month: Int

    public init(_ instant: Instant) {
        let date = CivilDate(instant)
        year = date.year
        month = date.month
    }

    /// Reads `2026-11`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let year = Int(parts[0]), let month = Int(parts[1]), (1...9999).contains(year),
            (1...12).contains(month)
        else { return nil }
        self.year = year
        self.month = month
    }

    private init(ordinal: Int) {
        year = ordinal / 12
        month = ordinal % 12 + 1
    }

    /// Months since the year 0.
    private var ordinal: Int { year * 12 + month - 1 }

    /// How many months `other` is later.
    public func distance(to other: CalendarMonth) -> Int { other.ordinal - ordinal }

    public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool { left.ordinal < right.ordinal }

    public var start: Instant { CivilDate(year: year, month: month, day: 1).instant ?? .min }

    /// The first instant after it.
    public var end: Instant { year >= 9999 && month == 12 ? .max : CalendarMonth(ordinal: ordinal + 1).start }

    /// From its first instant to its last.
    public var bounds: TimeBounds { TimeBounds(lower: start, upper: Instant(ticks: end.ticks - 1)) }

    public var description: String {
        "\(year)-\(month < 10 ? "0" : "")\(month)"
    }
}

/// Which rows of a table are stored together, to be archived and dropped together.
///
/// Rows that arrive about when they happened are parted by the month in which they happened. What happened more than a
/// month before or after, or has no time, is parted by the month in which it was taken in: so no sender's clock makes more
/// than a few parts, and nothing is dropped sooner after it was taken in than was promised.
public enum TimePartition: Sendable, Hashable, CustomStringConvertible {
    case month(CalendarMonth)
    /// Taken in during that month, of any time.
    case late(CalendarMonth)

    /// Where a row belongs.
    public init(time: Instant?, takenIn: CalendarMonth) {
        guard let time else {
            self = .late(takenIn)
            return
        }
        let month = CalendarMonth(time)
        self = abs(month.distance(to: takenIn)) <= 1 ? .month(month) : .late(takenIn)
    }

    /// Reads `2026-11` and `2026-11-late`.
    public init?(_ text: String) {
        let isLate = text.hasSuffix(Self.lateEnding)
        guard let month = CalendarMonth(isLate ? text.dropLast(Self.lateEnding.count) : Substring(text)) else {
            return nil
        }
        self = isLate ? .late(month) : .month(month)
    }

    public var month: CalendarMonth {
        switch self {
        case .month(let month), .late(let month): month
        }
    }

    /// The times its rows may have.
    public var bounds: TimeBounds {
        switch self {
        case .month(let month): month.bounds
        case .late: TimeBounds()
        }
    }

    public var description: String {
        switch self {
        case .month(let month): "\(month)"
        case .late(let month): "\(month)\(Self.lateEnding)"
        }
    }

    private static let lateEnding = "-late"
}
