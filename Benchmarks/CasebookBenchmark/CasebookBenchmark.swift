import DuckDBStore
import EventStore
import Foundation
import StateStore

/// casebook-benchmark [--folder FOLDER] [INCIDENTS…]: fills a casebook up to each number of incidents (by default 10,000 and 100,000, with ten
/// alerts each), and measures there what pages read, how many changes a second it makes while the journal's readers
/// follow, and how soon an alert's incident is there. A folder that is named is kept, and what was filled in earlier stays.
@main
enum CasebookBenchmark {
    /// Milliseconds at the 99th percentile.
    private static let bars = [
        "queue page": 20.0, "incident page": 30.0, "incident page, 150 alerts": 30, "search": 100,
        "search, frequent words": 100, "queue page with a search": 100, "all incidents, last page": 20,
    ]
    private static let mostGrowth = 1.5

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let given = arguments.compactMap { Int($0) }
        let sizes = given.isEmpty ? [10_000, 100_000] : given.sorted()
        let kept = arguments.drop { $0 != "--folder" }.dropFirst().first.map { URL(filePath: $0) }
        let folder =
            kept ?? FileManager.default.temporaryDirectory.appending(path: "casebook-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // What is left over harms nothing.
            if kept == nil { try? FileManager.default.removeItem(at: folder) }
        }
        let bench = try Bench(folder: folder)
        var filled = try await bench.filled()
        var medians: [String: Double] = [:]
        for size in sizes {
            let start = ContinuousClock.now
            if filled < size { try await bench.fill(filled..<size) }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(line("\n\(size) incidents", "filled in \(format(seconds, 0)) s, \(memory("VmRSS")) MiB"))
            filled = max(filled, size)
            try await bench.skipJournal()
            for (name, times) in try await bench.reads(incidents: size) {
                let median = times.percentile(0.5)
                let growth = medians[name].map { median / $0 }
                medians[name] = median
                report(name, times, growth)
            }
            for lot in [1, 100] {
                let cost = try await AlertCost(bench: bench).measure(alerts: 2_000, lot: lot)
                print(
                    line("cost of an alert", "\(format(cost, 2)) ms of processor time (bar 2), found \(lot) at a time"))
            }
            let load = try await Load(bench: bench, incidents: size).run(seconds: 20)
            let rate = Double(load.changes) / load.seconds
            print(
                line(
                    "changes/s",
                    "\(format(rate, 0)) (bar 500), \(load.entries) journal entries, readers end \(load.behind) behind"))
            report("alert → incident", load.alerts, nil, bar: 50)
            print(line("memory", "\(memory("VmHWM")) MiB at most (bar 500)"))
        }
        await bench.store.close()
        try bench.database.close()
    }

    private static func report(_ name: String, _ times: Durations, _ growth: Double?, bar: Double? = nil) {
        var text = "p50 \(format(times.percentile(0.5), 2)) ms, p99 \(format(times.percentile(0.99), 2)) ms"
        if let bar = bar ?? bars[name] { text += " (bar \(format(bar, 0)))" }
        if let growth { text += ", \(format(growth, 2)) × (bar \(format(mostGrowth, 1)))" }
        print(line(name, text))
    }

    private static func line(_ name: String, _ text: String) -> String {
        name.padding(toLength: max(30, name.count + 1), withPad: " ", startingAt: 0) + text
    }

    private static func format(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
}
