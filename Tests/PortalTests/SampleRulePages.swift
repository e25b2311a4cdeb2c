import Casebook
import Chronology
import Detection
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import StateStore
import Testing
import Vocabulary

@testable import Portal

/// The pages about the quality of rules, out of a real casebook and real back-tests.
enum SampleRulePages {
    private static let now = SamplePages.now
    private static let frame = SamplePages.frame
    private static let ada = JournalActor(kind: .user, id: "ada", name: "Ada")

    static func all() async throws -> [any Page] {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let time = TimeSource.fixed(now)
        let casebook = Casebook(database: database, time: time)
        try await judge(casebook)
        let stages = try await RuleStages(database, time: time)
        try await stages.enroll([KnownRule(.analytics(analytics("other")))], usesTrial: true)
        try await stages.enroll([rule], usesTrial: true)
        let store = OneRowStore(time: now - .hours(2))
        let environment: @Sendable () -> QueryEnvironment = {
            QueryEnvironment(catalogue: .standard, tables: store.layout)
        }
        let history = EventHistory(store: store, environment: environment)
        let backtests = BacktestJobs(
            Backtester(
                queries: StoreRuleQueries(store: store, environment: environment), history: history,
                casebook: casebook),
            stages: stages, bound: PromotionBound(alertsPerDay: 100, leastDaysWithRows: 1), time: time)
        let desk = RuleDesk(
            stages: stages, ledger: RuleQualityLedger(database), backtests: backtests, casebook: casebook,
            history: history, catalogue: AttackCatalogue("# 18.1\nT1110\tBrute Force\tcredential-access\n"), time: time
        ) { [rule] }
        try await desk.ledger.processPending()
        return try await pages(desk)
    }

    private static func pages(_ desk: RuleDesk) async throws -> [any Page] {
        let dossierBefore = try await desk.dossier(of: rule)
        let job = try await desk.backtests.start(rule, over: desk.range(last: .days(1)), isKnown: true, by: ada)
        let over = try #require(await desk.backtests.finish(job.id))
        #expect(over.report?.alerts == 1 && over.promotion != nil && over.report?.incidents.count == 4)
        var shown = BacktestPage(over, isKnown: true, frame: frame, mayChange: true, now: now)
        #expect(shown.report?.samples.count == 1)
        shown = BacktestPage(over, isKnown: true, frame: frame, mayChange: true, now: now)
        let jobs = await desk.backtests.all
        try await desk.stages.set(.trial, of: rule, reason: "again", by: ada)
        return [
            RuleQualityPage(
                frame: frame, qualities: try await desk.qualities(), rules: await desk.rules(), stages: desk.stages,
                backtests: jobs, days: 30, now: now),
            RuleDossierPage(
                rule, dossierBefore, stages: desk.stages, backtests: jobs, frame: frame, mayChange: true, days: 30,
                now: now),
            shown,
            CoveragePage(try await desk.coverage(), frame: frame, days: 7, isNarrowed: false, now: now),
        ]
    }

    private static func analytics(_ id: String) -> AnalyticsRule {
        var rule = AnalyticsRule(
            id: id, name: "Failures", severity: .medium,
            query: "SecurityEvent | where EventID == 4625 | project TimeGenerated, TargetUserName",
            timing: .scheduled(.init(frequency: .hours(1), period: .hours(1))))
        rule.techniques = ["T1110", "T1110.003"]
        rule.tactics = [.credentialAccess]
        rule.entityMappings = [
            EntityMapping(kind: .account, fields: [.init(identifier: "FullName", column: "TargetUserName")])
        ]
        return rule
    }

    private static let rule = KnownRule(.analytics(analytics("r")))

    /// Three benign incidents and a true one, all of the same account.
    private static func judge(_ casebook: Casebook) async throws {
        for number in 0..<4 {
            var alert = NewAlert(
                displayName: "Failures", severity: .medium, startTime: now - .hours(2), endTime: now - .hours(2),
                generatedTime: now)
            alert.ruleID = "r"
            alert.entities = [Entity(kind: .account, identifiers: ["FullName": "ann@corp.example"])]
            alert.evidence = [["TargetUserName": .string(number == 3 ? "eve@corp.example" : "ann@corp.example")]]
            let recorded = try await casebook.record(alert, grouping: .separate, by: .room("Detection"))
            var change = IncidentChange()
            change.status = .closed
            change.classification = number == 3 ? .truePositive : .benignPositive
            try await casebook.update(try #require(recorded.incidentID), change, by: ada)
        }
    }
}

/// A store that holds one failed logon.
private struct OneRowStore: EventStore {
    let time: Instant

    private var rows: Table {
        Table(
            schema: TableSchema([
                ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int),
                ColumnSchema("TargetUserName", .string),
            ]), rows: [[.datetime(time), .int(4625), .string("ann@corp.example")]])
    }

    var dialect: SQLDialect? { nil }
    var layout: StoreLayout {
        let columns = rows.schema.columns.map { StoredColumn(name: $0.name, type: $0.type, storedName: $0.name) }
        return StoreLayout(tables: ["SecurityEvent": StoredTable(storedName: "SecurityEvent", columns: columns)])
    }

    func ensure(_ table: String, _ schema: TableSchema) async throws(EventStoreError) -> TableSchema { schema }
    func append(_ batches: [EventBatch], delivery: DeliveryID?) async throws(EventStoreError) -> AppendOutcome {
        .stored
    }
    func deleteRows(of table: String, olderThan instant: Instant) async throws(EventStoreError) -> Int { 0 }
    func close() async {}

    func read<Result: Sendable>(
        seconds: Double, _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try body(ReadSession(source: Source(rows: rows), layout: layout, host: nil, isCancelled: { false }))
    }

    private struct Source: TableSource {
        let rows: Table

        func read(_ request: ScanRequest) throws -> Table {
            let columns = request.columns.map { rows.column($0.name) ?? Column(empty: $0.type) }
            return Table(schema: TableSchema(request.columns), columns: columns, rowCount: rows.rowCount)
        }

        func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
            throw EventStoreError(.queryFailed, "this store speaks no SQL")
        }
    }
}
