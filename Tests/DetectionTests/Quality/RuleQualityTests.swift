import Casebook
import Chronology
import Detection
import JSON
import StateStore
import Synchronization
import Testing
import Vocabulary

/// A casebook whose clock a test sets, with a ledger beside it.
struct QualityFixture {
    let database: StateDatabase
    let casebook: Casebook
    let ledger: RuleQualityLedger
    let clock: RuleRunnerTests.ManualClock
    static let ann = JournalActor(kind: .user, id: "ann", name: "Ann")
    static let start = Instant(ticks: 639_000_000_000_000_000)

    init() throws {
        database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        clock = RuleRunnerTests.ManualClock(Self.start)
        casebook = Casebook(database: database, time: clock.source)
        ledger = RuleQualityLedger(database)
    }

    /// Records an alert and gives its incident.
    @discardableResult
    func alert(
        rule: String, account: String, evidence: [JSON] = [], incident: Bool = true
    ) async throws -> IncidentID? {
        let now = clock.source.now()
        var alert = NewAlert(
            displayName: "Alert of \(rule)", severity: .medium, startTime: now, endTime: now, generatedTime: now)
        alert.ruleID = rule
        alert.entities = [Entity(kind: .account, identifiers: ["Name": account, "UPNSuffix": "corp.example"])]
        alert.evidence = evidence
        return try await casebook.record(
            alert, grouping: .separate, createIncident: incident, by: .room("Detection")
        ).incidentID
    }

    func close(_ incident: IncidentID?, as classification: Classification) async throws {
        let incident = try #require(incident)
        var change = IncidentChange()
        change.status = .closed
        change.classification = classification
        try await casebook.update(incident, change, by: Self.ann)
    }
}

@Suite struct RuleQualityTests {
    @Test func `classifications of incidents make a rule's precision`() async throws {
        let fixture = try QualityFixture()
        for number in 0..<10 {
            let incident = try await fixture.alert(rule: "good", account: "user\(number)")
            fixture.clock.advance(by: .minutes(10))
            try await fixture.close(incident, as: number < 8 ? .truePositive : .benignPositive)
        }
        for number in 0..<6 {
            let incident = try await fixture.alert(rule: "noisy", account: "scanner")
            if number < 5 { try await fixture.close(incident, as: .incorrectAlertLogic) }
        }
        try await fixture.alert(rule: "trial", account: "x", incident: false)
        fixture.clock.advance(by: .days(2))
        try await fixture.ledger.processPending()
        let qualities = try await fixture.ledger.qualities(at: fixture.clock.source.now())
        #expect(qualities.map(\.ruleID) == ["noisy", "good", "trial"])
        let good = try #require(qualities.first { $0.ruleID == "good" })
        #expect(good.alerts == 10 && good.recentAlerts == 10)
        #expect(good.verdicts == [.truePositive: 8, .benignPositive: 2])
        #expect(good.precision == MeasuredShare(count: 8, of: 10))
        #expect(good.correctness == MeasuredShare(count: 10, of: 10))
        #expect(good.timeToTriage == .minutes(10))
        #expect(good.alertsByDay.reduce(0, +) == 10)
        let noisy = try #require(qualities.first)
        #expect(noisy.verdicts == [.falsePositive: 5] && noisy.openIncidents == 1)
        #expect(noisy.precision.mean < 0.1)
    }

    @Test func `reopening takes a verdict back, merging moves alerts, and recomputing gives the same`() async throws {
        let fixture = try QualityFixture()
        let first = try await fixture.alert(rule: "r", account: "a")
        let second = try await fixture.alert(rule: "r", account: "b")
        try await fixture.close(first, as: .truePositive)
        try await fixture.ledger.processPending()
        try await fixture.close(second, as: .inaccurateData)
        var change = IncidentChange()
        change.status = .active
        try await fixture.casebook.update(try #require(first), change, by: QualityFixture.ann)
        try await fixture.ledger.processPending()
        let now = fixture.clock.source.now()
        let found = try await fixture.ledger.quality(of: "r", at: now)
        #expect(found.verdicts == [.falsePositive: 1] && found.openIncidents == 1)
        let (from, to) = (try #require(second), try #require(first))
        let alert = try #require(try await fixture.casebook.alerts(of: from).first)
        try await fixture.casebook.add(alert: alert.id, to: to, by: QualityFixture.ann)
        try await fixture.ledger.processPending()
        let moved = try await fixture.ledger.quality(of: "r", at: now)
        #expect(moved.verdicts.isEmpty && moved.openIncidents == 1)
        try await fixture.ledger.recompute()
        #expect(try await fixture.ledger.quality(of: "r", at: now) == moved)
    }

    @Test func `the entities behind the noise are ranked`() async throws {
        let fixture = try QualityFixture()
        for number in 0..<5 {
            try await fixture.close(
                try await fixture.alert(rule: "r", account: number < 4 ? "backup" : "ann"), as: .benignPositive)
        }
        try await fixture.close(try await fixture.alert(rule: "r", account: "ann"), as: .truePositive)
        let alerts = try await ClassifiedAlerts(ofRule: "r", in: fixture.casebook)
        let entities = alerts.noisyEntities()
        #expect(entities.map { $0.entity.friendlyName } == ["backup@corp.example", "ann@corp.example"])
        #expect(entities.map(\.noise) == [4, 1])
        #expect(entities.map(\.truePositives) == [0, 1])
    }

    private static let rule = KnownRule(
        .analytics(
            AnalyticsRule(
                id: "r", name: "R", severity: .medium, query: "T",
                timing: .scheduled(.init(frequency: .hours(1), period: .hours(1))))))

    @Test func `a suggested exclusion says what it removes and what it loses`() async throws {
        let fixture = try QualityFixture()
        func record(
            _ user: String, _ image: String, _ classification: Classification, host: String = "srv1"
        ) async throws {
            let row: JSON = [
                "TimeGenerated": .string(fixture.clock.source.now().description), "User": .string(user),
                "Image": .string(image), "Host": .string(host),
            ]
            try await fixture.close(
                try await fixture.alert(rule: "r", account: user, evidence: [row]), as: classification)
        }
        for _ in 0..<6 { try await record("svc", "C:\\backup \"x\".exe", .benignPositive) }
        for _ in 0..<2 { try await record("ann", "C:\\tool.exe", .incorrectAlertLogic) }
        try await record("svc", "C:\\mimikatz.exe", .truePositive)
        for number in 0..<3 { try await record("eve\(number)", "C:\\x\(number).exe", .truePositive, host: "srv2") }
        let alerts = try await ClassifiedAlerts(ofRule: "r", in: fixture.casebook)
        let suggestions = ExclusionSearch(Self.rule, alerts).suggestions()
        let best = try #require(suggestions.first)
        #expect(best.text == #"| where not(Image == "C:\\backup \"x\".exe")"#)
        #expect(best.removedNoise == 6 && best.noise == 8 && best.lostTruePositives == 0)
        #expect(best.removedIncidents.count == 6 && best.lostIncidents.isEmpty)
        let costly = try #require(suggestions.first { $0.terms.map(\.field) == ["Host"] })
        #expect(costly.lostTruePositives == 1 && costly.removedNoise == 8 && costly.lostIncidents == [9])
        #expect(costly.truePositives == 4)
        #expect(!suggestions.contains { $0.terms.contains { $0.field == "TimeGenerated" } })
    }

    @Test func `two terms together spare a true positive`() {
        func judged(_ number: Int, _ a: String, _ b: String, _ verdict: Classification.Verdict)
            -> ClassifiedAlerts.Judged
        {
            let now = QualityFixture.start
            var alert = NewAlert(
                displayName: "A", severity: .low, startTime: now, endTime: now, generatedTime: now)
            alert.evidence = [["A": .string(a), "B": .string(b)]]
            return ClassifiedAlerts.Judged(
                alert: alert, incident: IncidentID("\(number)"), incidentNumber: number, verdict: verdict)
        }
        let alerts = ClassifiedAlerts(
            (0..<5).map { judged($0, "x", "y", .benignPositive) }
                + [judged(5, "x", "z", .truePositive), judged(6, "w", "y", .truePositive)])
        let best = ExclusionSearch(Self.rule, alerts).suggestions().first
        #expect(best?.text == #"| where not(A == "x" and B == "y")"#)
        #expect(best?.removedNoise == 5 && best?.lostTruePositives == 0)
    }
}
