public import Chronology
internal import Foundation
internal import Synchronization

/// The hours in which a team works: by the clock on the wall of its time zone, without holidays.
public struct BusinessCalendar: Sendable, Hashable {
    /// Minutes after local midnight, the end excluded; 1440 is the end of the day.
    public typealias Hours = Range<Int>

    /// A day of the local calendar.
    public struct Day: Sendable, Hashable {
        public var year: Int
        public var month: Int
        public var day: Int

        public init(year: Int, month: Int, day: Int) {
            self.year = year
            self.month = month
            self.day = day
        }
    }

    private let zone: TimeZone
    /// By weekday, Sunday 0 to Saturday 6.
    private let week: [[Hours]]
    private let holidays: Set<Day>
    private let known: KnownDays

    /// - Parameter zone: a name of the time zone database, `Europe/Berlin`.
    /// - Returns: Nil for an unknown time zone.
    public init?(zone name: String, week: [Int: [Hours]], holidays: Set<Day> = []) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
        self.week = (0...6).map { (week[$0] ?? []).sorted { $0.lowerBound < $1.lowerBound } }
        self.holidays = holidays
        known = KnownDays()
    }

    /// How long the calendar looks ahead for working time.
    private static let horizon = 3_700

    /// The working time between two instants.
    public func open(from start: Instant, to end: Instant) -> TimeSpan {
        guard start < end else { return .zero }
        var total = TimeSpan.zero
        var midnight = localMidnight(before: start)
        for _ in 0..<BusinessCalendar.horizon {
            // No clock on a wall is a day ahead of UTC.
            guard midnight < end + .days(1) else { break }
            for (opening, closing) in intervals(of: midnight) {
                let (from, to) = (max(opening, start), min(closing, end))
                if from < to { total = total + (to - from) }
            }
            midnight = midnight + .days(1)
        }
        return total
    }

    /// The instant at which this much working time has passed; nil when that is more than ten years away.
    public func instant(after start: Instant, working span: TimeSpan) -> Instant? {
        guard span > .zero else { return start }
        var left = span
        var midnight = localMidnight(before: start)
        for _ in 0..<BusinessCalendar.horizon {
            for (opening, closing) in intervals(of: midnight) {
                let from = max(opening, start)
                guard from < closing else { continue }
                if left <= closing - from { return from + left }
                left = left + -(closing - from)
            }
            midnight = midnight + .days(1)
        }
        return nil
    }

    /// The working hours of the local day that begins at `midnight` (a local reading).
    private func intervals(of midnight: Instant) -> [(Instant, Instant)] {
        known.intervals(of: midnight) { computedIntervals(of: midnight) }
    }

    private func computedIntervals(of midnight: Instant) -> [(Instant, Instant)] {
        let date = CivilDate(midnight)
        guard !holidays.contains(Day(year: date.year, month: date.month, day: date.day)) else { return [] }
        return week[date.dayOfWeek].map { hours in
            (
                instant(local: midnight + .minutes(Int64(hours.lowerBound))),
                instant(local: midnight + .minutes(Int64(hours.upperBound)))
            )
        }
    }

    /// The local midnight at or before an instant, as a local reading; a day earlier, since zones may turn back.
    private func localMidnight(before instant: Instant) -> Instant {
        let local = instant + offset(at: instant)
        let days = local.ticks.floorDivided(by: TimeSpan.ticksPerDay)
        return Instant(ticks: (days - 1) * TimeSpan.ticksPerDay)
    }

    /// The instant at which the clock on the wall shows this reading: the first of two in autumn; one that spring leaves out
    /// is read an hour later.
    private func instant(local: Instant) -> Instant {
        let early = local - offset(at: local - .days(1))
        let late = local - offset(at: local + .days(1))
        let candidates = [min(early, late), max(early, late)]
        return candidates.first { $0 + offset(at: $0) == local } ?? candidates[1]
    }

    private func offset(at instant: Instant) -> TimeSpan {
        .seconds(Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: instant.unixSeconds))))
    }
}

extension BusinessCalendar {
    public static func == (one: BusinessCalendar, other: BusinessCalendar) -> Bool {
        one.zone == other.zone && one.week == other.week && one.holidays == other.holidays
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(zone)
        hasher.combine(week)
        hasher.combine(holidays)
    }
}

/// The working hours of the days that were asked for: to ask a time zone for its offset costs more than all the rest.
private final class KnownDays: Sendable {
    private static let most = 4_096
    private let days = Mutex<[Instant: [(Instant, Instant)]]>([:])

    func intervals(of midnight: Instant, _ compute: () -> [(Instant, Instant)]) -> [(Instant, Instant)] {
        if let known = days.withLock({ $0[midnight] }) { return known }
        let intervals = compute()
        days.withLock { days in
            if days.count >= Self.most { days.removeAll() }
            days[midnight] = intervals
        }
        return intervals
    }
}
