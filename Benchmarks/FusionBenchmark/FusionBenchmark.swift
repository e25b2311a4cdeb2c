internal import Foundation
internal import FusionTrial
internal import Simulation

/// Plays whole simulated months, by default of ten seeds that nothing was tuned on, and prints where the intrusions stand
/// in the queue. Fails when one is not among the first five.
@main
enum FusionBenchmark {
    static func main() async throws {
        let given = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        let seeds = given.isEmpty ? Array(UInt64(101)...110) : given
        print("seed   alerts incidents fused false precision seconds  rank (alerts in incident / all) by intrusion")
        var surfaced = 0
        for seed in seeds {
            let trial = try await MonthTrial(seed: seed)
            let places = trial.sightings.map { sighting in
                "\(sighting.kind.rawValue) \(sighting.rank.map(String.init) ?? "–")"
                    + (sighting.fusedIncidents > 1 ? " in \(sighting.fusedIncidents)" : "")
                    + " (\(sighting.alertsInIncident)/\(sighting.alerts))"
            }
            let figures = String(
                format: "%-6d %6d %9d %5d %5d %9.2f %7.1f  ", Int(seed), trial.alerts, trial.incidents, trial.fused,
                trial.falseFused, trial.precision, trial.seconds)
            print(figures + places.joined(separator: ", "))
            if trial.surfaces() { surfaced += 1 }
        }
        print("all five as one incident each in the first five of the queue: \(surfaced) of \(seeds.count) months")
        if surfaced < seeds.count { exit(1) }
    }
}
