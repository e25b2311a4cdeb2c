public import Chronology
internal import JSON

/// When a failed operation is tried again.
public enum RetryPolicy: Sendable, Hashable {
    case none
    case fixed(count: Int, interval: TimeSpan)
    case exponential(count: Int, interval: TimeSpan, minimum: TimeSpan, maximum: TimeSpan)

    /// Up to four retries, spaced by 7.5 s and more, between 5 s and 45 s.
    public static let standard = RetryPolicy.exponential(
        count: 4, interval: .seconds(7.5), minimum: .seconds(5), maximum: .seconds(45))

    static let maximumCount = 90
    static let maximumInterval = TimeSpan.days(1)

    /// Reads `inputs.retryPolicy`; nil when there is none or it is not understood.
    init?(_ json: JSON?) {
        guard let json, let type = json.member("type")?.stringValue else { return nil }
        let count = min(max(Int(json.member("count")?.intValue ?? 4), 0), RetryPolicy.maximumCount)
        func span(_ name: String) -> TimeSpan? { json.member(name)?.stringValue.flatMap { TimeSpan(iso8601: $0) } }
        switch type.lowercased() {
        case "none": self = .none
        case "fixed": self = .fixed(count: count, interval: span("interval") ?? .seconds(20))
        case "exponential":
            self = .exponential(
                count: count, interval: span("interval") ?? .seconds(7.5),
                minimum: span("minimumInterval") ?? .seconds(5),
                maximum: min(span("maximumInterval") ?? .hours(1), RetryPolicy.maximumInterval))
        default: return nil
        }
    }

    /// How long to wait before retry `number` (from 1); nil when there are no more.
    ///
    /// - Parameter fraction: a random number from 0 to 1, for exponential policies.
    func delay(before number: Int, fraction: Double) -> TimeSpan? {
        switch self {
        case .none: return nil
        case .fixed(let count, let interval): return number <= count ? interval : nil
        case .exponential(let count, let interval, let minimum, let maximum):
            guard number <= count else { return nil }
            func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: min(exponent, 40), significand: 1) }
            let low = number == 1 ? minimum.seconds : max(power(number - 2) * interval.seconds, minimum.seconds)
            let high = min((number == 1 ? 1 : power(number - 1)) * interval.seconds, maximum.seconds)
            return .seconds(min(low + max(high - low, 0) * fraction, maximum.seconds))
        }
    }
}

extension TimeSpan {
    /// Reads a duration of ISO 8601 (`PT1H30M`, `P1D`, `P2W`); months and years count 30 and 365 days. Nil when it is
    /// none.
    public init?(iso8601 text: some StringProtocol) {
        var isTime = false
        var number = ""
        var seconds = 0.0
        guard text.first == "P", text.count > 1 else { return nil }
        for character in text.dropFirst() {
            if character == "T" {
                isTime = true
            } else if character.isNumber || character == "." {
                number.append(character)
            } else {
                let units: [Character: Double] =
                    isTime
                    ? ["H": 3600, "M": 60, "S": 1]
                    : ["Y": 31_536_000, "M": 2_592_000, "W": 604_800, "D": 86_400]
                guard let unit = units[character], let count = Double(number) else { return nil }
                seconds += unit * count
                number = ""
            }
        }
        guard number.isEmpty, seconds < 4e11 else { return nil }
        self = .seconds(seconds)
    }
}
