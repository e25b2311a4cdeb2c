extension LiteralText {
    private static let ticksPerSecond: Int64 = 10_000_000
    private static let ticksPerDay: Int64 = 864_000_000_000

    /// `1.5h`, `30d`: a number and a unit; ticks of 100 ns, nil when out of range.
    static func shortTimespan(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = String(text.dropFirst(digits.count))
        guard let ticks = TimespanUnit.ticks(of: unit) else { return nil }
        if ticks == 0 { return Double(digits).flatMap { Int64(exactly: ($0 / 100).rounded(.towardZero)) } }
        if let whole = Int64(digits) {
            let (product, isOverflow) = whole.multipliedReportingOverflow(by: ticks)
            return isOverflow ? nil : product
        }
        return Double(digits).flatMap { Int64(exactly: ($0 * Double(ticks)).rounded()) }
    }

    /// The content of `timespan(…)`: `1d`, `d.hh:mm:ss.fffffff`, `hh:mm`, days as a plain number, `min`, `max`.
    static func timespan(_ text: String) -> Int64? {
        switch text {
        case "min": return .min
        case "max": return .max
        default: break
        }
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? trimmed(String(text.dropFirst())) : text
        guard let first = body.utf8.first, first.isDigit else { return nil }
        guard let ticks = body.contains(":") ? clock(body) : shortTimespan(body) ?? days(body) else { return nil }
        return isNegative ? -ticks : ticks
    }

    private static func days(_ text: String) -> Int64? {
        shortTimespan(text + "d")
    }

    /// `d.hh:mm:ss.fffffff`, `hh:mm:ss`, `hh:mm`, `d:hh:mm:ss`
    private static func clock(_ text: String) -> Int64? {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.count <= 4 else { return nil }
        var days: Int64 = 0
        if parts.count == 4 {
            guard let number = Int64(parts.removeFirst()) else { return nil }
            days = number
        } else if let dot = parts[0].firstIndex(of: ".") {
            guard let number = Int64(parts[0][..<dot]) else { return nil }
            days = number
            parts[0] = parts[0][parts[0].index(after: dot)...]
        }
        guard let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60 else { return nil }
        guard days < 10_675_200, let seconds = parts.count == 3 ? secondTicks(parts[2]) : 0 else { return nil }
        let minuteTicks = (hours * 60 + minutes) * 60 * ticksPerSecond
        let (total, isOverflow) = (days * ticksPerDay).addingReportingOverflow(minuteTicks + seconds)
        return isOverflow ? nil : total
    }

    /// `ss.fffffff` in ticks.
    private static func secondTicks(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = Int64(parts[0]), whole < 60, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return whole * ticksPerSecond }
        let digits = parts[1].utf8.prefix(7)
        guard !digits.isEmpty, parts[1].utf8.allSatisfy(\.isDigit) else { return nil }
        var fraction = Int64(String(Substring(digits))) ?? 0
        for _ in digits.count..<7 { fraction *= 10 }
        return whole * ticksPerSecond + fraction
    }
}
