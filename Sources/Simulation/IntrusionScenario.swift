public import Chronology
public import Vocabulary

/// A simulated intrusion into an organisation of some 50 people and 30 computers, hidden in their ordinary traffic.
///
/// The same seed, start and duration give the same events. Any stretch of time may be asked for, in any order: ordinary
/// traffic has no beginning and no end, and the attack lies between `start` and `start + duration`. To play it faster,
/// make it with a shorter duration; its times are then those of the shorter attack.
public struct IntrusionScenario: Sendable {
    public let start: Instant
    public let duration: TimeSpan
    private let traffic: OrdinaryTraffic
    private let attack: [SimulatedEvent]

    /// - Parameter eventsPerMinute: About how many events of ordinary traffic a minute has; 0 for the attack alone.
    public init(seed: UInt64, start: Instant, duration: TimeSpan = .minutes(90), eventsPerMinute: Int = 120) {
        self.start = start
        self.duration = duration
        traffic = OrdinaryTraffic(seed: seed, eventsPerMinute: max(0, eventsPerMinute))
        attack = AttackScript(start: start, duration: duration, seed: seed).events
    }

    /// Where the attack lies.
    public var range: TimeRange { TimeRange(start: start, end: start + duration) }

    /// When each part of the attack begins and ends.
    public var stages: [(stage: AttackStage, range: TimeRange)] {
        AttackStage.allCases.compactMap { stage in
            let times = attack.lazy.filter { $0.stage == stage }.map(\.time)
            guard let first = times.min(), let last = times.max() else { return nil }
            return (stage, TimeRange(start: first, end: last + TimeSpan(ticks: 1)))
        }
    }

    /// The events of a stretch of time, ordered by time.
    public func events(in range: TimeRange) -> [SimulatedEvent] {
        var events = attack.filter { range.contains($0.time) }
        guard range.start < range.end else { return [] }
        if traffic.eventsPerMinute > 0 {
            let first = range.start.unixMicroseconds.floorDivided(by: 60_000_000)
            let last = (range.end.unixMicroseconds - 1).floorDivided(by: 60_000_000)
            for minute in first...max(first, last) {
                events += traffic.events(minute: minute).filter { range.contains($0.time) }
            }
        }
        return events.sorted { $0.time < $1.time }
    }

    /// The events from `instant` on, minute after minute without end.
    public func events(from instant: Instant) -> some Sequence<SimulatedEvent> {
        sequence(state: instant) { (minute: inout Instant) -> [SimulatedEvent]? in
            let next = minute + .minutes(1)
            defer { minute = next }
            return events(in: TimeRange(start: minute, end: next))
        }.lazy.flatMap { $0 }
    }
}
