internal import API
internal import Chronology
internal import Detection
internal import Vocabulary

/// Runs rules that the API is asked for.
struct RuleRunDesk: RuleRuns {
    let runner: RuleRunner
    let states: RuleStates

    func run(rule id: String, nominalTime: Instant) async throws -> RuleRunOutcome? {
        try await runner.run(rule: id, nominalTime: nominalTime).map(RuleRunOutcome.init)
    }

    func rerun(rule id: String, _ range: TimeRange) async throws -> [RuleRunOutcome]? {
        try await runner.rerun(rule: id, range)?.map(RuleRunOutcome.init)
    }

    func latest(rule id: String, limit: Int) async throws -> [RuleRunOutcome] {
        try await states.health(of: id, limit: limit).map(RuleRunOutcome.init)
    }
}

extension RuleRunOutcome {
    fileprivate init(_ health: RuleHealth) {
        self.init(
            ruleID: health.ruleID, time: health.time, window: health.window, succeeded: health.status == .success,
            message: health.message, results: health.results, alerts: health.alerts, seconds: health.seconds)
    }
}
