internal import Chronology

/// How an instant is shown: relative for the eye, exact on hover.
struct ShownTime: Sendable {
    /// `3 min ago`, `in 2 h`, or the date when it is more than a week away.
    let relative: String
    /// `2026-11-21 18:04:05`.
    let exact: String
    /// ISO 8601 to the second.
    let iso: String

    init(_ instant: Instant, now: Instant) {
        iso = instant.formatted(fractionDigits: 0)
        exact = String(iso.dropLast()).replacing("T", with: " ")
        relative = ShownTime.relative(instant, now: now) ?? String(exact.prefix(16))
    }

    private static func relative(_ instant: Instant, now: Instant) -> String? {
        let seconds = Int(abs((now - instant).seconds))
        let words: String
        switch seconds {
        case ..<10: return "just now"
        case ..<60: words = "\(seconds) s"
        case ..<3600: words = "\(seconds / 60) min"
        case ..<86_400: words = "\(seconds / 3600) h"
        case ..<(7 * 86_400): words = "\(seconds / 86_400) d"
        default: return nil
        }
        return instant <= now ? "\(words) ago" : "in \(words)"
    }
}
