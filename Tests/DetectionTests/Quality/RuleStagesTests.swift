import Casebook
import Chronology
import Detection
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct RuleStagesTests {
    private static func rule(_ id: String, isShipped: Bool = false) -> KnownRule {
        KnownRule(
            .analytics(
                AnalyticsRule(
                    id: id, name: "Rule \(id)", severity: .medium, query: "T",
                    timing: .scheduled(.init(frequency: .minutes(5), period: .minutes(5))))), isShipped: isShipped)
    }

    @Test func `what is there at the beginning and what ships is active, what is added later is in trial`() async throws
    {
        let fixture = try QualityFixture()
        let stages = try await RuleStages(fixture.database, time: fixture.clock.source)
        try await stages.enroll([Self.rule("own")], usesTrial: true)
        try await stages.enroll([Self.rule("own"), Self.rule("new")], usesTrial: true)
        try await stages.enroll([Self.rule("shipped", isShipped: true)], usesTrial: true)
        try await stages.enroll([Self.rule("untried")], usesTrial: false)
        #expect(stages.inTrial == ["new"])
        let after = try await RuleStages(fixture.database)
        #expect(after.inTrial == ["new"])
        #expect(after.standing(of: "own")?.reason == "there at the beginning")
        #expect(!after.isInTrial("never seen"))
    }

    @Test func `a promotion is journaled with who and why`() async throws {
        let fixture = try QualityFixture()
        let stages = try await RuleStages(fixture.database, time: fixture.clock.source)
        try await stages.enroll([Self.rule("own")], usesTrial: true)
        try await stages.enroll([Self.rule("new")], usesTrial: true)
        #expect(try await stages.set(.active, of: Self.rule("new"), reason: "quiet for a week", by: QualityFixture.ann))
        #expect(try await !stages.set(.active, of: Self.rule("new"), reason: "again", by: QualityFixture.ann))
        let entries = try await fixture.database.journal.entries(subject: "new")
        let entry = try #require(entries.first)
        #expect(entry.kind == .ruleStageChanged && entry.actor == QualityFixture.ann)
        #expect(entry.payload["reason"]?.stringValue == "quiet for a week")
        #expect(entries.count == 2)
        #expect(!stages.isInTrial("new"))
    }

    @Test func `the runner and the stream record alerts of trials without incidents`() async throws {
        let fixture = try QualityFixture()
        var policy = RuleSchedule.Policy()
        policy.startInterval = .zero
        let runner = RuleRunner(
            queries: RuleRunnerTests.FixedQueries(), casebook: fixture.casebook,
            states: RuleStates(fixture.database), time: fixture.clock.source, policy: policy, isInTrial: { $0 == "new" }
        )
        guard case .analytics(let rule) = Self.rule("new").logic, case .analytics(let other) = Self.rule("old").logic
        else { return }
        try await runner.replaceRules([rule, other])
        fixture.clock.advance(by: .minutes(5))
        try await runner.runDue()
        let detector = StreamDetector([], casebook: fixture.casebook, isInTrial: { $0 == "new" })
        let now = fixture.clock.source.now()
        for id in ["new", "old"] {
            var alert = NewAlert(
                displayName: "A", severity: .low, startTime: now, endTime: now, generatedTime: now)
            alert.id = AlertID("stream-\(id)")
            alert.ruleID = id
            try await detector.record([StreamFinding(alert: alert, grouping: .separate, events: 1)])
        }
        let alerts = try await fixture.casebook.alerts()
        #expect(alerts.count == 4)
        for alert in alerts { #expect((alert.incidentID == nil) == (alert.content.ruleID == "new")) }
    }
}
