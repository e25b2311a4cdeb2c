import Casebook
import Chronology
import DuckDBStore
import EventStore
import Export
import Foundation
import KQL
import KQLFunctions
import KQLValues
import Logging
import StateStore
import TestSupport
import Testing
import Vocabulary

private let detection = JournalActor.room("Detection")
private let ada = JournalActor(kind: .user, id: "ada", name: "Ada")

/// A casebook whose changes become rows of an event store, both in memory.
private struct Stage {
    let database: StateDatabase
    let casebook: Casebook
    let store: DuckDBEventStore

    init() throws {
        database = try StateDatabase.inMemory(rooms: [Casebook.migrations])
        casebook = Casebook(database: database)
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 2, readers: 2),
            now: { Instant(unixSeconds: Date().timeIntervalSince1970) })
    }

    func export(to store: any EventStore) -> TableExport {
        TableExport(
            casebook: casebook, journal: database.journal, store: store, logger: Logger(label: "test"),
            incidentURL: { "https://tocsin.example/incidents/\($0)" })
    }

    func record(_ ids: [String]) async throws -> [IncidentID] {
        let start = Instant(unixSeconds: Date().timeIntervalSince1970)
        var incidents: [IncidentID] = []
        for id in ids {
            var alert = NewAlert(
                displayName: "Alert \(id)", severity: .medium, startTime: start, endTime: start, generatedTime: start)
            alert.id = AlertID(id)
            let recorded = try await casebook.record(alert, grouping: .separate, by: detection)
            if let incident = recorded.incidentID { incidents.append(incident) }
        }
        return incidents
    }

    /// The values of a query's only column, as texts.
    func texts(_ query: String) async throws -> [String] {
        let environment = QueryEnvironment(catalogue: .standard, tables: store.layout)
        let table = try await store.query(
            StoreQuery(
                query, environment: environment,
                options: CompileOptions(now: Instant(unixSeconds: Date().timeIntervalSince1970)),
                limits: ExecutionLimits(rows: 1_000, bytes: 1 << 24, seconds: 60))
        ).result.table
        return (0..<table.rowCount).map { "\(table.columns[0][$0])" }
    }
}

/// A store whose answers never arrive, as when the process is killed right after the rows are durable.
private struct MuteStore: EventStore {
    let store: DuckDBEventStore

    func append(_ batches: [EventBatch], delivery: DeliveryID?) async throws(EventStoreError) -> AppendOutcome {
        _ = try await store.append(batches, delivery: delivery)
        throw EventStoreError(.closed, "killed")
    }

    func ensure(_ table: String, _ schema: TableSchema) async throws(EventStoreError) -> TableSchema {
        try await store.ensure(table, schema)
    }

    var layout: StoreLayout { store.layout }
    var dialect: SQLDialect? { store.dialect }

    func read<Result: Sendable>(
        seconds: Double, _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try await store.read(seconds: seconds, body)
    }

    func deleteRows(of table: String, olderThan instant: Instant) async throws(EventStoreError) -> Int {
        try await store.deleteRows(of: table, olderThan: instant)
    }

    func close() async { await store.close() }
}

@Suite struct TableExportTests {
    @Test func `a change's row is there once, though the process was killed before the cursor moved`() async throws {
        let stage = try Stage()
        let incidents = try await stage.record(["a", "b", "c"])
        await #expect(throws: EventStoreError.self) {
            try await stage.export(to: MuteStore(store: stage.store)).drain()
        }
        // What happens before the next start must not become part of the batch that was stored.
        let later = try await stage.record(["d"])
        var change = IncidentChange()
        change.status = .active
        try await stage.casebook.update(incidents[0], change, by: ada)
        try await stage.export(to: stage.store).drain()
        try await stage.export(to: stage.store).drain()

        let alerts = try await stage.texts("SecurityAlert | project SystemAlertId | order by SystemAlertId asc")
        #expect(alerts.count == 4)
        #expect(Set(alerts).count == 4)
        let rows = try await stage.texts(
            "SecurityIncident | summarize Rows = count() by IncidentNumber | order by IncidentNumber asc | project Rows"
        )
        #expect(rows.count == incidents.count + later.count)
        #expect(rows.map { $0.filter(\.isNumber) } == ["2", "1", "1", "1"])
    }

    @Test func `a kill before the rows are stored loses none`() async throws {
        let stage = try Stage()
        _ = try await stage.record(["a", "b"])
        let reader = stage.database.journal.reader("export.tables")
        let batch = try await reader.pendingBatch()
        try await reader.claim(through: try #require(batch.last).sequence)
        _ = try await stage.record(["c"])
        #expect(try await reader.pendingBatch() == batch)
        try await stage.export(to: stage.store).drain()
        #expect(try await stage.texts("SecurityAlert | project SystemAlertId").count == 3)
        #expect(try await reader.pendingBatch().isEmpty)
    }
}
