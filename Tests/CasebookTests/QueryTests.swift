import Casebook
import Chronology
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct QueryTests {
    private let ada = CasebookFixture.ada

    /// Four incidents: 1 high on ws1, 2 medium with owner and label, 3 low closed, 4 scored.
    private func filled() async throws -> CasebookFixture {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        try await casebook.record(
            .sample(
                "a", severity: .high, rule: "r1", tactics: [.credentialAccess],
                entities: [.host("ws1"), .account("CORP\\alice")]), by: CasebookFixture.detection)
        let second = try await casebook.create(NewIncident(title: "100% odd_name", severity: .medium), by: ada)
        var change = IncidentChange()
        change.owner = .assign(IncidentOwner(objectID: "u1", email: "ada@corp.example", assignedTo: "Ada"))
        change.labels = [IncidentLabel(name: "VIP")]
        try await casebook.update(second.id, change, by: ada)
        var third = NewIncident(title: "Old", severity: .low)
        third.status = .closed
        third.classification = .benignPositive
        _ = try await casebook.create(third, by: ada)
        fixture.advance(by: .hours(1))
        let fourth = try await casebook.create(NewIncident(title: "Scored", severity: .medium), by: ada)
        try await casebook.setPriority(IncidentPriority(score: 80, reasons: []), of: fourth.id, by: ada)
        return fixture
    }

    @Test(arguments: [
        (IncidentFilter.all, [4, 2, 1, 3]), (.status([.closed]), [3]), (.severity([.high, .low]), [1, 3]),
        (.owner("ADA@corp.example"), [2]), (.unassigned, [4, 1, 3]), (.label("vip"), [2]),
        (.tactic(.credentialAccess), [1]), (.rule("R1"), [1]), (.alert(AlertID("a")), [1]),
        (.classification([.benignPositive]), [3]), (.score(50...100), [4]), (.search("alice"), [1]),
        (.search("ws1 alert"), [1]), (.search("#2"), [2]), (.text(.title, .contains, "100%"), [2]),
        (.text(.title, .contains, "dd_n"), [2]), (.text(.title, .contains, "0_"), []),
        (.text(.title, .startsWith, "sc"), [4]), (.not(.status([.closed])), [4, 2, 1]),
        (.and([.severity([.medium]), .unassigned]), [4]), (.or([.label("vip"), .status([.closed])]), [2, 3]),
        (
            .time(
                .createdTime,
                TimeRange(start: CasebookFixture.noon + .minutes(1), end: CasebookFixture.noon + .hours(2))), [4]
        ),
        (.not(.classification([.truePositive])), [4, 2, 1, 3]), (.or([]), []), (.search("'; DROP TABLE x"), []),
    ])
    func `a filter finds its incidents in the order of the queue`(filter: IncidentFilter, numbers: [Int]) async throws {
        let fixture = try await filled()
        let page = try await fixture.casebook.incidents(IncidentQuery(filter))
        #expect(page.incidents.map(\.number) == numbers)
        #expect(page.total == numbers.count)
    }

    @Test(arguments: IncidentOrder.Field.allCases)
    func `pages of every order hold each incident once`(field: IncidentOrder.Field) async throws {
        let fixture = try await filled()
        var numbers: [Int] = []
        for offset in 0..<4 {
            let page = try await fixture.casebook.incidents(
                IncidentQuery(order: .by(field, descending: true), limit: 1, offset: offset))
            #expect(page.total == 4)
            numbers += page.incidents.map(\.number)
        }
        #expect(numbers.sorted() == [1, 2, 3, 4])
    }

    @Test func `a filter nested without end finds nothing instead of failing`() async throws {
        let fixture = try await filled()
        var filter = IncidentFilter.all
        for _ in 0..<5000 { filter = .and([filter]) }
        #expect(try await fixture.casebook.incidents(IncidentQuery(filter)).total == 0)
    }

    @Test func `the overview counts what is there`() async throws {
        let counts = try await filled().casebook.counts()
        #expect(counts.byStatus == [.new: 3, .closed: 1])
        #expect(counts.openBySeverity == [.high: 1, .medium: 2])
        #expect(counts.openUnassigned == 2)
        #expect(counts.openTactics == [.credentialAccess: 1])
        #expect(counts.closedByVerdict == [.benignPositive: 1])
        #expect(counts.alerts == 1)
        #expect(counts.meanTimeToClose == .zero)
    }

    @Test func `an alert comes back as it was recorded`() async throws {
        let fixture = try CasebookFixture()
        var alert = NewAlert.sample(
            "a", severity: .high, tactics: [.execution, .impact],
            entities: [.host("ws1"), .account("alice@corp.example")])
        alert.techniques = ["T1059.001"]
        alert.description = "d"
        alert.confidence = AlertConfidence(level: .high, score: 0.9)
        alert.customDetails["Process"] = ["a.exe", "b.exe"]
        alert.extendedProperties["Query"] = "T | take 1"
        alert.remediationSteps = ["isolate"]
        alert.evidence = [["TimeGenerated": "2023-11-14T22:13:20Z", "n": 1]]
        try await fixture.casebook.record(alert, by: CasebookFixture.detection)
        let stored = try #require(try await fixture.casebook.alert(AlertID("a")))
        #expect(stored.content == alert)
        #expect(stored.status == .new)
        let dismissed = try await fixture.casebook.setStatus(.dismissed, of: AlertID("a"), by: ada)
        #expect(dismissed.status == .dismissed)
    }

    @Test func `evidence is kept within its bounds`() async throws {
        let fixture = try CasebookFixture()
        var alert = NewAlert.sample("a")
        alert.evidence = (0..<500).map { ["n": .int(Int64($0))] }
        try await fixture.casebook.record(alert, by: CasebookFixture.detection)
        #expect(try await fixture.casebook.alert(AlertID("a"))?.content.evidence.count == 100)
        var large = NewAlert.sample("b")
        large.evidence = [
            .string(String(repeating: "x", count: 200_000)), .string(String(repeating: "y", count: 200_000)),
        ]
        try await fixture.casebook.record(large, by: CasebookFixture.detection)
        #expect(try await fixture.casebook.alert(AlertID("b"))?.content.evidence.count == 1)
    }

    @Test(
        arguments: [
            { (alert: inout NewAlert) in alert.displayName = " " },
            { $0.endTime = $0.startTime - .minutes(1) },
            { $0.id = AlertID("") },
        ] as [@Sendable (inout NewAlert) -> Void])
    func `a bad alert is refused`(spoil: @Sendable (inout NewAlert) -> Void) async throws {
        let fixture = try CasebookFixture()
        var alert = NewAlert.sample("a")
        spoil(&alert)
        let bad = alert
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.record(bad, by: CasebookFixture.detection)
        }
        #expect(error?.code == .invalidField)
    }
}
