internal import Chronology
internal import Vocabulary

/// The runs that a rule would have made over a stretch of history, by the arithmetic of its schedule.
struct BacktestWindows {
    private var schedule: RuleSchedule
    private let timing: RuleTiming
    private let suppression: TimeSpan?
    private let end: Instant
    private let policy: RuleSchedule.Policy

    /// Windows end within `range`; the first look back beyond its start.
    init(_ timing: RuleTiming, suppression: TimeSpan?, over range: TimeRange) {
        self.timing = timing
        self.suppression = suppression
        end = range.end
        switch timing {
        case .scheduled(let rule): schedule = RuleSchedule(startingAt: range.start + rule.frequency)
        case .nearRealTime: schedule = RuleSchedule(startingAt: range.start)
        }
        var policy = RuleSchedule.Policy()
        policy.scheduledDelay = .zero
        policy.nearRealTimeDelay = .zero
        policy.longestCatchUp = range.duration + .days(30)
        self.policy = policy
    }

    /// The next run; nil at the end of the range. An NRT rule's wide window is taken an hour at a time.
    mutating func next() -> RuleSchedule.Run? {
        guard case .run(let run) = schedule.next(at: end, timing: timing, policy: policy) else { return nil }
        guard timing == .nearRealTime else { return run }
        let hour = min(run.window.start + .hours(1), run.window.end)
        return RuleSchedule.Run(
            nominalTime: hour, window: TimeRange(start: run.window.start, end: hour), isByIngestionTime: false)
    }

    /// The run was made, or known to give nothing.
    mutating func passed(_ run: RuleSchedule.Run, raisedAlert: Bool) {
        schedule.succeeded(run, raisedAlert: raisedAlert, suppression: suppression, timing: timing)
    }

    /// The minutes of an hour of an NRT rule, as it would have looked at them one by one.
    func minutes(of run: RuleSchedule.Run) -> [RuleSchedule.Run] {
        var runs: [RuleSchedule.Run] = []
        var start = run.window.start
        while start < run.window.end {
            let end = min(start + policy.nearRealTimeInterval, run.window.end)
            runs.append(
                RuleSchedule.Run(
                    nominalTime: end, window: TimeRange(start: start, end: end), isByIngestionTime: false))
            start = end
        }
        return runs
    }
}
