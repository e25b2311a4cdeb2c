internal import Chronology
internal import Foundation
internal import Prioritization

/// Where an incident stands against its service level, in one chip.
struct ServiceLevelChip: Sendable {
    let words: String
    let chipClass: String
    /// The level and the exact time, on hover.
    let hint: String

    /// Nil where no service level applies.
    init?(_ timer: ServiceLevelTimer?, _ policy: ServiceLevelPolicy, now: Instant) {
        guard let timer, let level = timer.level else { return nil }
        if let (target, due, share) = timer.next(at: now, policy) {
            let shown = ShownTime(due, now: now)
            words = "\(target.rawValue.capitalized) \(now < due ? shown.relative : "was due \(shown.relative)")"
            let warning = policy.level(named: level)?.warning ?? 1
            chipClass = now >= due ? "bad" : share >= warning ? "warn" : ""
            hint = "\(level): \(target.rawValue) by \(shown.exact) UTC"
        } else {
            let late = ServiceTarget.allCases.filter { timer.clocks[$0]?.isBreached == true }
            guard late.isEmpty else {
                words = "Missed"
                chipClass = "bad"
                hint = "\(level): too late to \(late.map(\.rawValue).joined(separator: ", "))"
                return
            }
            words = "Kept"
            chipClass = "good"
            hint = level
        }
    }
}

/// The clocks of an incident against its service level.
struct ServiceLevelCard: Sendable {
    let level: String?
    let clocks: [Clock]
    /// How working time is counted, where it is not all time.
    let hours: String?

    struct Clock: Sendable {
        let clockName: String
        let state: String
        let stateClass: String
        let detail: String
    }

    init(_ timer: ServiceLevelTimer?, _ policy: ServiceLevelPolicy, now: Instant) {
        level = timer?.level
        clocks = timer.map { timer in ServiceTarget.allCases.compactMap { Clock($0, timer, policy, now: now) } } ?? []
        hours =
            timer?.level.flatMap { policy.level(named: $0) }?.calendar == nil ? nil : "Only business hours count."
    }
}

extension ServiceLevelCard.Clock {
    fileprivate init?(_ target: ServiceTarget, _ timer: ServiceLevelTimer, _ policy: ServiceLevelPolicy, now: Instant) {
        guard let clock = timer.clocks[target] else { return nil }
        clockName = target.rawValue.capitalized
        let used = "after \(timer.used(target, at: now, policy).words) of working time"
        if let met = clock.met {
            state = clock.isBreached ? "too late" : "done"
            stateClass = clock.isBreached ? "bad" : "good"
            detail = "\(ShownTime(met, now: now).relative), \(used)"
        } else if let due = timer.due(target, policy) {
            let isLate = clock.isBreached || now >= due
            state = isLate ? "breached" : clock.isWarned ? "due soon" : "running"
            stateClass = isLate ? "bad" : clock.isWarned ? "warn" : "accent"
            let shown = ShownTime(due, now: now)
            detail = "\(isLate ? "was due" : "due") \(shown.relative), \(shown.exact.prefix(16)) UTC"
        } else {
            state = "no limit"
            stateClass = ""
            detail = ""
        }
    }
}

extension TimeSpan {
    /// `2 d 3 h`, `45 min`.
    var words: String {
        let minutes = Int(max(0, seconds / 60).rounded())
        if minutes < 60 { return "\(minutes) min" }
        if minutes < 1_440 { return "\(minutes / 60) h \(minutes % 60) min" }
        return "\(minutes / 1_440) d \(minutes % 1_440 / 60) h"
    }
}
