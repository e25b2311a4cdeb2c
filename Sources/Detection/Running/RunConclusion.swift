internal import Chronology

extension RuleSchedule {
    /// Moves on after a run and tells how it ended.
    ///
    /// - Parameter error: why the run failed; nil: it did not, and what it found is kept.
    mutating func conclude(
        _ run: Run, error: RuleQueryError?, raisedAlert: Bool, suppression: TimeSpan?, at now: Instant,
        timing: RuleTiming, policy: Policy
    ) -> RuleHealth.Status {
        guard let error else {
            succeeded(run, raisedAlert: raisedAlert, suppression: suppression, timing: timing)
            return .success
        }
        let outcome = failed(
            run, code: error.code, isPermanent: error.isPermanent, at: now, timing: timing, policy: policy)
        return switch outcome {
        case .retries: .retried
        case .givenUp: .failure
        case .disablesRule: .disabled
        }
    }
}
