public import Chronology

/// When a source usually speaks, learnt from when it spoke: which hours of the week, and how far apart within them.
///
/// Silence is measured only over hours in which the source usually speaks, so that a quiet night or weekend is none.
public struct SourceRhythm: Sendable, Hashable, Codable {
    /// How much must be known before a silence is told from a pause.
    public struct Policy: Sendable, Hashable {
        /// No silence is shorter than this.
        public var least = TimeSpan.minutes(15)
        /// How many times its usual interval a source may be silent.
        public var factor = 3.0
        /// Hours that must have been heard of a source that speaks around the clock.
        public var learningHours = 6
        /// Days on which any other source must have been heard.
        public var learningDays = 3
        /// A longer pause between two steps means that nobody listened meanwhile; it counts for nothing.
        public var longestStep = TimeSpan.minutes(5)

        public init() {}
    }

    private static let hoursPerWeek = 168
    private static let keptGaps = 32
    private static let longestPauseOfUnknown = 240

    /// For each hour of the week how often it was listened to, and how often the source spoke in it.
    private var listened: [Int] = Array(repeating: 0, count: hoursPerWeek)
    private var spoken: [Int] = Array(repeating: 0, count: hoursPerWeek)
    /// The sums of both.
    private var listenedHours = 0
    private var spokenHours = 0
    /// The latest pauses between receipts, in minutes of usual hours; pauses below two minutes are none.
    private var gaps: [Int] = []
    private var activeDays = 0
    private var lastActiveDay: Int64 = -1
    /// The hour since the epoch that runs, and whether the source spoke in it.
    private var hour: Int64?
    private var spokeThisHour = false
    private var lastStep: Int64?
    /// Ticks of usual hours since the source last spoke.
    private var silence: Int64 = 0

    public init() {}

    /// Lets time pass up to `now`; to be called about every minute.
    public mutating func advance(to now: Instant, _ policy: Policy) {
        defer { lastStep = now.ticks }
        let current = now.ticks / TimeSpan.hours(1).ticks
        guard let last = lastStep, let open = hour else {
            hour = current
            return
        }
        let step = now.ticks - last
        guard step >= 0, step <= policy.longestStep.ticks else {
            hour = current
            spokeThisHour = false
            return
        }
        if !isKnown(policy) || isUsual(now, policy) { silence += step }
        guard current > open else { return }
        close(open)
        hour = current
    }

    /// Notes that the source spoke.
    public mutating func hear(at now: Instant, _ policy: Policy) {
        advance(to: now, policy)
        let minutes = Int(silence / TimeSpan.minutes(1).ticks)
        // While its hours are not known, a longer pause may have been its night.
        if minutes >= 2, isKnown(policy) || minutes <= SourceRhythm.longestPauseOfUnknown {
            gaps.append(minutes)
            if gaps.count > SourceRhythm.keptGaps { gaps.removeFirst() }
        }
        silence = 0
        spokeThisHour = true
        let day = now.ticks / TimeSpan.ticksPerDay
        if day != lastActiveDay {
            activeDays += 1
            lastActiveDay = day
        }
    }

    /// How long the source has been silent in hours in which it usually speaks.
    public var silentFor: TimeSpan { TimeSpan(ticks: silence) }

    /// How long it may be silent before that is worth an alert; nil while too little is known of it.
    public func tolerance(_ policy: Policy) -> TimeSpan? {
        guard isKnown(policy) else { return nil }
        return max(policy.least, .seconds(usualInterval.seconds * policy.factor))
    }

    /// The pause that nineteen of twenty did not exceed; one minute when there are none.
    public var usualInterval: TimeSpan {
        guard !gaps.isEmpty else { return .minutes(1) }
        let sorted = gaps.sorted()
        return .minutes(Int64(sorted[min(sorted.count - 1, sorted.count * 19 / 20)]))
    }

    /// Whether the source usually speaks in the hour of this instant.
    public func isUsual(_ instant: Instant, _ policy: Policy) -> Bool {
        let slot = Int(instant.ticks / TimeSpan.hours(1).ticks % Int64(SourceRhythm.hoursPerWeek))
        if listened[slot] >= 2 { return spoken[slot] * 3 >= listened[slot] * 2 }
        if speaksAroundTheClock(policy) { return true }
        let day = slot / 24 * 24
        // A weekday on which it has not spoken yet may be one of its days off.
        guard spokeThisHour || spoken[day..<day + 24].contains(where: { $0 > 0 }) else { return false }
        let sameHour = stride(from: slot % 24, to: SourceRhythm.hoursPerWeek, by: 24)
        let heard = sameHour.reduce(0) { $0 + spoken[$1] }
        let times = sameHour.reduce(0) { $0 + listened[$1] }
        return heard >= 3 && heard * 3 >= times * 2
    }

    private func isKnown(_ policy: Policy) -> Bool {
        activeDays >= policy.learningDays || speaksAroundTheClock(policy)
    }

    private func speaksAroundTheClock(_ policy: Policy) -> Bool {
        spokenHours >= policy.learningHours && spokenHours * 10 >= listenedHours * 9
    }

    private mutating func close(_ hour: Int64) {
        let slot = Int(hour % Int64(SourceRhythm.hoursPerWeek))
        listened[slot] += 1
        if spokeThisHour { spoken[slot] += 1 }
        spokeThisHour = false
        if listened[slot] >= 8 {
            listened[slot] /= 2
            spoken[slot] = (spoken[slot] + 1) / 2
        }
        listenedHours = listened.reduce(0, +)
        spokenHours = spoken.reduce(0, +)
    }
}
