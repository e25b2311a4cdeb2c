import Foundation
import FusionTrial
import Simulation
import Testing

@Suite struct SimulatedMonthTests {
    /// The parameters were set on this seed among others: the test holds what was reached, `make bench-fusion` measures on
    /// seeds that nothing was set on. The first half of the month; TOCSIN_MONTH_DAYS says how much, and `make test-all`
    /// plays all of it.
    @Test func `intrusions hidden in a month of noise surface as one incident each at the head of the queue`()
        async throws
    {
        let days = ProcessInfo.processInfo.environment["TOCSIN_MONTH_DAYS"].flatMap { Int($0) } ?? 15
        let trial = try await MonthTrial(seed: 1, days: days)
        #expect(trial.surfaces(), "\(trial)")
        #expect(trial.falseFused <= 1)
    }

    /// Half a month of another organisation; nothing was set on it.
    @Test func `another organisation's intrusions surface too`() async throws {
        let trial = try await MonthTrial(seed: 302, days: 15, alertsPerDay: 100, kind: .varied)
        #expect(trial.surfaces(), "\(trial)")
    }
}
