import Casebook
import Chronology
import Export
import Foundation
import Prioritization
import StateStore
import Vocabulary

/// Changes of all kinds at once, while the readers of the journal follow.
struct Load {
    struct Figures: Sendable {
        var changes = 0
        var seconds = 0.0
        var entries: Int64 = 0
        /// From an alert's being handed over until its incident can be read.
        var alerts = Durations()
        /// Journal entries that the slower of the two readers was behind at the end.
        var behind: Int64 = 0
    }

    let bench: Bench
    let incidents: Int

    /// Works with eight parties for some seconds.
    func run(seconds: Double) async throws -> Figures {
        let casebook = bench.casebook
        let journal = bench.database.journal
        let prioritizer = Prioritizer(casebook: casebook, journal: journal)
        let export = bench.export
        let first = try await bench.unusedNumber()
        let before = try await journal.head().sequence
        var result = Figures()
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        try await withThrowingTaskGroup(of: Figures?.self) { group in
            group.addTask {
                do { try await prioritizer.run() } catch is CancellationError {}
                return nil
            }
            group.addTask {
                do { try await export.run() } catch is CancellationError {}
                return nil
            }
            for worker in 0..<8 {
                group.addTask { try await work(worker, from: first, until: end) }
            }
            var working = 8
            while working > 0, let done = try await group.next() {
                guard let done else { continue }
                working -= 1
                result.changes += done.changes
                result.alerts.add(done.alerts)
            }
            group.cancelAll()
        }
        result.seconds = (ContinuousClock.now - start) / .seconds(1)
        let head = try await journal.head().sequence
        result.entries = head - before
        for name in ["prioritization", "export.tables"] {
            result.behind = max(result.behind, head - (try await journal.reader(name).position()))
        }
        return result
    }

    /// One party: an alert that joins an incident, then changes of owner and status, a comment, a task.
    private func work(_ worker: Int, from first: Int, until end: ContinuousClock.Instant) async throws -> Figures {
        var figures = Figures()
        var round = 0
        while ContinuousClock.now < end {
            let number = first + worker * 100_000 + round / 8
            let alert = SampleAlerts.alert(round % 8, ofIncident: number)
            let start = ContinuousClock.now
            let recorded = try await bench.casebook.record(
                alert, grouping: SampleAlerts.grouping, by: .room("Detection"))
            guard let id = recorded.incidentID, try await bench.casebook.incident(id) != nil else { continue }
            figures.alerts.add(ContinuousClock.now - start)
            figures.changes += 1
            try await change(id, round)
            figures.changes += 1
            round += 1
        }
        return figures
    }

    private func change(_ id: IncidentID, _ round: Int) async throws {
        let casebook = bench.casebook
        var change = IncidentChange()
        switch round % 8 {
        case 0: change.owner = .assign(IncidentOwner(objectID: "u-\(round % 30)", assignedTo: "Analyst \(round % 30)"))
        case 2: change.status = .active
        case 4: change.addedLabels = [IncidentLabel(name: "label \(round % 50)")]
        case 6: change.severity = .high
        case 1, 5:
            try await casebook.addComment("Looked at it in round \(round).", to: id, by: Bench.person)
            return
        default:
            try await casebook.addTask(title: "Ask the owner, round \(round)", to: id, by: Bench.person)
            return
        }
        try await casebook.update(id, change, by: Bench.person)
    }
}
