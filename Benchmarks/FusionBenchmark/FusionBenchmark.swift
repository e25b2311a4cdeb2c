internal import Foundation
internal import FusionTrial
internal import Simulation

/// Plays whole simulated months, by default of ten seeds that nothing was tuned on, and prints where the intrusions stand
/// in the queue: `fusion-benchmark [varied] [SEED | FROM-TO]…`. Fails when one is not among the first five, or stands before
/// less than 99 % of the noise.
@main
enum FusionBenchmark {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let kind = words.lazy.compactMap(SimulatedMonth.Kind.init).first ?? .usual
        let given = words.flatMap(seeds)
        let seeds = given.isEmpty ? Array(UInt64(101)...110) : given
        print(
            "seed   alerts incidents fused false precision seconds  least place among noise, AUC, rank correlation; rank (alerts in incident / all) by intrusion"
        )
        var surfaced = 0
        var leastPlace = 1.0
        var aucs: [Double] = []
        var worst: [Int?] = []
        for seed in seeds {
            let trial = try await MonthTrial(seed: seed, kind: kind)
            let places = trial.sightings.map { sighting in
                "\(sighting.kind.rawValue) \(sighting.rank.map(String.init) ?? "–")"
                    + (sighting.fusedIncidents > 1 ? " in \(sighting.fusedIncidents)" : "")
                    + " (\(sighting.alertsInIncident)/\(sighting.alerts))"
            }
            let figures = String(
                format: "%-6d %6d %9d %5d %5d %9.2f %7.1f  ", Int(seed), trial.alerts, trial.incidents, trial.fused,
                trial.falseFused, trial.precision, trial.seconds)
            let rank = String(
                format: "%.2f %%, AUC %.3f, rho %.2f; ", 100 * trial.leastPlace, trial.auc, trial.correlation)
            leastPlace = min(leastPlace, trial.leastPlace)
            aucs.append(trial.auc)
            worst.append(trial.worstRank)
            print(figures + rank + places.joined(separator: ", "))
            if trial.surfaces() { surfaced += 1 }
        }
        print("all five as one incident each in the first five of the queue: \(surfaced) of \(seeds.count) months")
        let ranks = worst.compactMap(\.self)
        print(
            "worst rank \(ranks.max().map(String.init) ?? "–"); intrusions lost in \(worst.count - ranks.count) months")
        print(
            String(
                format: "every intrusion stands before %.2f %% of the noise or more (promised: 99 %%); mean AUC %.3f",
                100 * leastPlace, aucs.reduce(0, +) / Double(max(1, aucs.count))))
        if surfaced < seeds.count || leastPlace < 0.99 { exit(1) }
    }

    /// `7`, or `200-229`.
    private static func seeds(_ text: String) -> [UInt64] {
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else { return [] }
        return Array(first...last)
    }
}
