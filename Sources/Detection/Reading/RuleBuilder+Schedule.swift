internal import Chronology
internal import Sigma

extension RuleBuilder {
    /// The rule's kind with its schedule; nil, with a finding, for kinds that run no query.
    mutating func timing() -> RuleTiming? {
        guard let kind = fields["kind"], let text = kind.text else {
            report(.warning, .missingField, "'kind' is missing; Scheduled is taken", nil)
            return .scheduled(schedule())
        }
        switch text.lowercased() {
        case "scheduled": return .scheduled(schedule())
        case "nrt":
            for name in ["queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"] {
                if let value = fields[name] {
                    report(.warning, .invalidSchedule, "an NRT rule has no '\(name)'; it is left out", value.position)
                }
            }
            return .nearRealTime
        default:
            report(
                .error, .unknownKind,
                "'\(text)' is no kind of rule; write Scheduled, NRT, MicrosoftSecurityIncidentCreation, Fusion, "
                    + "MLBehaviorAnalytics or ThreatIntelligence", kind.position)
            return nil
        }
    }

    private mutating func schedule() -> RuleTiming.Schedule {
        let frequency = duration("queryFrequency")
        let period = duration("queryPeriod")
        if fields["queryFrequency"] == nil { missing("queryFrequency", "1h") }
        if fields["queryPeriod"] == nil { missing("queryPeriod", "the frequency") }
        var schedule = RuleTiming.Schedule(frequency: frequency ?? .hours(1), period: .zero, trigger: trigger())
        schedule.period = period ?? schedule.frequency
        check(&schedule)
        return schedule
    }

    private mutating func missing(_ name: String, _ instead: String) {
        report(.warning, .missingField, "'\(name)' is missing; \(instead) is taken", nil)
    }

    /// Brings the schedule within Sentinel's bounds.
    private mutating func check(_ schedule: inout RuleTiming.Schedule) {
        let frequencyPlace = fields["queryFrequency"]?.position
        let periodPlace = fields["queryPeriod"]?.position
        let bounds = TimeSpan.minutes(5)...TimeSpan.days(14)
        if !bounds.contains(schedule.frequency) {
            report(.warning, .invalidSchedule, "'queryFrequency' lies outside 5 minutes to 14 days", frequencyPlace)
            schedule.frequency = min(max(schedule.frequency, bounds.lowerBound), bounds.upperBound)
        }
        if !bounds.contains(schedule.period) {
            report(.warning, .invalidSchedule, "'queryPeriod' lies outside 5 minutes to 14 days", periodPlace)
            schedule.period = min(max(schedule.period, bounds.lowerBound), bounds.upperBound)
        }
        if schedule.period < schedule.frequency {
            report(
                .warning, .invalidSchedule,
                "'queryPeriod' is shorter than 'queryFrequency': events between two runs "
                    + "would never be looked at; the frequency is taken for it", periodPlace)
            schedule.period = schedule.frequency
        }
        if schedule.period >= .days(2) && schedule.frequency < .hours(1) {
            report(
                .warning, .invalidSchedule, "with a look-back of 2 days or more the frequency must be at least 1 hour",
                frequencyPlace)
        }
    }

    private mutating func trigger() -> RuleTrigger {
        var trigger = RuleTrigger()
        if let value = fields["triggerOperator"], let text = value.text {
            if let known = RuleTrigger.Operator(lenient: text) {
                trigger.operator = known
            } else {
                report(
                    .warning, .invalidValue, "'\(text)' is no trigger operator (gt, lt, eq, ne); gt is taken",
                    value.position)
            }
        }
        if let value = fields["triggerThreshold"] {
            if let number = value.text.flatMap({ Int($0) }), (0...10_000).contains(number) {
                trigger.threshold = number
            } else {
                report(
                    .warning, .invalidValue, "'triggerThreshold' is a number from 0 to 10,000; 0 is taken",
                    value.position)
            }
        }
        return trigger
    }
}
