import Casebook
import Chronology
import Foundation
import StateStore
import Testing
import Vocabulary

@Suite struct ConcurrencyTests {
    /// Alerts on few hosts and accounts over two days, each recorded up to three times.
    private func stream(seed: UInt64) -> [NewAlert] {
        var generator = SeededGenerator(seed: seed)
        return (0..<60).map { index in
            var entities: [Entity] = []
            if Bool.random(using: &generator) {
                entities.append(.host("ws\(Int.random(in: 0..<8, using: &generator))"))
            }
            if Bool.random(using: &generator) {
                entities.append(.account("CORP\\user\(Int.random(in: 0..<8, using: &generator))"))
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                entities.append(.account("user\(Int.random(in: 0..<8, using: &generator))@corp.example"))
            }
            return .sample(
                "a\(index)", minute: Int64.random(in: 0..<2880, using: &generator),
                severity: Severity.allCases.randomElement(using: &generator) ?? .low,
                rule: "r\(Int.random(in: 0..<5, using: &generator))",
                tactics: [Tactic.allCases.randomElement(using: &generator) ?? .execution], entities: entities)
        }
    }

    /// The incidents as sets of alerts, with what was derived from them.
    private func incidents(of alerts: [NewAlert], _ grouping: AlertGrouping, seed: UInt64) async throws -> Set<[String]>
    {
        let fixture = try CasebookFixture()
        var generator = SeededGenerator(seed: seed)
        let shuffled = (alerts + alerts.filter { _ in Bool.random(using: &generator) }).shuffled(using: &generator)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for alert in shuffled {
                group.addTask {
                    try await fixture.casebook.record(alert, grouping: grouping, by: CasebookFixture.detection)
                }
            }
            try await group.waitForAll()
        }
        let page = try await fixture.casebook.incidents(IncidentQuery(limit: 1000))
        let head = try await fixture.database.journal.head()
        #expect(try await fixture.database.journal.verify() == .intact(count: head.sequence, head: head))
        #expect(page.incidents.reduce(0) { $0 + $1.alertIDs.count } == alerts.count)
        return Set(
            page.incidents.filter { $0.mergedInto == nil }.map { incident in
                [incident.title, incident.severity.rawValue, incident.tactics.map(\.rawValue).joined(separator: ",")]
                    + incident.alertIDs.map(\.rawValue).sorted()
            })
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `the same alerts make the same incidents in whatever order they come`(seed: UInt64) async throws {
        let alerts = stream(seed: seed)
        let groupings: [AlertGrouping] = [
            .sharedEntities(SharedEntityGrouping(window: .hours(2))),
            .rule(GroupingConfiguration(matchingMethod: .anyAlert, lookback: .hours(3))),
            .rule(GroupingConfiguration(matchingMethod: .selected(.init(entityKinds: [.host])), lookback: .hours(8))),
        ]
        for grouping in groupings {
            let reference = try await incidents(of: alerts, grouping, seed: seed &* 100)
            for round in 1...2 {
                let other = try await incidents(of: alerts, grouping, seed: seed &* 100 &+ UInt64(round))
                #expect(other == reference, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `after a restart nothing is there twice`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over temporary folder harms nothing
        let path = folder.appending(path: "state.sqlite").path
        let alerts = (0..<10).map { NewAlert.sample("a\($0)", entities: [.host("ws1")]) }
        for round in 0..<2 {
            let database = try StateDatabase.open(path: path, rooms: [Casebook.migrations])
            let fixture = try CasebookFixture(database: database)
            for alert in alerts {
                let recorded = try await fixture.casebook.record(alert, by: CasebookFixture.detection)
                #expect(recorded.isNew == (round == 0))
            }
            let page = try await fixture.casebook.incidents()
            #expect(page.total == 1)
            #expect(page.incidents.first?.alertIDs.count == 10)
            #expect(try await database.journal.head().sequence == 20)
            try database.close()
        }
    }

    /// Prints how many alerts a second are recorded durably; run with `TOCSIN_MEASURE=1`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TOCSIN_MEASURE"] != nil, "a measurement, not a check"))
    func `alerts per second`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over temporary folder harms nothing
        let path = folder.appending(path: "state.sqlite").path
        let fixture = try CasebookFixture(database: StateDatabase.open(path: path, rooms: [Casebook.migrations]))
        let clock = ContinuousClock()
        for round in 1...4 {
            let time = try await clock.measure {
                for index in 0..<1000 {
                    let number = round * 1000 + index
                    try await fixture.casebook.record(
                        .sample(
                            "a\(number)", minute: Int64(number), rule: "r\(number % 20)", tactics: [.execution],
                            entities: [.host("ws\(number % 300)"), .account("CORP\\user\(number % 500)")]),
                        grouping: .rule(GroupingConfiguration(matchingMethod: .selected(.init(entityKinds: [.host])))),
                        by: CasebookFixture.detection)
                }
            }
            print("round \(round): 1000 alerts in \(time)")
        }
        print("queue page:", try await clock.measure { _ = try await fixture.casebook.incidents() })
    }
}
