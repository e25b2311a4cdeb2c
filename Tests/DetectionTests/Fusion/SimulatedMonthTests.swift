import FusionTrial
import Testing

@Suite struct SimulatedMonthTests {
    /// The parameters were set on this seed among others: the test holds what was reached, `make bench-fusion` measures on
    /// seeds that nothing was set on.
    @Test func `intrusions hidden in a month of noise surface as one incident each at the head of the queue`()
        async throws
    {
        let trial = try await MonthTrial(seed: 1)
        #expect(trial.surfaces(), "\(trial)")
        #expect(trial.falseFused <= 1)
    }
}
