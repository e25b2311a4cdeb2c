import Casebook
import Chronology
import KQLValues
import Prioritization
import StateStore
import Testing
import Vocabulary

@testable import Portal

/// Pages about assets, priorities and figures in which nothing is empty.
enum SamplePriorityPages {
    private static let now = SamplePages.now

    static func all(_ incident: Incident) async throws -> [any Page] {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, PrioritizationTables.migrations])
        let book = AssetBook(store: AssetStore(database, time: .fixed(now)))
        var policy = AssetPolicy(rules: [
            AssetRule(name: "production", conditions: [.tag(["env=prod"])], sensitivity: .critical)
        ])
        policy.vocabularies.add(["prod"], meaning: "production", to: "environment")
        policy.conventions = [try NamingConvention(name: "Ours", pattern: "{workload}-{environment}")]
        book.use(AssetInventory(policy: policy))
        let asset = Asset(
            kind: .host, names: ["pay-prod"], tags: ["env=prod"], owner: "Mira", resourceID: "/subscriptions/s/x",
            addresses: ["10.0.0.4"], links: [AssetLink(.administers, .azureResource, "/subscriptions/s")])
        try await book.store.take([asset], from: .file(.csv), isWhole: false, by: .room("test"))
        try await book.refresh()
        let page = book.page()
        let entry = try #require(page.entries.first { $0.id != nil })
        let policyOfLevels = ServiceLevelPolicy(levels: [
            ServiceLevel(name: "All", limits: [.acknowledge: .minutes(10), .close: .hours(1)])
        ])
        var timer = ServiceLevelTimer(opened: now - .minutes(30), severity: .high, policyOfLevels)
        _ = timer.acknowledged(at: now - .minutes(5), policyOfLevels)
        let override = PriorityOverride(score: 90, reason: "the board asked", until: nil, made: now, by: "Ada")
        var other = incident
        other.severity = .informational
        var turned = ScoringModel.standard
        turned.severity = [.informational: 90]
        let simulation = PrioritySimulation([incident, other], old: .standard, new: turned, assets: .empty)
        return [
            AssetsPage(
                frame: SamplePages.frame, page: AssetBook.Page(entries: page.entries, total: 1_000), search: "pay",
                sensitivity: nil, offset: 0, mayChange: true, now: now),
            AssetPage(
                entry, reach: book.reach(of: entry), frame: SamplePages.frame, mayChange: true, now: now),
            PriorityPage(
                incident, timer: timer, policy: policyOfLevels, override: override, model: "standard",
                frame: SamplePages.frame, mayChange: true, now: now),
            PriorityModelPage(
                frame: SamplePages.frame, model: .standard,
                versions: [.init(number: 1, name: "ours", text: "version: ours", adopted: now, by: "Ada")], text: nil,
                simulation: simulation, problem: "weights:1: no", now: now),
            metrics(incident, timer, policyOfLevels),
        ]
    }

    private static func metrics(
        _ incident: Incident, _ timer: ServiceLevelTimer, _ policy: ServiceLevelPolicy
    ) -> IncidentMetricsPage {
        let times = ["Acknowledge", "Contain", "Close"].flatMap { ["MeanTo\($0)", "MedianTo\($0)", "P90To\($0)"] }
        let schema = TableSchema(
            [ColumnSchema("Group", .string)] + ["Created", "Closed", "Reopened"].map { ColumnSchema($0, .long) }
                + (times + ["ReopeningRate"]).map { ColumnSchema($0, .real) })
        let row: [Value] =
            [.string("High"), .long(4), .long(3), .long(1)] + times.map { _ in .real(95) } + [.real(0.25)]
        let figures = Table(schema: schema, rows: [row])
        let backlog = Table(
            schema: TableSchema([
                ColumnSchema("Time", .datetime), ColumnSchema("Created", .long), ColumnSchema("Closed", .long),
                ColumnSchema("Open", .long),
            ]),
            rows: (0..<5).map { [.datetime(now + .days($0)), .long($0), .long(1), .long(5 - $0)] })
        return IncidentMetricsPage(
            frame: SamplePages.frame, days: 30, group: "Severity", whole: figures, grouped: figures, backlog: backlog,
            due: [IncidentMetricsPage.Due(incident, timer, policy, now: now)].compactMap { $0 }, problem: "none")
    }
}
