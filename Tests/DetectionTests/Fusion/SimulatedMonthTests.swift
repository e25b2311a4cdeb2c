import FusionTrial
import Testing

@Suite struct SimulatedMonthTests {
    @Test(arguments: [21, 22] as [UInt64])
    func `intrusions hidden in noise surface as one incident each at the head of the queue`(seed: UInt64) async throws {
        let trial = try await MonthTrial(seed: seed, days: 14, alertsPerDay: 60)
        #expect(trial.surfaces(), "\(trial)")
        #expect(trial.precision > 0.7)
        #expect(trial.falseFused <= 1)
    }
}
