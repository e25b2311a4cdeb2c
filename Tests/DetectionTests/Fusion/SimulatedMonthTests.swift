import Casebook
import Chronology
import Detection
import Logging
import Prioritization
import Simulation
import StateStore
import Synchronization
import Testing
import Vocabulary

@Suite struct SimulatedMonthTests {
    private static let start = Instant(ticks: 639_000_000_000_000_000)

    private static func signals(_ month: SimulatedMonth) -> [FusionSignal] {
        month.alerts.compactMap { made in
            guard let id = made.alert.id else { return nil }
            return FusionSignal(
                origin: .alert(id), rule: made.alert.ruleID, title: made.alert.displayName,
                product: made.alert.productName, severity: made.alert.severity, tactics: made.alert.tactics,
                techniques: made.alert.techniques, subjects: FusionSignal.subjects(of: made.alert.entities),
                start: made.alert.startTime, end: made.alert.endTime)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `look`(seed: UInt64) {
        let month = SimulatedMonth(seed: seed, start: Self.start)
        var kinds: [String: IntrusionKind] = [:]
        for made in month.alerts {
            if let kind = made.intrusion, let id = made.alert.id { kinds["alert:" + id.rawValue] = kind }
        }
        let clock = ContinuousClock.now
        let attacks = FusionEngine().attacks(in: Self.signals(month))
        let sizes = Dictionary(grouping: kinds.values, by: { $0 }).mapValues(\.count)
        for (rank, attack) in attacks.enumerated() {
            let own = attack.members.compactMap { kinds[$0.signal.id]?.rawValue }
            let counts = Dictionary(grouping: own, by: { $0 }).mapValues(\.count)
            print(
                "SEED", seed, "rank", rank + 1, "odds", attack.logOdds, "members", attack.members.count, "rules",
                attack.ruleCount, counts)
        }
        print(
            "SEED", seed, "alerts", month.alerts.count, sizes.map { "\($0.key.rawValue):\($0.value)" }.sorted(),
            ContinuousClock.now - clock)
    }
}
