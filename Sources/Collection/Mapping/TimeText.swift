internal import Chronology

/// Reads points in time as log sources write them.
enum TimeText {
    /// ISO 8601 with any separator between date and time, seconds, milliseconds, microseconds or nanoseconds since 1970
    /// by magnitude, or `10/Jun/2020:13:55:36 +0000`, `Jun 10 2020 13:55:36`, `6/10/2020 1:55:36 PM`.
    static func instant(_ text: UnsafeBufferPointer<UInt8>) -> Instant? {
        let utf8 = NumberText.trimmed(text)
        guard let first = utf8.first, utf8.count >= 4 else { return nil }
        if utf8.count >= 10, utf8[4] == UInt8(ascii: "-") { return iso(utf8) }
        if (0x30...0x39).contains(first), let seconds = epoch(utf8) { return seconds }
        return named(String(decoding: utf8, as: UTF8.self))
    }

    /// The common form by hand, the rest by the full reader.
    private static func iso(_ utf8: UnsafeBufferPointer<UInt8>) -> Instant? {
        var position = 0
        func digits(_ count: Int) -> Int? {
            guard position + count <= utf8.count else { return nil }
            var value = 0
            for index in position..<(position + count) {
                let digit = utf8[index] &- 0x30
                guard digit <= 9 else { return nil }
                value = value * 10 + Int(digit)
            }
            position += count
            return value
        }
        guard let year = digits(4), skip(&position, utf8), let month = digits(2), skip(&position, utf8),
            let day = digits(2), skip(&position, utf8), let hour = digits(2), skip(&position, utf8),
            let minute = digits(2), skip(&position, utf8), let second = digits(2)
        else { return Instant(iso8601: String(decoding: utf8, as: UTF8.self)) }
        var date = CivilDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        if position < utf8.count, utf8[position] == UInt8(ascii: ".") || utf8[position] == UInt8(ascii: ",") {
            position += 1
            var scale = 1_000_000
            let start = position
            while position < utf8.count, case let digit = utf8[position] &- 0x30, digit <= 9 {
                date.ticks += Int(digit) * scale
                scale /= 10
                position += 1
            }
            guard position > start else { return nil }
        }
        while position < utf8.count, utf8[position] == UInt8(ascii: " ") { position += 1 }
        if position == utf8.count || (position + 1 == utf8.count && utf8[position] | 0x20 == UInt8(ascii: "z")) {
            return date.instant
        }
        return date.instant.flatMap { shifted($0, offset: utf8[position...]) }
    }

    private static func skip(_ position: inout Int, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        guard position < utf8.count else { return false }
        let byte = utf8[position]
        position += 1
        return byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "T")
            || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "t")
    }

    /// `+hh:mm`, `-hhmm`, `+hh` or `UTC`.
    private static func shifted(_ instant: Instant, offset: Slice<UnsafeBufferPointer<UInt8>>) -> Instant? {
        guard let sign = offset.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            let zone = String(decoding: offset, as: UTF8.self)
            return zone == "UTC" || zone == "GMT" || zone == "+00:00 UTC" ? instant : nil
        }
        let digits = offset.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let numbers = digits.map { Int64($0 - 0x30) }
        let hours = numbers[0] * 10 + numbers[1]
        let minutes = numbers.count == 4 ? numbers[2] * 10 + numbers[3] : 0
        let shift = TimeSpan.minutes(hours * 60 + minutes)
        return sign == UInt8(ascii: "-") ? instant + shift : instant - shift
    }

    private static func epoch(_ utf8: UnsafeBufferPointer<UInt8>) -> Instant? {
        guard utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let number = NumberText.real(utf8)
        else { return nil }
        // `1784016001.000000` are seconds, however many zeros there are.
        if !utf8.contains(UInt8(ascii: ".")), let whole = NumberText.integer(utf8) {
            switch utf8.count {
            case 9...11: return Instant(unixMicroseconds: whole * 1_000_000)
            case 12...14: return Instant(unixMicroseconds: whole * 1000)
            case 15...17: return Instant(unixMicroseconds: whole)
            case 18...19: return Instant(unixMicroseconds: whole / 1000)
            default: return nil
            }
        }
        return number >= 1e8 && number < 1e11 ? Instant(unixSeconds: number) : nil
    }

    private static func named(_ text: String) -> Instant? {
        let parts = text.split { " /:,".contains($0) }
        guard parts.count >= 3 else { return nil }
        var date = CivilDate(year: 0)
        var rest: [Substring]
        if let month = month(parts[0]), let day = Int(parts[1]), parts.count >= 6, let year = Int(parts[2]) {
            (date.year, date.month, date.day, rest) = (year, month, day, Array(parts[3...]))
        } else if let day = Int(parts[0]), let month = month(parts[1]), let year = Int(parts[2]) {
            (date.year, date.month, date.day, rest) = (year, month, day, Array(parts[3...]))
        } else if text.contains("/"), let month = Int(parts[0]), let day = Int(parts[1]), let year = Int(parts[2]) {
            (date.year, date.month, date.day, rest) = (year, month, day, Array(parts[3...]))
        } else {
            return nil
        }
        return time(of: &rest, on: date)
    }

    private static func time(of rest: inout [Substring], on start: CivilDate) -> Instant? {
        var date = start
        let isAfternoon = rest.last?.uppercased() == "PM"
        let isMorning = rest.last?.uppercased() == "AM"
        if isAfternoon || isMorning { rest.removeLast() }
        guard rest.count <= 4 else { return nil }
        if rest.count >= 2 {
            guard let hour = Int(rest[0]), let minute = Int(rest[1]) else { return nil }
            date.hour = isAfternoon ? hour % 12 + 12 : isMorning ? hour % 12 : hour
            date.minute = minute
        }
        if rest.count >= 3 {
            let seconds = rest[2].split(separator: ".", maxSplits: 1)
            guard let first = seconds.first, let second = Int(first) else { return nil }
            date.second = second
            if seconds.count == 2, let fraction = Double("0." + seconds[1]) { date.ticks = Int(fraction * 1e7) }
        }
        guard let instant = date.instant else { return nil }
        guard rest.count == 4 else { return instant }
        return Array(rest[3].utf8).withUnsafeBufferPointer { shifted(instant, offset: $0[...]) }
    }

    static func month(_ text: Substring) -> Int? {
        guard text.utf8.count >= 3 else { return nil }
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.firstIndex(of: text.prefix(3).lowercased()).map { $0 + 1 }
    }

    /// Gives `body` what `Instant.description` says, without making a `String` of it.
    static func withUTF8(_ instant: Instant, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let date = CivilDate(instant)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 28) { text in
            var end = 0
            func write(_ number: Int, _ digits: Int, _ mark: Unicode.Scalar) {
                var rest = number
                for position in (end..<(end + digits)).reversed() {
                    text[position] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                text[end + digits] = UInt8(ascii: mark)
                end += digits + 1
            }
            write(date.year, 4, "-")
            write(date.month, 2, "-")
            write(date.day, 2, "T")
            write(date.hour, 2, ":")
            write(date.minute, 2, ":")
            write(date.second, 2, ".")
            write(date.ticks, 7, "Z")
            body(UnsafeBufferPointer(rebasing: text[..<end]))
        }
    }

    /// `[-][d.]hh:mm[:ss[.fffffff]]`.
    static func span(_ utf8: UnsafeBufferPointer<UInt8>) -> TimeSpan? {
        var text = Substring(String(decoding: NumberText.trimmed(utf8), as: UTF8.self))
        let isNegative = text.hasPrefix("-")
        if isNegative { text = text.dropFirst() }
        let parts = text.split(separator: ":")
        guard parts.count == 2 || parts.count == 3, let minutes = Int64(parts[1]), minutes < 60 else { return nil }
        let head = parts[0].split(separator: ".")
        guard head.count <= 2, let last = head.last, let hours = Int64(last), hours < 1 << 20,
            let days = head.count == 2 ? Int64(head[0]) : 0, days < 1 << 20
        else { return nil }
        let seconds = parts.count == 3 ? Double(parts[2]) : 0
        guard let seconds, seconds >= 0, seconds < 60 else { return nil }
        let ticks = TimeSpan.days(days).ticks + TimeSpan.minutes(hours * 60 + minutes).ticks + Int64(seconds * 1e7)
        return TimeSpan(ticks: isNegative ? -ticks : ticks)
    }
}
