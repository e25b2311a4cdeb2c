import Chronology
import Detection
import Testing
import Vocabulary

@Suite struct RuleScheduleTests {
    private static let hourly = RuleTiming.scheduled(RuleTiming.Schedule(frequency: .hours(1), period: .hours(2)))

    private static func at(_ text: String) throws -> Instant {
        try #require(Instant(iso8601: "2026-03-01T" + text + "Z"))
    }

    private static func window(_ start: String, _ end: String) throws -> TimeRange {
        try TimeRange(start: at(start), end: at(end))
    }

    /// All windows that a rule runs over when it is asked every minute of a span.
    private static func windows(
        from start: Instant, to end: Instant, timing: RuleTiming, schedule: inout RuleSchedule
    ) -> [TimeRange] {
        var windows: [TimeRange] = []
        var now = start
        while now <= end {
            while case .run(let run) = schedule.next(at: now, timing: timing) {
                windows.append(run.window)
                schedule.succeeded(run, raisedAlert: false, suppression: nil, timing: timing)
            }
            now = now + .minutes(1)
        }
        return windows
    }

    @Test func `a run looks back from its nominal time and starts five minutes after it`() throws {
        var schedule = RuleSchedule(startingAt: try Self.at("10:00:00"))
        #expect(
            schedule.next(at: try Self.at("10:04:59"), timing: Self.hourly) == .wait(until: try Self.at("10:05:00")))
        guard case .run(let run) = schedule.next(at: try Self.at("10:05:00"), timing: Self.hourly) else {
            Issue.record("the run is due")
            return
        }
        #expect(run.window == (try Self.window("08:00:00", "10:00:00")))
        schedule.succeeded(run, raisedAlert: true, suppression: nil, timing: Self.hourly)
        #expect(
            schedule.next(at: try Self.at("10:06:00"), timing: Self.hourly) == .wait(until: try Self.at("11:05:00")))
    }

    @Test
    func `windows of a rule whose look-back is its frequency follow without gap or overlap, also after an outage`()
        throws
    {
        let timing = RuleTiming.scheduled(RuleTiming.Schedule(frequency: .minutes(10), period: .minutes(10)))
        var schedule = RuleSchedule(startingAt: try Self.at("00:00:00"))
        var windows = Self.windows(
            from: try Self.at("00:00:00"), to: try Self.at("01:00:00"), timing: timing, schedule: &schedule)
        windows += Self.windows(
            from: try Self.at("05:03:00"), to: try Self.at("06:00:00"), timing: timing, schedule: &schedule)
        #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(windows.last?.end == (try Self.at("05:50:00")))
    }

    @Test func `near-real-time windows cover each minute of ingestion once and an outage in one`() throws {
        var schedule = RuleSchedule(startingAt: try Self.at("00:00:30"))
        var windows = Self.windows(
            from: try Self.at("00:00:30"), to: try Self.at("00:10:30"), timing: .nearRealTime, schedule: &schedule)
        #expect(windows.count == 8)
        let resumed = Self.windows(
            from: try Self.at("03:00:00"), to: try Self.at("03:00:00"), timing: .nearRealTime, schedule: &schedule)
        #expect(resumed == [try Self.window("00:08:00", "02:58:00")])
        windows += resumed
        #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.end == $1.start })
    }

    @Test func `suppression leaves out the nominal times that it covers`() throws {
        var schedule = RuleSchedule(startingAt: try Self.at("10:00:00"))
        guard case .run(let run) = schedule.next(at: try Self.at("10:05:00"), timing: Self.hourly) else {
            Issue.record("the run is due")
            return
        }
        schedule.succeeded(run, raisedAlert: true, suppression: .hours(3), timing: Self.hourly)
        #expect(
            schedule.next(at: try Self.at("12:05:00"), timing: Self.hourly) == .wait(until: try Self.at("13:05:00")))
        #expect(schedule.skippedRuns == 2)
    }

    @Test func `transient failures are retried at growing intervals and then the next window goes on`() throws {
        var schedule = RuleSchedule(startingAt: try Self.at("10:00:00"))
        var now = try Self.at("10:05:00")
        var waits: [TimeSpan] = []
        for _ in 0..<3 {
            guard case .run(let run) = schedule.next(at: now, timing: Self.hourly) else { break }
            guard
                case .retries(let retry) = schedule.failed(
                    run, code: "timeout", isPermanent: false, at: now, timing: Self.hourly)
            else { break }
            waits.append(retry - now)
            now = retry
        }
        #expect(waits == [.minutes(1), .minutes(5), .minutes(15)])
        guard case .run(let last) = schedule.next(at: now, timing: Self.hourly) else {
            Issue.record("the last attempt is due")
            return
        }
        #expect(schedule.failed(last, code: "timeout", isPermanent: false, at: now, timing: Self.hourly) == .givenUp)
        #expect(schedule.nextNominalTime == (try Self.at("11:00:00")))
    }

    @Test func `ten permanent failures of one kind in a row disable a rule, of two kinds do not`() throws {
        var schedule = RuleSchedule(startingAt: try Self.at("00:00:00"))
        var now = try Self.at("00:05:00")
        var outcomes: [RuleSchedule.FailureOutcome] = []
        let codes = ["missing"] + Array(repeating: "invalid", count: 10)
        for code in codes {
            guard case .run(let run) = schedule.next(at: now, timing: Self.hourly) else { break }
            outcomes.append(
                schedule.failed(run, code: code, isPermanent: true, at: now, timing: Self.hourly))
            now = now + .hours(1)
        }
        #expect(outcomes.count == 11 && outcomes.dropLast().allSatisfy { $0 == .givenUp })
        #expect(outcomes.last == .disablesRule)
        #expect(schedule.next(at: now, timing: Self.hourly) == .disabled)
    }
}
