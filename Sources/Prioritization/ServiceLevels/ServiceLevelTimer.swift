public import Chronology
public import Vocabulary

/// The clocks of one incident against its service level: a state machine that is told what happens and says what to note.
///
/// The time to acknowledge and to contain ends once; the time to close stands still while the incident is closed and goes
/// on when it is reopened. What was used up counts on when another level applies.
public struct ServiceLevelTimer: Sendable, Hashable {
    /// One target's clock.
    public struct Clock: Sendable, Hashable {
        /// Working time used up before `since`.
        public var used: TimeSpan = .zero
        /// When it started to run; nil while it stands.
        public var since: Instant?
        /// When the target was reached.
        public var met: Instant?
        public var isWarned = false
        public var isBreached = false

        public init() {}
    }

    /// Something to be noted, once.
    public enum Action: Sendable, Hashable {
        /// The larger part of the time is used up; it ends at `due`.
        case warned(ServiceTarget, due: Instant)
        case breached(ServiceTarget, due: Instant)
        /// Done, after this working time.
        case met(ServiceTarget, used: TimeSpan, isWithin: Bool)
    }

    /// The service level that applies; nil when none does.
    public internal(set) var level: String?
    public internal(set) var severity: Severity
    public internal(set) var score: Int
    public internal(set) var clocks: [ServiceTarget: Clock]

    /// An incident was opened.
    public init(opened: Instant, severity: Severity, score: Int = 0, _ policy: ServiceLevelPolicy) {
        self.severity = severity
        self.score = score
        level = policy.level(severity: severity, score: score)?.name
        var clock = Clock()
        clock.since = opened
        clocks = Dictionary(uniqueKeysWithValues: ServiceTarget.allCases.map { ($0, clock) })
    }

    init(level: String?, severity: Severity, score: Int, clocks: [ServiceTarget: Clock]) {
        self.level = level
        self.severity = severity
        self.score = score
        self.clocks = clocks
    }

    /// Somebody has taken the incident.
    public mutating func acknowledged(at time: Instant, _ policy: ServiceLevelPolicy) -> [Action] {
        reach(.acknowledge, at: time, policy)
    }

    /// The incident spreads no further.
    public mutating func contained(at time: Instant, _ policy: ServiceLevelPolicy) -> [Action] {
        reach(.contain, at: time, policy)
    }

    /// The incident was closed, and with that all that was to be done about it.
    public mutating func closed(at time: Instant, _ policy: ServiceLevelPolicy) -> [Action] {
        ServiceTarget.allCases.flatMap { reach($0, at: time, policy) }
    }

    /// The incident was opened again.
    public mutating func reopened(at time: Instant) {
        guard clocks[.close]?.met != nil else { return }
        clocks[.close]?.met = nil
        clocks[.close]?.since = time
    }

    /// Severity or score are others now; another level may apply.
    public mutating func ranked(
        severity: Severity? = nil, score: Int? = nil, at time: Instant, _ policy: ServiceLevelPolicy
    ) {
        self.severity = severity ?? self.severity
        self.score = score ?? self.score
        let next = policy.level(severity: self.severity, score: self.score)?.name
        guard next != level else { return }
        for target in ServiceTarget.allCases {
            guard clocks[target]?.since != nil else { continue }
            let spent = used(target, at: time, policy)
            clocks[target]?.used = spent
            clocks[target]?.since = time
        }
        level = next
    }

    /// Time has passed.
    public mutating func passed(to now: Instant, _ policy: ServiceLevelPolicy) -> [Action] {
        guard let level = level.flatMap(policy.level(named:)) else { return [] }
        return ServiceTarget.allCases.flatMap { target -> [Action] in
            guard let due = due(target, policy), let warning = instant(target, share: level.warning, policy) else {
                return []
            }
            var actions: [Action] = []
            if now >= warning, clocks[target]?.isWarned == false, now < due {
                clocks[target]?.isWarned = true
                actions.append(.warned(target, due: due))
            }
            if now >= due, clocks[target]?.isBreached == false {
                clocks[target]?.isWarned = true
                clocks[target]?.isBreached = true
                actions.append(.breached(target, due: due))
            }
            return actions
        }
    }

    /// When the time of a target ends; nil while it does not run or has no limit.
    public func due(_ target: ServiceTarget, _ policy: ServiceLevelPolicy) -> Instant? {
        instant(target, share: 1, policy)
    }

    /// When something is to be noted next; nil when time alone changes nothing.
    public func nextDue(_ policy: ServiceLevelPolicy) -> Instant? {
        guard let level = level.flatMap(policy.level(named:)) else { return nil }
        return ServiceTarget.allCases.compactMap { target -> Instant? in
            guard let clock = clocks[target], !clock.isBreached else { return nil }
            return instant(target, share: clock.isWarned ? 1 : level.warning, policy)
        }.min()
    }

    /// The target whose time ends first, with the share of its time that is used up at an instant.
    public func next(
        at now: Instant, _ policy: ServiceLevelPolicy
    ) -> (target: ServiceTarget, due: Instant, share: Double)? {
        guard let level = level.flatMap(policy.level(named:)), let (target, due) = nextEnd(policy),
            let limit = level.limits[target]
        else { return nil }
        return (target, due, used(target, at: now, policy).seconds / limit.seconds)
    }

    /// The target whose time ends first, and when.
    func nextEnd(_ policy: ServiceLevelPolicy) -> (target: ServiceTarget, due: Instant)? {
        ServiceTarget.allCases.compactMap { target in due(target, policy).map { (target, $0) } }
            .min { $0.1 < $1.1 }
    }

    /// The working time that a target's clock has used up at an instant.
    public func used(_ target: ServiceTarget, at time: Instant, _ policy: ServiceLevelPolicy) -> TimeSpan {
        guard let clock = clocks[target] else { return .zero }
        guard let since = clock.since, since < time else { return clock.used }
        let calendar = level.flatMap(policy.level(named:))?.calendar
        return clock.used + (calendar?.open(from: since, to: time) ?? (time - since))
    }

    private func instant(_ target: ServiceTarget, share: Double, _ policy: ServiceLevelPolicy) -> Instant? {
        guard let level = level.flatMap(policy.level(named:)), let limit = level.limits[target],
            let clock = clocks[target], let since = clock.since
        else { return nil }
        let left = TimeSpan.seconds(limit.seconds * share) + -clock.used
        guard let calendar = level.calendar else { return since + max(left, .zero) }
        return calendar.instant(after: since, working: left)
    }

    private mutating func reach(
        _ target: ServiceTarget, at time: Instant, _ policy: ServiceLevelPolicy
    ) -> [Action] {
        guard clocks[target]?.since != nil else { return [] }
        let due = due(target, policy)
        let spent = used(target, at: time, policy)
        clocks[target]?.used = spent
        clocks[target]?.since = nil
        clocks[target]?.met = time
        guard let due else { return [] }
        guard time > due else { return [.met(target, used: spent, isWithin: clocks[target]?.isBreached == false)] }
        let isNew = clocks[target]?.isBreached == false
        clocks[target]?.isBreached = true
        return (isNew ? [.breached(target, due: due)] : []) + [.met(target, used: spent, isWithin: false)]
    }
}
