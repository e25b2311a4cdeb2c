public import Chronology
public import Vocabulary

/// When a rule runs, over which window, and what its runs led to: a pure state machine.
///
/// Scheduled rules have nominal times T, one frequency apart, and look at `[T − period, T)` by event time; the run
/// starts when the delay for late data is over. NRT rules look at each minute of ingestion time once. Windows that were
/// missed while nothing ran are made up for: one run per nominal time for scheduled rules, one wide window for NRT
/// rules.
public struct RuleSchedule: Sendable, Hashable {
    /// Bounds and delays that hold for all rules.
    public struct Policy: Sendable, Hashable {
        /// How far apart new rules start, on average.
        public var startInterval = TimeSpan(ticks: TimeSpan.ticksPerSecond / 20)
        /// How long after its nominal time a scheduled run starts.
        public var scheduledDelay = TimeSpan.minutes(5)
        /// How far behind the present an NRT window ends.
        public var nearRealTimeDelay = TimeSpan.minutes(2)
        public var nearRealTimeInterval = TimeSpan.minutes(1)
        /// Windows that ended longer ago are not made up for.
        public var longestCatchUp = TimeSpan.days(7)
        /// So many permanent failures of the same kind in a row disable the rule.
        public var failuresUntilDisabled = 10
        /// Waits before a transient failure is tried again; after the last the window is left to the next run.
        public var retryDelays: [TimeSpan] = [.minutes(1), .minutes(5), .minutes(15)]

        public init() {}
    }

    /// A run to make.
    public struct Run: Sendable, Hashable {
        /// The nominal time: the end of the window, and the present as the query's `now()` sees it.
        public var nominalTime: Instant
        public var window: TimeRange
        /// By ingestion time (NRT) instead of event time.
        public var isByIngestionTime: Bool
        /// 0 for the first attempt at this window.
        public var attempt: Int
        /// How long after it the rule's next run follows; nil: by itself.
        public var frequency: TimeSpan?

        public init(
            nominalTime: Instant, window: TimeRange, isByIngestionTime: Bool, attempt: Int = 0,
            frequency: TimeSpan? = nil
        ) {
            self.nominalTime = nominalTime
            self.window = window
            self.isByIngestionTime = isByIngestionTime
            self.attempt = attempt
            self.frequency = frequency
        }

        /// The run that a rule makes at a nominal time.
        public init(nominalTime: Instant, timing: RuleTiming) {
            switch timing {
            case .scheduled(let schedule):
                self.init(
                    nominalTime: nominalTime, window: TimeRange(start: nominalTime - schedule.period, end: nominalTime),
                    isByIngestionTime: false, frequency: schedule.frequency)
            case .nearRealTime:
                self.init(
                    nominalTime: nominalTime, window: TimeRange(start: nominalTime - .minutes(1), end: nominalTime),
                    isByIngestionTime: true)
            }
        }
    }

    /// The nominal times in a range: those of the schedule, or for NRT rules each full minute of ingestion.
    func nominalTimes(in range: TimeRange, timing: RuleTiming) -> [Instant] {
        let (step, phase): (Int64, Int64) =
            switch timing {
            case .scheduled(let schedule):
                (
                    schedule.frequency.ticks,
                    nextNominalTime.ticks - nextNominalTime.ticks.floorDivided(by: schedule.frequency.ticks)
                        * schedule.frequency.ticks
                )
            case .nearRealTime: (TimeSpan.minutes(1).ticks, 0)
            }
        let first = (range.start.ticks - phase + step - 1).floorDivided(by: step)
        var times: [Instant] = []
        var ticks = first * step + phase
        while ticks < range.end.ticks, times.count < Self.mostRerunWindows {
            times.append(Instant(ticks: ticks))
            ticks += step
        }
        return times
    }

    /// So many windows at most are run again at once.
    static let mostRerunWindows = 10_000

    public enum Action: Sendable, Hashable {
        case run(Run)
        /// Nothing is due before that instant.
        case wait(until: Instant)
        /// The rule was disabled after failures; enabling it is a person's decision.
        case disabled
    }

    /// What a failure led to.
    public enum FailureOutcome: Sendable, Hashable {
        case retries(at: Instant)
        /// The window is given up; the next nominal time goes on.
        case givenUp
        case disablesRule
    }

    public internal(set) var nextNominalTime: Instant
    /// Where the last NRT window ended.
    public internal(set) var ingestedUntil: Instant
    public internal(set) var suppressedUntil: Instant?
    public internal(set) var isDisabledByFailures = false
    public internal(set) var attempt = 0
    public internal(set) var retryTime: Instant?
    public internal(set) var failureCode: String?
    public internal(set) var failuresInRow = 0
    /// Nominal times left out by suppression or because they were too long ago, since the beginning.
    public internal(set) var skippedRuns = 0

    /// A rule that starts now: its first window ends now.
    public init(startingAt start: Instant) {
        nextNominalTime = start
        ingestedUntil = start
    }

    /// What to do at the present instant.
    public mutating func next(at now: Instant, timing: RuleTiming, policy: Policy = Policy()) -> Action {
        if isDisabledByFailures { return .disabled }
        switch timing {
        case .scheduled(let schedule): return nextScheduled(at: now, schedule, policy)
        case .nearRealTime: return nextNearRealTime(at: now, policy)
        }
    }

    private mutating func nextScheduled(
        at now: Instant, _ schedule: RuleTiming.Schedule, _ policy: Policy
    ) -> Action {
        skipWhatIsTooOld(now, step: schedule.frequency, policy)
        if let until = suppressedUntil {
            if nextNominalTime < until {
                let steps = (until - nextNominalTime).ticks.ceilingDivided(by: schedule.frequency.ticks)
                nextNominalTime = nextNominalTime + TimeSpan(ticks: schedule.frequency.ticks * steps)
                skippedRuns += Int(steps)
            }
            if now >= until { suppressedUntil = nil }
        }
        let due = max(nextNominalTime + policy.scheduledDelay, retryTime ?? .min)
        guard now >= due else { return .wait(until: due) }
        let window = TimeRange(start: nextNominalTime - schedule.period, end: nextNominalTime)
        return .run(
            Run(
                nominalTime: nextNominalTime, window: window, isByIngestionTime: false, attempt: attempt,
                frequency: schedule.frequency))
    }

    private mutating func nextNearRealTime(at now: Instant, _ policy: Policy) -> Action {
        let minute = policy.nearRealTimeInterval.ticks
        let end = Instant(ticks: (now - policy.nearRealTimeDelay).ticks.floorDivided(by: minute) * minute)
        if end - ingestedUntil > policy.longestCatchUp {
            ingestedUntil = end - policy.longestCatchUp
            skippedRuns += 1
        }
        if let until = suppressedUntil {
            guard end >= until else { return .wait(until: until + policy.nearRealTimeDelay) }
            ingestedUntil = max(ingestedUntil, until)
            suppressedUntil = nil
        }
        if let retryTime, now < retryTime { return .wait(until: retryTime) }
        guard end > ingestedUntil else {
            let next = Instant(ticks: (ingestedUntil.ticks.floorDivided(by: minute) + 1) * minute)
            return .wait(until: next + policy.nearRealTimeDelay)
        }
        let window = TimeRange(start: ingestedUntil, end: end)
        return .run(Run(nominalTime: end, window: window, isByIngestionTime: true, attempt: attempt))
    }

    private mutating func skipWhatIsTooOld(_ now: Instant, step: TimeSpan, _ policy: Policy) {
        let oldest = now - policy.longestCatchUp
        guard nextNominalTime < oldest, step.ticks > 0 else { return }
        let steps = (oldest - nextNominalTime).ticks.ceilingDivided(by: step.ticks)
        nextNominalTime = nextNominalTime + TimeSpan(ticks: step.ticks * steps)
        skippedRuns += Int(steps)
        forgetAttempts()
    }

    /// The run ended and its alerts are recorded.
    public mutating func succeeded(_ run: Run, raisedAlert: Bool, suppression: TimeSpan?, timing: RuleTiming) {
        failureCode = nil
        failuresInRow = 0
        advance(past: run, timing)
        if raisedAlert, let suppression { suppressedUntil = run.nominalTime + suppression }
    }

    /// The run failed. `code` names the kind of failure; only permanent ones count towards disabling the rule.
    public mutating func failed(
        _ run: Run, code: String, isPermanent: Bool, at now: Instant, timing: RuleTiming, policy: Policy = Policy()
    ) -> FailureOutcome {
        guard isPermanent else {
            if attempt < policy.retryDelays.count {
                let retry = now + policy.retryDelays[attempt]
                attempt += 1
                retryTime = retry
                return .retries(at: retry)
            }
            advance(past: run, timing)
            return .givenUp
        }
        failuresInRow = failureCode == code ? failuresInRow + 1 : 1
        failureCode = code
        if failuresInRow >= policy.failuresUntilDisabled {
            isDisabledByFailures = true
            return .disablesRule
        }
        advance(past: run, timing)
        return .givenUp
    }

    /// A person enabled the rule again, or changed it: it starts anew with a window that ends now.
    public mutating func restart(at now: Instant) {
        self = RuleSchedule(startingAt: now)
    }

    private mutating func advance(past run: Run, _ timing: RuleTiming) {
        switch timing {
        case .scheduled(let schedule): nextNominalTime = run.nominalTime + schedule.frequency
        case .nearRealTime: ingestedUntil = run.window.end
        }
        forgetAttempts()
    }

    private mutating func forgetAttempts() {
        attempt = 0
        retryTime = nil
    }
}

extension Int64 {
    /// Division of a positive number rounding up.
    func ceilingDivided(by divisor: Int64) -> Int64 { (self + divisor - 1) / divisor }
}
