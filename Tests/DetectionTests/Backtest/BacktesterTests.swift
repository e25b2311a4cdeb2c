import Casebook
import Chronology
import Detection
import EventStore
import JSON
import KQL
import KQLFunctions
import KQLValues
import Sigma
import StateStore
import Testing
import Vocabulary

@Suite struct BacktesterTests {
    private static let start = Instant(iso8601: "2026-03-01T00:00:00Z") ?? .unixEpoch
    private static let range = TimeRange(start: start, end: start + .days(3))

    /// Failed logons of ann in the first hour of the second day, a single one of bob on the third.
    private static func store() -> MemoryStore {
        let schema = TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int),
            ColumnSchema("Channel", .string), ColumnSchema("Computer", .string),
            ColumnSchema("TargetUserName", .string), ColumnSchema("_IngestionTime", .datetime),
        ])
        func row(_ time: Instant, _ user: String) -> [Value] {
            [
                .datetime(time), .int(4625), .string("Security"), .string("srv1"), .string(user), .datetime(time),
            ]
        }
        var rows = (0..<30).map { row(start + .days(1) + .minutes(Int64($0)), "ann@corp.example") }
        rows.append(row(start + .days(2) + .minutes(7), "bob@corp.example"))
        return MemoryStore(name: "SecurityEvent", rows: Table(schema: schema, rows: rows))
    }

    private static func backtester(_ fixture: QualityFixture, limits: Backtester.Limits = .init()) -> Backtester {
        let store = store()
        let environment: @Sendable () -> QueryEnvironment = {
            QueryEnvironment(catalogue: .standard, tables: store.layout)
        }
        return Backtester(
            queries: StoreRuleQueries(store: store, environment: environment),
            history: EventHistory(store: store, environment: environment), casebook: fixture.casebook, limits: limits)
    }

    private static func rule(_ timing: RuleTiming, suppression: TimeSpan? = nil) -> KnownRule {
        var rule = AnalyticsRule(
            id: "r", name: "Failures", severity: .medium,
            query: "SecurityEvent | where EventID == 4625 | summarize N = count() by TargetUserName", timing: timing)
        rule.entityMappings = [
            EntityMapping(kind: .account, fields: [.init(identifier: "FullName", column: "TargetUserName")])
        ]
        rule.suppression = suppression
        return KnownRule(.analytics(rule))
    }

    @Test func `a scheduled rule's real windows are replayed and empty ones left out`() async throws {
        let fixture = try QualityFixture()
        let rule = Self.rule(.scheduled(.init(frequency: .minutes(10), period: .minutes(20))))
        let report = try await Self.backtester(fixture).run(rule, over: Self.range)
        // 30 minutes of events lie in the windows that end 10 to 40 minutes after they began, and bob's in two.
        #expect(report.alerts == 4 + 2)
        #expect(report.days.map(\.alerts) == [0, 4, 2])
        #expect(report.days.map(\.rows) == [0, 30, 1])
        #expect(report.cost.runs + report.cost.emptyWindows == 3 * 144)
        #expect(report.cost.runs < 40)
        #expect(report.entities.map { $0.entity.friendlyName } == ["ann@corp.example", "bob@corp.example"])
        #expect(report.entities.map(\.alerts) == [4, 2])
        #expect(report.tables.map(\.rows) == [31] && report.failures.isEmpty && report.incompleteReason == nil)
        #expect(report.newAlerts == 6)
        #expect(try await fixture.casebook.alerts().isEmpty, "nothing is recorded")
    }

    @Test func `suppression leaves runs out as it does in life`() async throws {
        let rule = Self.rule(
            .scheduled(.init(frequency: .minutes(10), period: .minutes(20))), suppression: .hours(5))
        let report = try await Self.backtester(try QualityFixture()).run(rule, over: Self.range)
        #expect(report.alerts == 2)
    }

    @Test func `an NRT rule looks at each minute`() async throws {
        let report = try await Self.backtester(try QualityFixture()).run(Self.rule(.nearRealTime), over: Self.range)
        #expect(report.alerts == 31)
    }

    @Test func `known incidents that share entity and time are hit`() async throws {
        let fixture = try QualityFixture()
        var alert = NewAlert(
            displayName: "Spray", severity: .high, startTime: Self.start + .days(1),
            endTime: Self.start + .days(1) + .minutes(5), generatedTime: Self.start + .days(1))
        alert.entities = [Entity(kind: .account, identifiers: ["Name": "ann", "UPNSuffix": "corp.example"])]
        try await fixture.close(
            try await fixture.casebook.record(alert, by: .room("Other")).incidentID, as: .truePositive)
        let rule = Self.rule(.scheduled(.init(frequency: .minutes(10), period: .minutes(20))))
        let report = try await Self.backtester(fixture).run(rule, over: Self.range)
        let hit = try #require(report.incidents.first)
        #expect(hit.verdict == .truePositive && hit.alerts == 4 && report.incidents.count == 1)
        #expect(report.newAlerts == 2 && report.verdicts == [.truePositive: 1])
        #expect(report.samples.first?.incidents == [hit.number])
    }

    @Test func `a Sigma rule is matched on the stored rows`() async throws {
        let reading = SigmaReader().read(
            """
            title: Failed logon
            id: 11111111-2222-3333-4444-555555555555
            level: low
            logsource: {product: windows, service: security}
            detection:
              selection: {EventID: 4625}
              condition: selection
            """, file: "r.yml")
        let rule = KnownRule(.sigma(try #require(reading.rules.first)))
        let report = try await Self.backtester(try QualityFixture()).run(rule, over: Self.range)
        #expect(report.alerts == 2, "one per account and hour")
        #expect(report.cost.results == 31)
        #expect(report.days.map(\.rows) == [0, 30, 1])
    }

    @Test func `a bound ends a back-test and says so; a broken query is told once`() async throws {
        var limits = Backtester.Limits()
        limits.runs = 3
        let rule = Self.rule(.scheduled(.init(frequency: .minutes(10), period: .minutes(20))))
        let report = try await Self.backtester(try QualityFixture(), limits: limits).run(rule, over: Self.range)
        #expect(report.incompleteReason?.contains("3 runs") == true)
        var broken = AnalyticsRule(
            id: "b", name: "B", severity: .low, query: "SecurityEvent | where Nowhere == 1",
            timing: .scheduled(.init(frequency: .hours(1), period: .hours(1))))
        broken.suppression = nil
        let failed = try await Self.backtester(try QualityFixture()).run(
            KnownRule(.analytics(broken)), over: Self.range)
        #expect(failed.failures.count == 1 && failed.cost.failedRuns > 0 && failed.alerts == 0)
    }

    @Test func `a quiet rule is promoted by its back-test, a noisy one is not`() async throws {
        let fixture = try QualityFixture()
        let stages = try await RuleStages(fixture.database)
        let quiet = Self.rule(.scheduled(.init(frequency: .hours(1), period: .hours(1))))
        guard case .analytics(var copy) = quiet.logic else { return }
        copy.id = "noisy"
        copy.timing = .nearRealTime
        let noisy = KnownRule(.analytics(copy))
        try await stages.enroll(
            [
                KnownRule(
                    .analytics(
                        AnalyticsRule(
                            id: "first", name: "F", severity: .low, query: "T", timing: .nearRealTime)))
            ], usesTrial: true)
        try await stages.enroll([quiet, noisy], usesTrial: true)
        #expect(stages.inTrial == ["noisy", "r"])
        let jobs = BacktestJobs(
            Self.backtester(fixture), stages: stages, bound: PromotionBound(alertsPerDay: 2, leastDaysWithRows: 2))
        for rule in [quiet, noisy] {
            let job = try await jobs.start(rule, over: Self.range, isKnown: true, by: QualityFixture.ann)
            #expect(await jobs.finish(job.id)?.state == .finished)
        }
        #expect(stages.inTrial == ["noisy"])
        let entry = try #require(try await fixture.database.journal.entries(subject: "r").first)
        #expect(entry.payload["reason"]?.stringValue == "back-test over 3 days: 2 alerts, at most 2 a day allowed")
    }

    @Test func `a waiting back-test can be cancelled`() async throws {
        let fixture = try QualityFixture()
        let jobs = BacktestJobs(
            Self.backtester(fixture), stages: try await RuleStages(fixture.database), bound: nil)
        let rule = Self.rule(.nearRealTime)
        let first = try await jobs.start(rule, over: Self.range, isKnown: false, by: QualityFixture.ann)
        let second = try await jobs.start(rule, over: Self.range, isKnown: false, by: QualityFixture.ann)
        #expect(await jobs.cancel(second.id))
        #expect(await jobs.finish(second.id)?.state == .cancelled)
        #expect(await jobs.finish(first.id)?.isOver == true)
        #expect(await !jobs.cancel(second.id))
    }
}
