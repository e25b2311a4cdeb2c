import Casebook
import Export
import Foundation
import Prioritization
import StateStore

/// What an alert costs from its recording until all that follows of it is done: priority, service levels, rows of tables.
struct AlertCost {
    let bench: Bench

    /// Milliseconds of processor time per alert.
    ///
    /// - Parameter lot: how many alerts are found together.
    func measure(alerts count: Int, lot: Int) async throws -> Double {
        let desk = PriorityDesk(
            casebook: bench.casebook, database: bench.database, time: .system, serviceLevels: ServiceLevelPolicy())
        let export = bench.export
        let number = try await bench.unusedNumber()
        let before = processorSeconds()
        let readers: [@Sendable () async throws -> Void] = [
            { try await desk.prioritizer.run() }, { try await desk.serviceLevels.run() }, { try await export.run() },
        ]
        let counted = try await withThrowingTaskGroup(of: Void.self) { group in
            for follow in readers {
                group.addTask {
                    do { try await follow() } catch is CancellationError {}
                }
            }
            let alerts = (0..<(count / SampleAlerts.alertsPerIncident)).flatMap {
                SampleAlerts.alerts(ofIncident: number + $0)
            }
            for start in stride(from: 0, to: alerts.count, by: lot) {
                _ = try await bench.casebook.record(
                    Array(alerts[start..<min(start + lot, alerts.count)]), by: .room("Detection"))
            }
            try await waitForReaders()
            group.cancelAll()
            return alerts.count
        }
        return (processorSeconds() - before) * 1_000 / Double(counted)
    }

    private func waitForReaders() async throws {
        for name in ["prioritization", "service levels", "export.tables"] {
            while try await bench.database.journal.reader(name).position() < bench.database.journal.head().sequence {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Processor time of this process so far, which the kernel counts in hundredths of seconds.
    private func processorSeconds() -> Double {
        // Where there is no /proc the table shows 0.
        let stat = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        let fields = stat.split(separator: " ")
        guard fields.count > 14, let user = Double(fields[13]), let system = Double(fields[14]) else { return 0 }
        return (user + system) / 100
    }
}
