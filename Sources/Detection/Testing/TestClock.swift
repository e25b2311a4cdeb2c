internal import Chronology
internal import Sigma

/// When the events of a test happen.
struct TestClock {
    /// The present of tests that tell no time at all.
    static let standard = Instant(unixSeconds: 1_772_366_400)
    /// How long before the present an event is that tells no time.
    private static let usualAge = TimeSpan.minutes(1)
    private static let column = "TimeGenerated"

    /// The end of the rule's window.
    let now: Instant

    /// - Parameter collected: the times of rows that came of raw lines.
    init(_ test: RuleTest, collected: [Instant]) {
        if let now = test.now {
            self.now = now
            return
        }
        let told = test.events.compactMap { event -> Instant? in
            guard let first = Self.absolute(event.fields[Self.column]) else { return nil }
            return first + TimeSpan(ticks: event.interval.ticks * Int64(max(0, event.count - 1)))
        }
        now = (told + collected).max().map { $0 + TimeSpan(ticks: 1) } ?? Self.standard
    }

    /// When a repetition of the event happens; nil when what it says is no time.
    func time(of event: TestEvent, repetition: Int) -> Instant? {
        let offset = TimeSpan(ticks: event.interval.ticks * Int64(repetition))
        guard let value = event.fields[Self.column] else {
            let before = TimeSpan(ticks: event.interval.ticks * Int64(event.count - 1 - repetition))
            return now - Self.usualAge - before
        }
        if let absolute = Self.absolute(value) { return absolute + offset }
        guard let text = value.text, text.hasPrefix("-"), let age = DurationText.read(String(text.dropFirst())) else {
            return nil
        }
        return now - age + offset
    }

    private static func absolute(_ value: YAMLValue?) -> Instant? {
        value?.text.flatMap { Instant(iso8601: $0) }
    }
}
