public import Chronology

extension TimeSpan {
    /// Reads a length of time as `totimespan()` and `timespan(…)` literals do: `[-][d.]hh:mm[:ss[.fffffff]]`, a whole
    /// number of days, or a number with a unit (`1.5h`, `90m`, `100 ms`, `2days`, `5 ticks`).
    public init?(kqlText text: String) {
        var body = text.utf8[...].trimmingBlanks
        let isNegative = body.first == UInt8(ascii: "-")
        if isNegative { body = body.dropFirst() }
        let unsigned = Substring(body)
        guard unsigned.utf8.count <= 40, let ticks = TimeSpan.clock(unsigned) ?? TimeSpan.quantity(unsigned) else {
            return nil
        }
        self.init(ticks: isNegative ? -ticks : ticks)
    }

    /// `[d.]hh:mm[:ss[.fffffff]]` or `d`.
    private static func clock(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 { return Int64(text).flatMap { ticks($0, of: ticksPerDay) } }
        guard (2...3).contains(parts.count) else { return nil }
        let head = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard head.count <= 2, let hours = head.last.flatMap({ Int64($0) }), let minutes = Int64(parts[1]),
            hours < 24 || head.count == 1, (0...59).contains(minutes), hours >= 0
        else { return nil }
        var seconds = Double(0)
        if parts.count == 3 {
            guard let read = Double(parts[2]), (0..<60).contains(read) else { return nil }
            seconds = read
        }
        let days = head.count == 2 ? Int64(head[0]) : 0
        guard let days, days >= 0, days < 10_675_199, hours < 256_204_778 else { return nil }
        return days * ticksPerDay + hours * 36_000_000_000 + minutes * 600_000_000
            + Int64(((seconds * 1e7) + 1e-3).rounded(.down))
    }

    /// A number with a unit.
    private static func quantity(_ text: Substring) -> Int64? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).drop(while: \.isWhitespace)
        guard let ticksPerUnit = TimeSpan.ticks(perUnit: unit.lowercased()) else { return nil }
        if let whole = Int64(number) { return ticks(whole, of: ticksPerUnit) }
        guard let count = Double(number) else { return nil }
        return Int64(exactly: (count * Double(ticksPerUnit)).rounded(.towardZero))
    }

    private static func ticks(_ count: Int64, of unit: Int64) -> Int64? {
        let (ticks, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : ticks
    }

    /// The ticks of a unit of timespan literals; nanoseconds are below a tick and not among them.
    public static func ticks(perUnit name: String) -> Int64? {
        switch name {
        case "d", "day", "days": ticksPerDay
        case "h", "hr", "hrs", "hour", "hours": 36_000_000_000
        case "m", "min", "minute", "minutes": 600_000_000
        case "s", "sec", "second", "seconds": ticksPerSecond
        case "ms", "milli", "millis", "millisec", "millisecond", "milliseconds": 10_000
        case "micro", "micros", "microsec", "microsecond", "microseconds": 10
        case "tick", "ticks": 1
        default: nil
        }
    }
}
