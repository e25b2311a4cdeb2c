/// A date as logs write it: `2026-03-01`, `2026-03-01T12:30:00Z`, `2026-03-01 12:30:00.123`. No time zone is converted.
struct SigmaDate: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0

    init?(_ text: UnsafeBufferPointer<UInt8>) {
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= text.count else { return nil }
            return range.reduce(0) { value, index -> Int? in
                guard let value, (48...57).contains(text[index]) else { return nil }
                return value * 10 + Int(text[index] - 48)
            }
        }
        func has(_ mark: Character, at index: Int) -> Bool { index < text.count && text[index] == mark.asciiValue }
        guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
            let day = number(8..<10), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        guard has("T", at: 10) || has(" ", at: 10), let hour = number(11..<13), has(":", at: 13),
            let minute = number(14..<16)
        else { return }
        self.hour = hour
        self.minute = minute
    }

    subscript(part: SigmaDatePart) -> Int {
        switch part {
        case .minute: minute
        case .hour: hour
        case .day: day
        case .week: week
        case .month: month
        case .year: year
        }
    }

    /// The week of ISO 8601: the first one of a year is that of its first Thursday.
    private var week: Int {
        let today = Self.days(year, month, day)
        // Day 0, 1970-01-01, was a Thursday; weeks begin on Monday.
        let thursday = today - (today + 3) % 7 + 3
        for candidate in [year + 1, year, year - 1] {
            let first = Self.days(candidate, 1, 1)
            if thursday >= first { return (thursday - first) / 7 + 1 }
        }
        return 1
    }

    /// Days from 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
