import Chronology
import KQLValues

/// A part of a date, as `datetime_part`, `datetime_add` and `datetime_diff` name them.
enum CalendarPart: String, Sendable {
    case year, quarter, month, week, day, hour, minute, second, millisecond, microsecond, nanosecond
    case weekOfYear = "week_of_year"
    case dayOfYear = "dayofyear"

    /// Reads a name in any case, also the old spellings.
    init?(name: String) {
        switch name.lowercased() {
        case "weekofyear": self = .weekOfYear
        case "day_of_year": self = .dayOfYear
        case let name: self.init(rawValue: name)
        }
    }

    /// Ticks of the parts of fixed length.
    var ticks: Int64? {
        switch self {
        case .week, .weekOfYear: 7 * TimeSpan.ticksPerDay
        case .day, .dayOfYear: TimeSpan.ticksPerDay
        case .hour: 36_000_000_000
        case .minute: 600_000_000
        case .second: TimeSpan.ticksPerSecond
        case .millisecond: 10_000
        case .microsecond: 10
        case .nanosecond, .year, .quarter, .month: nil
        }
    }

    /// The months of the parts that are counted in months.
    var months: Int? {
        switch self {
        case .year: 12
        case .quarter: 3
        case .month: 1
        default: nil
        }
    }
}

extension Instant {
    /// This instant some months later, on the last day of the month when it has no such day; nil outside the calendar.
    func adding(months: Int) -> Instant? {
        var date = CivilDate(self)
        let (count, overflow) = (date.year * 12 + date.month - 1).addingReportingOverflow(months)
        guard !overflow, count >= 12 else { return nil }
        date.year = count / 12
        date.month = count % 12 + 1
        guard date.year <= 9999 else { return nil }
        date.day = Swift.min(date.day, CivilDate.daysInMonth(year: date.year, month: date.month))
        return date.instant
    }

    /// This instant some parts later.
    func adding(_ count: Int64, _ part: CalendarPart) -> Instant? {
        if let months = part.months {
            let (total, overflow) = Int(count).multipliedReportingOverflow(by: months)
            return overflow ? nil : adding(months: total)
        }
        let unit = part.ticks ?? 1
        let count = part == .nanosecond ? count / 100 : count
        let (span, overflow) = count.multipliedReportingOverflow(by: unit)
        let (sum, secondOverflow) = ticks.addingReportingOverflow(span)
        return overflow || secondOverflow || sum < 0 || sum > Instant.max.ticks ? nil : Instant(ticks: sum)
    }

    /// The start of the day, week (Sunday), month or year that holds this instant.
    func start(of part: CalendarPart) -> Instant {
        let day = Instant(ticks: ticks.floorDivided(by: TimeSpan.ticksPerDay) &* TimeSpan.ticksPerDay)
        let date = CivilDate(day)
        switch part {
        case .week: return Instant(ticks: day.ticks - Int64(date.dayOfWeek) * TimeSpan.ticksPerDay)
        case .month: return CivilDate(year: date.year, month: date.month).instant ?? day
        case .year: return CivilDate(year: date.year).instant ?? day
        case .quarter: return CivilDate(year: date.year, month: (date.month - 1) / 3 * 3 + 1).instant ?? day
        default: return day
        }
    }

    /// How many boundaries of a part lie between `earlier` and this instant.
    func count(of part: CalendarPart, since earlier: Instant) -> Int64? {
        if let months = part.months {
            let left = CivilDate(self)
            let right = CivilDate(earlier)
            let unit = months
            return Int64((left.year * 12 + left.month - 1) / unit - (right.year * 12 + right.month - 1) / unit)
        }
        guard part != .nanosecond else {
            let (nanoseconds, overflow) = (ticks &- earlier.ticks).multipliedReportingOverflow(by: 100)
            return overflow ? nil : nanoseconds
        }
        if part == .week || part == .weekOfYear {
            return (start(of: .week).ticks - earlier.start(of: .week).ticks) / (7 * TimeSpan.ticksPerDay)
        }
        guard let unit = part.ticks else { return nil }
        return ticks.floorDivided(by: unit) - earlier.ticks.floorDivided(by: unit)
    }

    /// The ISO 8601 week number.
    var weekOfYear: Int {
        let date = CivilDate(self)
        let weekday = (date.dayOfWeek + 6) % 7
        let week = (date.dayOfYear - 1 - weekday + 10) / 7
        if week < 1 {
            let lastDay = CivilDate(year: date.year - 1, month: 12, day: 31).instant
            return lastDay?.weekOfYear ?? 52
        }
        guard week == 53 else { return week }
        let newYear = CivilDate(year: date.year + 1, month: 1, day: 1)
        return (newYear.dayOfWeek + 6) % 7 < 4 ? 1 : 53
    }

    /// The number of a part as the calendar reads it.
    func number(of part: CalendarPart) -> Int64 {
        let date = CivilDate(self)
        switch part {
        case .year: return Int64(date.year)
        case .quarter: return Int64((date.month - 1) / 3 + 1)
        case .month: return Int64(date.month)
        case .week, .weekOfYear: return Int64(weekOfYear)
        case .day: return Int64(date.day)
        case .dayOfYear: return Int64(date.dayOfYear)
        case .hour: return Int64(date.hour)
        case .minute: return Int64(date.minute)
        case .second: return Int64(date.second)
        case .millisecond: return Int64(date.ticks / 10_000)
        case .microsecond: return Int64(date.ticks / 10)
        case .nanosecond: return Int64(date.ticks * 100)
        }
    }
}
