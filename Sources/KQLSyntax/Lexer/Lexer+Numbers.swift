extension Lexer {
    /// `12`, `0xFF`, `1.5`, `1e3`, `2.5h`; digits glued to other letters form a word (`3Dchart`).
    mutating func scanNumber() {
        let start = offset
        if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x"), peek(2).hexValue != nil {
            offset += 2
            while peek().hexValue != nil { offset += 1 }
            finishNumber(.long, from: start)
            return
        }
        skipDigits()
        var kind = Token.Kind.long
        if peek() == UInt8(ascii: "."), peek(1) != UInt8(ascii: "."), !peek(1).isWordStart {
            offset += 1
            skipDigits()
            kind = .real
        }
        if let length = exponentLength() {
            offset += length
            kind = .real
        }
        finishNumber(kind, from: start)
    }

    private mutating func skipDigits() {
        while peek().isDigit { offset += 1 }
    }

    /// The length of `e10`, `E-3` at the offset.
    private func exponentLength() -> Int? {
        guard peek() | 0x20 == UInt8(ascii: "e") else { return nil }
        let isSigned = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
        var length = isSigned ? 2 : 1
        guard peek(length).isDigit else { return nil }
        while peek(length).isDigit { length += 1 }
        return peek(length).isWordPart ? nil : length
    }

    /// Looks at letters glued to the number: a timespan unit, or a word that starts with digits.
    private mutating func finishNumber(_ kind: Token.Kind, from start: Int) {
        let unitStart = offset
        guard peek().isWordPart else {
            append(kind, from: start)
            return
        }
        skipWordCharacters()
        let unit = String(decoding: bytes[unitStart..<offset], as: UTF8.self)
        if TimespanUnit.ticks(of: unit) != nil {
            append(.timespan, from: start)
        } else if kind == .long {
            appendWord(.identifier, from: start)
        } else {
            offset = unitStart
            append(kind, from: start)
        }
    }
}

/// The units of timespan literals.
enum TimespanUnit {
    private static let units: [String: Int64] = {
        var table: [String: Int64] = [:]
        let day: Int64 = 864_000_000_000
        for name in ["d", "day", "days"] { table[name] = day }
        for name in ["h", "hr", "hrs", "hour", "hours"] { table[name] = day / 24 }
        for name in ["m", "min", "minute", "minutes"] { table[name] = 600_000_000 }
        for name in ["s", "sec", "second", "seconds"] { table[name] = 10_000_000 }
        for name in ["ms", "milli", "millis", "millisec", "millisecond", "milliseconds"] { table[name] = 10_000 }
        for name in ["micro", "micros", "microsec", "microsecond", "microseconds"] { table[name] = 10 }
        for name in ["tick", "ticks"] { table[name] = 1 }
        for name in ["nano", "nanos", "nanosec", "nanosecond", "nanoseconds"] { table[name] = 0 }
        return table
    }()

    /// Ticks of 100 ns in one unit; 0 for nanoseconds, which are a hundredth of a tick.
    static func ticks(of unit: String) -> Int64? { units[unit] }
}
