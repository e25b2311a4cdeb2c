public import Chronology

extension Instant {
    /// Reads a date and time as Kusto's `todatetime()` and `datetime(…)` literals do: ISO 8601, `2022/12/02`,
    /// `12-02-2022` (month first), `2 Dec 2022`, `Fri, 02 Dec 2022 13:45:56 GMT`, `20221202`, `Dec 2, 2022 1:45 PM`…
    public init?(kqlText text: String) {
        if let instant = Instant(iso8601: text) {
            self = instant
            return
        }
        guard text.utf8.count <= 64, let reading = DateReading(text) else { return nil }
        guard let instant = reading.instant else { return nil }
        self = instant
    }
}

/// A date and time being read from loose text: numbers and words sorted into the fields of a calendar date.
private struct DateReading {
    private var numbers: [DateToken.Number] = []
    private var month: Int?
    private var monthPosition = 0
    private var clock: [DateToken.Number] = []
    private var isAfternoon: Bool?
    private var offset: Int64 = 0

    init?(_ text: String) {
        guard let tokens = DateToken.tokens(of: text) else { return nil }
        var index = 0
        while index < tokens.count {
            switch tokens[index] {
            case .number(let number):
                let next = index + 1 < tokens.count ? tokens[index + 1] : nil
                if clock.isEmpty, next == .mark(":") {
                    clock = DateReading.clock(tokens, at: &index)
                    guard clock.count >= 2 else { return nil }
                    continue
                }
                if clock.isEmpty, case .word("am") = next {
                    clock = [number]
                } else if clock.isEmpty,
                    case .word("pm") = next
                {
                    clock = [number]
                } else {
                    numbers.append(number)
                }
            case .word(let word):
                guard read(word) else { return nil }
            case .mark(let mark):
                if (mark == "+" || mark == "-") && !clock.isEmpty {
                    guard let shift = DateReading.offset(tokens, at: &index, sign: mark) else { return nil }
                    offset = shift
                    continue
                }
                guard "-/.,".contains(mark) else { return nil }
            }
            index += 1
        }
    }

    /// Reads `h:mm[:ss[.fraction]]` from `index` on.
    private static func clock(_ tokens: [DateToken], at index: inout Int) -> [DateToken.Number] {
        var parts: [DateToken.Number] = []
        while index < tokens.count, case .number(let number) = tokens[index] {
            parts.append(number)
            index += 1
            let isFraction = parts.count == 3 && index < tokens.count && tokens[index] == .mark(".")
            guard index < tokens.count, tokens[index] == .mark(":") || isFraction else { break }
            index += 1
        }
        return parts
    }

    /// Reads `+hh[:]mm` after the clock, in ticks.
    private static func offset(_ tokens: [DateToken], at index: inout Int, sign: Character) -> Int64? {
        index += 1
        let parts = clock(tokens, at: &index)
        guard let first = parts.first else { return nil }
        let minutes =
            parts.count > 1
            ? first.value * 60 + parts[1].value
            : first.digits > 2 ? first.value / 100 * 60 + first.value % 100 : first.value * 60
        return Int64(sign == "-" ? -minutes : minutes) * 600_000_000
    }

    private mutating func read(_ word: String) -> Bool {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        switch word {
        case "am": isAfternoon = false
        case "pm": isAfternoon = true
        case "t", "z", "gmt", "utc": break
        default:
            let stem = String(word.prefix(3))
            if let index = months.firstIndex(of: stem), month == nil {
                month = index + 1
                monthPosition = numbers.count
            } else if !days.contains(stem) {
                return false
            }
        }
        return true
    }

    var instant: Instant? {
        guard var date = calendarDate else { return nil }
        if let hour = clock.first?.value { date.hour = hour }
        if let isAfternoon {
            guard (1...12).contains(date.hour) else { return nil }
            date.hour = date.hour % 12 + (isAfternoon ? 12 : 0)
        }
        date.minute = clock.count > 1 ? clock[1].value : 0
        date.second = clock.count > 2 ? clock[2].value : 0
        date.ticks = clock.count > 3 ? clock[3].asFraction : 0
        guard clock.count <= 4, let instant = date.instant else { return nil }
        return Instant(ticks: instant.ticks - offset)
    }

    private var calendarDate: CivilDate? {
        let values = numbers.map(\.value)
        if let month {
            switch values.count {
            case 1: return numbers[0].digits > 2 ? CivilDate(year: values[0], month: month) : nil
            case 2:
                let yearFirst = numbers[0].digits > 2
                return CivilDate(
                    year: fullYear(numbers[yearFirst ? 0 : 1]), month: month, day: values[yearFirst ? 1 : 0])
            default: return nil
            }
        }
        switch values.count {
        case 1 where numbers[0].digits == 8:
            return CivilDate(year: values[0] / 10_000, month: values[0] / 100 % 100, day: values[0] % 100)
        case 1 where numbers[0].digits == 4: return CivilDate(year: values[0])
        case 2 where numbers[0].digits == 4: return CivilDate(year: values[0], month: values[1])
        case 3 where numbers[0].digits > 2: return CivilDate(year: values[0], month: values[1], day: values[2])
        case 3 where values[0] > 12: return CivilDate(year: fullYear(numbers[2]), month: values[1], day: values[0])
        case 3: return CivilDate(year: fullYear(numbers[2]), month: values[0], day: values[1])
        default: return nil
        }
    }

    /// Two digits mean a year from 1950 to 2049.
    private func fullYear(_ number: DateToken.Number) -> Int {
        number.digits > 2 ? number.value : number.value + (number.value < 50 ? 2000 : 1900)
    }
}

/// A piece of the text of a date.
private enum DateToken: Equatable {
    struct Number: Equatable {
        var value = 0
        var digits = 0

        /// The digits as the fraction of a second, in ticks.
        var asFraction: Int {
            var scaled = value
            for _ in Swift.min(digits, 7)..<7 { scaled *= 10 }
            for _ in 7..<Swift.max(digits, 7) { scaled /= 10 }
            return scaled
        }
    }

    case number(Number)
    case word(String)
    case mark(Character)

    static func tokens(of text: String) -> [DateToken]? {
        var tokens: [DateToken] = []
        for character in text where !character.isWhitespace || tokens.last != .mark(" ") {
            if let digit = character.wholeNumberValue, character.isASCII {
                var number = Number()
                if case .number(let started) = tokens.last {
                    number = started
                    tokens.removeLast()
                }
                guard number.digits < 16 else { return nil }
                tokens.append(.number(Number(value: number.value * 10 + digit, digits: number.digits + 1)))
            } else if character.isLetter {
                if case .word(let started) = tokens.last {
                    tokens[tokens.count - 1] = .word(started + character.lowercased())
                } else {
                    tokens.append(.word(character.lowercased()))
                }
            } else {
                tokens.append(.mark(character.isWhitespace ? " " : character))
            }
        }
        return tokens.filter { $0 != .mark(" ") }
    }
}
