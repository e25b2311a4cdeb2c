import Chronology
import KQLValues

/// `format_datetime` and `format_timespan`.
let timeFormatFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "format_datetime", family: .dateTime,
        summary: "The datetime written by a format of letters such as yyyy-MM-dd HH:mm:ss.",
        signatures: [.takes(.datetime("date"), .string("format"), returns: .string)],
        naming: .firstArgument,
        evaluate: each { (date: Instant, format: String) throws(EvaluationError) -> String? in
            try TimeFormat(format, for: .datetime).text(CivilDate(date), days: 0)
        })
    ScalarFunction(
        "format_timespan", family: .dateTime,
        summary: "The timespan written by a format of letters such as d.hh:mm:ss.fff.",
        signatures: [.takes(.timespan("span"), .string("format"), returns: .string)],
        naming: .firstArgument,
        evaluate: each { (span: TimeSpan, format: String) throws(EvaluationError) -> String? in
            let magnitude = Int64(clamping: span.ticks.magnitude)
            let reading = CivilDate(Instant(ticks: magnitude % TimeSpan.ticksPerDay))
            return try TimeFormat(format, for: .timespan).text(reading, days: Int(magnitude / TimeSpan.ticksPerDay))
        })
}

/// A format: runs of the same letter stand for parts of a time, other characters for themselves.
private struct TimeFormat {
    private let runs: [(letter: Character, count: Int)]
    private let type: KQLType

    init(_ format: String, for type: KQLType) {
        var runs: [(letter: Character, count: Int)] = []
        for character in format {
            if let last = runs.last, last.letter == character {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((character, 1))
            }
        }
        self.runs = runs
        self.type = type
    }

    func text(_ date: CivilDate, days: Int) throws(EvaluationError) -> String {
        var text = ""
        for (letter, count) in runs {
            switch letter {
            case "y" where type == .datetime:
                text += count <= 2 ? padded(date.year % 100, count) : padded(date.year, count)
            case "M" where type == .datetime: text += padded(date.month, count)
            case "d": text += padded(type == .timespan ? days : date.day, count)
            case "h" where type == .datetime: text += padded((date.hour + 11) % 12 + 1, count)
            case "h", "H": text += padded(date.hour, count)
            case "m": text += padded(date.minute, count)
            case "s": text += padded(date.second, count)
            case "f": text += fraction(date.ticks, count)
            case "F": text += fraction(date.ticks, count)
            case "t" where type == .datetime: text += (date.hour < 12 ? "AM" : "PM").prefix(count)
            case let letter where letter.isLetter:
                throw EvaluationError("'\(letter)' has no meaning in the format of a \(type)")
            default: text += String(repeating: letter, count: count)
            }
        }
        return text
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, min(width, 8) - digits.count)) + digits
    }

    private func fraction(_ ticks: Int, _ count: Int) -> String {
        String(padded(ticks, 7).prefix(count))
    }
}
