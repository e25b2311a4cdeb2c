/// A calendar date and time of day in UTC, in the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Sendable {
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    /// The fraction of a second, 0 to 9,999,999 ticks of 100 ns.
    public var ticks: Int

    public init(
        year: Int,
        month: Int = 1,
        day: Int = 1,
        hour: Int = 0,
        minute: Int = 0,
        second: Int = 0,
        ticks: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.ticks = ticks
    }

    /// The calendar reading of an instant.
    public init(_ instant: Instant) {
        let days = instant.ticks.floorDivided(by: TimeSpan.ticksPerDay)
        let rest = Int(instant.ticks - days * TimeSpan.ticksPerDay)
        (year, month, day) = CivilDate.date(daysSinceYearOne: Int(days))
        let seconds = rest / 10_000_000
        hour = seconds / 3600
        minute = seconds / 60 % 60
        second = seconds % 60
        ticks = rest % 10_000_000
    }

    /// The instant of this reading, or nil when a field is outside its range or the year is not 1 to 9999.
    public var instant: Instant? {
        guard
            (1...9999).contains(year), (1...12).contains(month),
            (1...CivilDate.daysInMonth(year: year, month: month)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
            (0...9_999_999).contains(ticks)
        else { return nil }
        let days = Int64(CivilDate.daysSinceYearOne(year: year, month: month, day: day))
        let seconds = Int64(hour * 3600 + minute * 60 + second)
        return Instant(ticks: days * TimeSpan.ticksPerDay + seconds * TimeSpan.ticksPerSecond + Int64(ticks))
    }

    /// Sunday is 0, Saturday 6.
    public var dayOfWeek: Int {
        (CivilDate.daysSinceYearOne(year: year, month: month, day: day) + 1) % 7
    }

    /// 1 January is 1.
    public var dayOfYear: Int {
        CivilDate.daysSinceYearOne(year: year, month: month, day: day)
            - CivilDate.daysSinceYearOne(year: year, month: 1, day: 1) + 1
    }

    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    public static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 0001-01-01, by the algorithm of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    public static func daysSinceYearOne(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 306
    }

    static func date(daysSinceYearOne days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 306
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
