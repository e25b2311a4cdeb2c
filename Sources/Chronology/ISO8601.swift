extension Instant: CustomStringConvertible {
    /// ISO 8601 in UTC with seven fractional digits, `2020-01-02T03:04:05.6000000Z`: Kusto's text of a datetime.
    public var description: String { formatted(fractionDigits: 7) }

    /// ISO 8601 in UTC with the given number of fractional digits, 0 to 7; further digits are cut off.
    public func formatted(fractionDigits: Int) -> String {
        let date = CivilDate(self)
        var text = ""
        text.reserveCapacity(28)
        text.append(padded: date.year, to: 4)
        text.append("-")
        text.append(padded: date.month, to: 2)
        text.append("-")
        text.append(padded: date.day, to: 2)
        text.append("T")
        text.append(padded: date.hour, to: 2)
        text.append(":")
        text.append(padded: date.minute, to: 2)
        text.append(":")
        text.append(padded: date.second, to: 2)
        if fractionDigits > 0 {
            var divisor = 1
            for _ in fractionDigits..<7 { divisor *= 10 }
            text.append(".")
            text.append(padded: date.ticks / divisor, to: fractionDigits)
        }
        text.append("Z")
        return text
    }

    /// Reads an ISO 8601 / RFC 3339 date or date-time: `2020-01-02`, `2020-01-02T03:04[:05[.678]]`, with `T` or a
    /// blank between, an optional `Z` or `±hh[:]mm`; without an offset it is UTC. Nil when it is not one.
    public init?(iso8601 text: some StringProtocol) {
        var scanner = DigitScanner(text.utf8)
        guard let year = scanner.number(digits: 4), scanner.skip("-"), let month = scanner.number(digits: 2),
            scanner.skip("-"), let day = scanner.number(digits: 2)
        else { return nil }
        var date = CivilDate(year: year, month: month, day: day)
        var offset: Int64 = 0
        if scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") {
            guard let hour = scanner.number(digits: 2), scanner.skip(":"), let minute = scanner.number(digits: 2)
            else { return nil }
            date.hour = hour
            date.minute = minute
            if scanner.skip(":") {
                guard let second = scanner.number(digits: 2) else { return nil }
                date.second = second
                if scanner.skip(".") || scanner.skip(",") {
                    guard let ticks = scanner.fraction() else { return nil }
                    date.ticks = ticks
                }
            }
            guard let read = scanner.utcOffset() else { return nil }
            offset = read
        }
        guard scanner.isAtEnd, let instant = date.instant else { return nil }
        self = Instant(ticks: instant.ticks - offset)
    }
}

extension TimeSpan: CustomStringConvertible {
    /// Kusto's text of a timespan: `[-][d.]hh:mm:ss[.fffffff]`.
    public var description: String {
        let magnitude = ticks.magnitude
        var text = ticks < 0 ? "-" : ""
        let days = magnitude / 864_000_000_000
        if days > 0 { text += "\(days)." }
        text.append(padded: Int(magnitude / 36_000_000_000 % 24), to: 2)
        text.append(":")
        text.append(padded: Int(magnitude / 600_000_000 % 60), to: 2)
        text.append(":")
        text.append(padded: Int(magnitude / 10_000_000 % 60), to: 2)
        let fraction = Int(magnitude % 10_000_000)
        if fraction > 0 {
            text.append(".")
            text.append(padded: fraction, to: 7)
        }
        return text
    }
}

extension String {
    mutating func append(padded number: Int, to width: Int) {
        let digits = String(number)
        for _ in digits.utf8.count..<Swift.max(width, digits.utf8.count) { append("0") }
        append(digits)
    }
}

/// Reads fixed-width numbers and marks off the front of some UTF-8.
struct DigitScanner<Bytes: Sequence> where Bytes.Element == UInt8 {
    private var iterator: Bytes.Iterator
    private var next: UInt8?

    init(_ bytes: Bytes) {
        iterator = bytes.makeIterator()
        next = iterator.next()
    }

    var isAtEnd: Bool { next == nil }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: mark) else { return false }
        next = iterator.next()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One or more digits as ticks of 100 ns; digits after the seventh are dropped.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while let digit = digit() {
            if count < 7 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in Swift.min(count, 7)..<7 { value *= 10 }
        return value
    }

    /// `Z`, nothing, or `±hh[[:]mm]`, in ticks; nil when malformed.
    mutating func utcOffset() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let isNegative: Bool
        if skip("-") {
            isNegative = true
        } else if skip("+") {
            isNegative = false
        } else {
            return nil
        }
        guard let hours = number(digits: 2) else { return nil }
        var minutes = 0
        if !isAtEnd {
            _ = skip(":")
            guard let read = number(digits: 2) else { return nil }
            minutes = read
        }
        let ticks = Int64(hours * 60 + minutes) * 600_000_000
        return isNegative ? -ticks : ticks
    }

    private mutating func digit() -> Int? {
        guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
        next = iterator.next()
        return Int(byte - 0x30)
    }
}
