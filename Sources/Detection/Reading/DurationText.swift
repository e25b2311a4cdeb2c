public import Chronology

/// The spellings of durations in analytics rules.
public enum DurationText {
    /// Reads ISO 8601 (`PT5H`, `P1DT12H`), .NET (`01:00:00`, `1.00:00:00`, a bare number of days) or `5m`, `1h`, `14d`.
    public static func read(_ text: String) -> TimeSpan? {
        let text = text[...].trimmingBlanks.lowercased()
        if text.hasPrefix("p") { return iso8601(text.dropFirst()) }
        if text.contains(":") { return dotNet(text) }
        if let days = Int64(text) { return bounded(days, 86_400) }
        guard let unit = text.last, let count = Int64(text.dropLast()) else { return nil }
        switch unit {
        case "s": return bounded(count, 1)
        case "m": return bounded(count, 60)
        case "h": return bounded(count, 3_600)
        case "d": return bounded(count, 86_400)
        default: return nil
        }
    }

    /// ISO 8601 text, `PT5H`, `P1D`.
    public static func iso8601(_ span: TimeSpan) -> String {
        let seconds = span.ticks / TimeSpan.ticksPerSecond
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        var text = "P"
        if days > 0 { text += "\(days)D" }
        guard rest > 0 || days == 0 else { return text }
        text += "T"
        if rest / 3_600 > 0 { text += "\(rest / 3_600)H" }
        if rest % 3_600 / 60 > 0 { text += "\(rest % 3_600 / 60)M" }
        if rest % 60 > 0 || rest == 0 { text += "\(rest % 60)S" }
        return text
    }

    private static let mostSeconds: Int64 = 366 * 86_400

    private static func bounded(_ count: Int64, _ unit: Int64) -> TimeSpan? {
        guard count >= 0, count <= mostSeconds / unit else { return nil }
        return TimeSpan(ticks: count * unit * TimeSpan.ticksPerSecond)
    }

    private static func iso8601(_ text: Substring) -> TimeSpan? {
        var total: Int64 = 0
        var digits = ""
        var isTime = false
        var hasPart = false
        for character in text {
            if character == "t" && !isTime && digits.isEmpty {
                isTime = true
            } else if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                let units: [Character: Int64] =
                    isTime ? ["h": 3_600, "m": 60, "s": 1] : ["d": 86_400, "w": 604_800]
                guard let unit = units[character], let count = Int64(digits), let span = bounded(count, unit) else {
                    return nil
                }
                total += span.ticks
                digits = ""
                hasPart = true
            }
        }
        return hasPart && digits.isEmpty ? TimeSpan(ticks: total) : nil
    }

    private static func dotNet(_ text: String) -> TimeSpan? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        let first = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(first.count), let hours = Int64(first[first.count - 1]), let minutes = Int64(parts[1]),
            (0..<60).contains(minutes), hours >= 0
        else { return nil }
        let days = first.count == 2 ? Int64(first[0]) : 0
        let seconds = parts.count == 3 ? Int64(parts[2].prefix { $0 != "." }) : 0
        guard let days, let seconds, days >= 0, (0..<60).contains(seconds) else { return nil }
        guard first.count == 1 || hours < 24, days < 366, hours < 366 * 24 else { return nil }
        return bounded(days * 86_400 + hours * 3_600 + minutes * 60 + seconds, 1)
    }
}
