internal import Chronology

/// A point in time as the workflow language handles it: a reading, and whether it is known to be UTC.
struct Timestamp {
    var instant: Instant
    /// Text without `Z` or offset stays so when printed with `o` or `K`.
    var isUTC: Bool

    /// Reads ISO 8601, RFC 1123 and US short dates; an offset is converted to UTC.
    init?(_ text: String) {
        let trimmed = StringFunctions.trimmed(text)
        if let instant = Instant(iso8601: trimmed) {
            let time = trimmed.dropFirst(10)
            self.init(instant: instant, isUTC: time.isEmpty || time.contains { "Zz+-".contains($0) })
            return
        }
        guard let instant = TimestampText.unitedStates(trimmed) ?? TimestampText.rfc1123(trimmed) else { return nil }
        self.init(instant: instant, isUTC: trimmed.hasSuffix("GMT") || trimmed.hasSuffix("Z"))
    }

    init(instant: Instant, isUTC: Bool = true) {
        self.instant = instant
        self.isUTC = isUTC
    }

    func formatted(_ format: String?) -> String? { DateFormat(format ?? "o").text(of: self) }
}

/// Dates in other notations than ISO 8601.
enum TimestampText {
    /// `3/15/2018`, `3/15/2018 1:30:00 PM`.
    static func unitedStates(_ text: String) -> Instant? {
        let fields = text.split(separator: " ")
        guard let date = fields.first, fields.count <= 3 else { return nil }
        let numbers = date.split(separator: "/").compactMap { Int($0) }
        guard numbers.count == 3, numbers.count == date.split(separator: "/").count else { return nil }
        var civil = CivilDate(year: numbers[2], month: numbers[0], day: numbers[1])
        if fields.count > 1 {
            let clock = fields[1].split(separator: ":").compactMap { Int($0) }
            guard (2...3).contains(clock.count) else { return nil }
            civil.hour = clock[0]
            civil.minute = clock[1]
            civil.second = clock.count > 2 ? clock[2] : 0
            if fields.count > 2 {
                let isAfternoon = fields[2].lowercased() == "pm"
                civil.hour = civil.hour % 12 + (isAfternoon ? 12 : 0)
            }
        }
        return civil.instant
    }

    /// `Thu, 15 Mar 2018 13:30:00 GMT` (RFC 1123).
    static func rfc1123(_ text: String) -> Instant? {
        let fields = text.split(separator: " ")
        guard fields.count >= 5, fields[0].hasSuffix(","), let day = Int(fields[1]), let year = Int(fields[3]),
            let month = DateFormat.months.firstIndex(where: { $0.hasPrefix(fields[2]) })
        else { return nil }
        let clock = fields[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        let civil = CivilDate(
            year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2])
        return civil.instant
    }
}

/// A .NET date format in the invariant culture: a standard letter (`o`, `D`, `r`…) or a custom pattern.
struct DateFormat {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private let format: String

    init(_ format: String) {
        self.format = format
    }

    /// The text; nil when the format is not understood.
    func text(of timestamp: Timestamp) -> String? {
        guard timestamp.instant >= .min, timestamp.instant <= .max else { return nil }
        let pattern = format.isEmpty ? "o" : format
        guard pattern.utf8.count == 1 else { return custom(Array(pattern), timestamp) }
        guard let expanded = DateFormat.standard(pattern) else { return nil }
        return custom(Array(expanded), timestamp)
    }

    private static func standard(_ letter: String) -> String? {
        switch letter {
        case "o", "O": "yyyy-MM-ddTHH:mm:ss.fffffffK"
        case "s": "yyyy-MM-ddTHH:mm:ss"
        case "u": "yyyy-MM-dd HH:mm:ss'Z'"
        case "r", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'"
        case "d": "MM/dd/yyyy"
        case "D": "dddd, dd MMMM yyyy"
        case "t": "HH:mm"
        case "T": "HH:mm:ss"
        case "f": "dddd, dd MMMM yyyy HH:mm"
        case "F", "U": "dddd, dd MMMM yyyy HH:mm:ss"
        case "g": "MM/dd/yyyy HH:mm"
        case "G": "MM/dd/yyyy HH:mm:ss"
        case "m", "M": "MMMM dd"
        case "y", "Y": "yyyy MMMM"
        default: nil
        }
    }

    private func custom(_ pattern: [Character], _ timestamp: Timestamp) -> String? {
        let date = CivilDate(timestamp.instant)
        var result = ""
        var position = 0
        while position < pattern.count {
            let character = pattern[position]
            if character == "'" || character == "\"" {
                guard let end = pattern[(position + 1)...].firstIndex(of: character) else { return nil }
                result += String(pattern[(position + 1)..<end])
                position = end + 1
                continue
            }
            if character == "\\" || character == "%" {
                if character == "\\", position + 1 < pattern.count { result.append(pattern[position + 1]) }
                position += character == "\\" ? 2 : 1
                continue
            }
            let run = pattern[position...].prefix { $0 == character }.count
            position += run
            result += Self.field(character, run, date, isUTC: timestamp.isUTC)
        }
        return result
    }

    private static func field(_ letter: Character, _ width: Int, _ date: CivilDate, isUTC: Bool) -> String {
        switch letter {
        case "y": return width <= 2 ? padded(date.year % 100, to: width) : padded(date.year, to: width)
        case "M": return name(months[date.month - 1], date.month, width)
        case "d": return name(days[date.dayOfWeek], date.day, width)
        case "H": return padded(date.hour, to: width)
        case "h": return padded((date.hour + 11) % 12 + 1, to: width)
        case "m": return padded(date.minute, to: width)
        case "s": return padded(date.second, to: width)
        case "f": return String(padded(date.ticks, to: 7).prefix(width))
        case "F":
            var digits = String(padded(date.ticks, to: 7).prefix(width))
            while digits.hasSuffix("0") { digits.removeLast() }
            return digits
        case "t": return String((date.hour < 12 ? "AM" : "PM").prefix(width))
        case "K": return isUTC ? "Z" : ""
        case "z": return width > 2 ? "+00:00" : width == 2 ? "+00" : "+0"
        case "g": return "A.D."
        default: return String(repeating: letter, count: width)
        }
    }

    private static func name(_ name: String, _ number: Int, _ width: Int) -> String {
        switch width {
        case 1, 2: padded(number, to: width)
        case 3: String(name.prefix(3))
        default: name
        }
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(min(width, 9) - digits.count, 0)) + digits
    }
}
