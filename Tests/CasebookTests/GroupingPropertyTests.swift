import Casebook
import Chronology
import Foundation
import JSON
import StateStore
import Testing
import Vocabulary

/// The same alerts make the same incidents, whatever the interleaving, and wherever the process is started anew.
@Suite struct GroupingPropertyTests {
    /// How a run takes the alerts in.
    private struct Interleaving {
        var seed: UInt64
        var restarts = false
    }

    private static let groupings: [AlertGrouping] = [
        .sharedEntities(SharedEntityGrouping(window: .hours(3))),
        .rule(GroupingConfiguration(matchingMethod: .anyAlert, lookback: .hours(2))),
        .rule(GroupingConfiguration(matchingMethod: .allEntities, lookback: .hours(6))),
        .rule(
            GroupingConfiguration(
                matchingMethod: .selected(
                    .init(entityKinds: [.host], alertDetails: [.severity], customDetails: ["Image"])),
                lookback: .hours(6))),
    ]

    /// Many alerts on few things, so that incidents overflow, and some that tie them together.
    private func stream(seed: UInt64, count: Int) -> [NewAlert] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            var entities: [Entity] = [.host("ws\(Int.random(in: 0..<3, using: &generator))")]
            if Int.random(in: 0..<12, using: &generator) == 0 {
                entities.append(.host("ws\(Int.random(in: 0..<3, using: &generator))"))
            }
            var alert = NewAlert.sample(
                "a\(index)", minute: Int64.random(in: 0..<2_000, using: &generator),
                severity: Int.random(in: 0..<8, using: &generator) == 0 ? .high : .medium,
                rule: "r\(Int.random(in: 0..<2, using: &generator))", tactics: [.execution], entities: entities)
            alert.customDetails["Image"] = [Int.random(in: 0..<3, using: &generator) == 0 ? "x.exe" : "y.exe"]
            alert.description = "What alert \(index) is about."
            return alert
        }
    }

    /// The incidents as sets of alerts, with what is derived from them.
    private func incidents(
        of alerts: [NewAlert], _ grouping: AlertGrouping, _ interleaving: Interleaving
    ) async throws -> Set<[String]> {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over temporary folder harms nothing
        let path = folder.appending(path: "state.sqlite").path
        var generator = SeededGenerator(seed: interleaving.seed)
        var rest = alerts.shuffled(using: &generator)[...]
        var found: Set<[String]> = []
        repeat {
            let part = rest.prefix(interleaving.restarts ? max(1, alerts.count / 3) : alerts.count)
            rest = rest.dropFirst(part.count)
            let database =
                try interleaving.restarts
                ? StateDatabase.open(path: path, rooms: [Casebook.migrations])
                : StateDatabase.inMemory(rooms: [Casebook.migrations])
            let fixture = try CasebookFixture(database: database)
            try await withThrowingDiscardingTaskGroup { group in
                for alert in part {
                    group.addTask {
                        try await fixture.casebook.record(alert, grouping: grouping, by: CasebookFixture.detection)
                    }
                }
            }
            found = try await told(by: fixture)
            try database.close()
        } while !rest.isEmpty
        return found
    }

    private func told(by fixture: CasebookFixture) async throws -> Set<[String]> {
        let page = try await fixture.casebook.incidents(IncidentQuery(limit: 1_000))
        let head = try await fixture.database.journal.head()
        #expect(try await fixture.database.journal.verify() == .intact(count: head.sequence, head: head))
        #expect(page.incidents.allSatisfy { $0.alertCount == $0.alertIDs.count && $0.alertCount <= 150 })
        return Set(
            page.incidents.filter { $0.mergedInto == nil }.map { incident in
                [
                    incident.title, incident.severity.rawValue, incident.description,
                    "\(incident.firstActivityTime?.description ?? "") \(incident.lastActivityTime?.description ?? "")",
                ] + incident.alertIDs.map(\.rawValue).sorted()
            })
    }

    /// The fewest alerts that still fall into other incidents when they come otherwise, by leaving out halves, quarters…
    private func shrunk(_ alerts: [NewAlert], _ grouping: AlertGrouping, _ interleaving: Interleaving) async throws
        -> [NewAlert]
    {
        var smallest = alerts
        var size = alerts.count / 2
        while size > 0 {
            var start = 0
            while start < smallest.count {
                let candidate = Array(smallest[..<start] + smallest[min(start + size, smallest.count)...])
                let one = try await incidents(of: candidate, grouping, Interleaving(seed: 0))
                let other = try await incidents(of: candidate, grouping, interleaving)
                if one != other { smallest = candidate } else { start += size }
            }
            size /= 2
        }
        return smallest
    }

    /// One by default, which any change of grouping meets; TOCSIN_GROUPING_SEEDS says how many.
    private static let seeds: [UInt64] = {
        let count = ProcessInfo.processInfo.environment["TOCSIN_GROUPING_SEEDS"].flatMap(UInt64.init) ?? 1
        return (0..<max(1, count)).map { 11 + $0 }
    }()

    @Test(arguments: seeds)
    func `interleavings and restarts change no incident, full ones included, from seed`(seed: UInt64) async throws {
        let alerts = stream(seed: seed, count: 330)
        for grouping in Self.groupings {
            let reference = try await incidents(of: alerts, grouping, Interleaving(seed: 0))
            for interleaving in [Interleaving(seed: seed &+ 1), Interleaving(seed: seed &+ 2, restarts: true)] {
                let other = try await incidents(of: alerts, grouping, interleaving)
                guard other != reference else { continue }
                let few = try await shrunk(alerts, grouping, interleaving)
                Issue.record(
                    """
                    seed \(seed), interleaving \(interleaving), \(grouping): \(few.count) alerts are enough:
                    \(few.map { "\($0.id?.rawValue ?? "") \($0.startTime) \($0.entities.map(\.friendlyName))" })
                    """)
            }
        }
    }

    @Test func `the latest alerts move on when a full incident gets an earlier one`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(GroupingConfiguration(matchingMethod: .anyAlert))
        for index in (0..<152).reversed() {
            try await fixture.casebook.record(
                .sample("a\(1_000 + index)", minute: Int64(index)), grouping: grouping, by: CasebookFixture.detection)
        }
        let incidents = try await fixture.casebook.incidents(
            IncidentQuery(order: .by(.number, descending: false))
        ).incidents
        #expect(incidents.map(\.alertCount) == [150, 2])
        #expect(Set(incidents[1].alertIDs.map(\.rawValue)) == ["a1150", "a1151"])
        #expect(incidents[0].firstActivityTime == CasebookFixture.noon)
    }

    @Test func `what somebody works on keeps its alerts`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(GroupingConfiguration(matchingMethod: .anyAlert))
        for index in 1...150 {
            try await fixture.casebook.record(
                .sample("a\(index)", minute: 60), grouping: grouping, by: CasebookFixture.detection)
        }
        let full = try #require(try await fixture.casebook.incidents().incidents.first)
        try await fixture.casebook.addComment("mine", to: full.id, by: CasebookFixture.ada)
        let late = try await fixture.casebook.record(
            .sample("early"), grouping: grouping, by: CasebookFixture.detection)
        #expect(late.incidentID != full.id)
        #expect(try await fixture.casebook.incident(full.id)?.alertIDs == full.alertIDs)
    }
}
