import Chronology
import DuckDBStore
import EventStore
import EventStoreComparison
import EventStoreContract
import Foundation
import KQL
import KQLValues
import Synchronization
import Testing

@Suite struct `Tables keep what was promised and no more` {
    @Test func `a month leaves for the archive, stays queryable there, and goes at last`() async throws {
        try await withStore(TableRetention(interactiveDays: 30, totalDays: 365)) { store, clock, archive in
            try await fill(store, clock, months: ["2026-01", "2026-02", "2026-03"])
            let all = try await numbers(store)
            #expect(all.count == 30)

            let march = try #require(Instant(iso8601: "2026-03-20T00:00:00Z"))
            let report = try await store.applyRetention(at: march)
            #expect(report.archived == ["Events 2026-01"])
            #expect(report.dropped.isEmpty)
            #expect(try files(archive).count == 1)
            #expect(try await numbers(store) == all)
            #expect(try await numbers(store, pushesDown: false) == all)
            #expect(try await store.applyRetention(at: march).isEmpty)

            // A column that came after the month was archived.
            clock.withLock { $0 = march }
            var wider = SampleRows.numbered("Events", start: 100, count: 1)
            wider.schema = TableSchema(
                wider.schema.columns + [ColumnSchema("Late", .string), ColumnSchema("Size", .long)])
            wider.columns = [.datetime(Vector([march.ticks]))] + wider.columns.dropFirst()
            wider.columns += [.string(StringColumn(["x"])), .long(Vector([9]))]
            try await store.append([wider])
            let late = try await ask(store, "Events | where isempty(Late) and isnull(Size) | count")
            #expect(late == [[.long(30)]])

            let nextYear = try #require(Instant(iso8601: "2027-02-10T00:00:00Z"))
            let end = try await store.applyRetention(at: nextYear)
            #expect(end.dropped == ["Events 2026-01"])
            #expect(end.archived == ["Events 2026-02", "Events 2026-03"])
            #expect(try await numbers(store).count == 21)
            _ = try await store.applyRetention(at: nextYear + .days(1))
            #expect(try files(archive).count == 2)
        }
    }

    @Test func `queries of a time range read only the parts it touches`() async throws {
        try await withStore(TableRetention(interactiveDays: 30, totalDays: 365)) { store, clock, _ in
            try await fill(store, clock, months: ["2026-01", "2026-02", "2026-03"])
            _ = try await store.applyRetention(at: try #require(Instant(iso8601: "2026-03-20T00:00:00Z")))
            let query = "Events | where TimeGenerated >= datetime(2026-02-15) | summarize count(), max(Number)"
            let plan = try await store.explain(TestEvents.query(query, store))
            #expect(plan.pushed.count == 1)
            #expect(plan.pushed[0].sql.contains("@2026-02"))
            #expect(plan.pushed[0].sql.contains("@2026-03"))
            #expect(!plan.pushed[0].sql.contains("read_parquet"))
            let all = try await store.explain(TestEvents.query("Events | summarize count()", store))
            #expect(all.pushed[0].sql.contains("read_parquet"))
            let joined =
                "Events | join kind=inner (Events | where TimeGenerated < datetime(2026-02-01)) on Number | count"
            #expect(try await ask(store, joined) == [[.long(10)]])
        }
    }

    @Test func `what is taken in long after it happened is kept as long as what is new`() async throws {
        try await withStore(TableRetention(interactiveDays: 30)) { store, clock, _ in
            let now = try #require(Instant(iso8601: "2026-03-10T00:00:00Z"))
            clock.withLock { $0 = now }
            try await store.append([
                rows(at: "2019-05-01T00:00:00Z", count: 3), rows(at: "2099-01-01T00:00:00Z", count: 2),
            ])
            #expect(try await store.statistics().first { $0.table == "Events" }?.segments.count == 1)
            #expect(try await store.applyRetention(at: now + .days(31)).isEmpty)
            #expect(try await numbers(store).count == 5)
            #expect(try await store.applyRetention(at: now + .days(60)).dropped == ["Events 2026-03-late"])
            #expect(try await numbers(store).isEmpty)
        }
    }

    @Test func `a batch over several months is parted and stays one batch`() async throws {
        try await withStore(.standard) { store, clock, _ in
            clock.withLock { $0 = Instant(iso8601: "2026-03-01T00:00:05Z") ?? $0 }
            let start = try #require(Instant(iso8601: "2026-02-28T23:59:50Z"))
            var batch = SampleRows.numbered("Events", count: 20)
            let times = (0..<20).map { start.ticks + Int64($0) * TimeSpan.ticksPerSecond }
            batch.columns[0] = .datetime(Vector(times, nulls: (0..<20).map { $0 == 19 }))
            try await store.append([batch])
            let parts = try await store.statistics().first { $0.table == "Events" }?.segments ?? []
            #expect(parts.map(\.partition) == ["2026-02", "2026-03", "2026-03-late"])
            #expect(parts.map(\.rows) == [10, 9, 1])
            #expect(try await numbers(store) == (0..<20).map(Int64.init))
        }
    }

    @Test func `times set for a table win over the configured ones and survive a restart`() async throws {
        try await OpenStore.withPath { path in
            let first = try open(path, .standard) { .unixEpoch }
            try await first.append([SampleRows.numbered("Events", count: 1)])
            let own = try #require(TableRetention(interactiveDays: 7, totalDays: 4383))
            try await first.setRetention(own, of: "Events")
            let error = await #expect(throws: EventStoreError.self) { try await first.setRetention(own, of: "Nowhere") }
            #expect(error?.code == .unknownTable)
            await first.close()
            let second = try open(path, .standard) { .unixEpoch }
            #expect(try await second.retention(of: "Events") == own)
            #expect(try await second.retention(of: "Others") == .standard)
            try await second.setRetention(nil, of: "Events")
            #expect(try await second.retention(of: "Events") == .standard)
            await second.close()
            #expect(TableRetention(interactiveDays: 3) == nil)
            #expect(TableRetention(interactiveDays: 90, totalDays: 30) == nil)
            #expect(TableRetention(interactiveDays: 90, totalDays: 5000) == nil)
        }
    }

    @Test func `a back-up under load opens with every event acknowledged before it`() async throws {
        try await withStore(TableRetention(interactiveDays: 30, totalDays: 365)) { store, clock, archive in
            try await fill(store, clock, months: ["2026-01", "2026-03"])
            _ = try await store.applyRetention(at: try #require(Instant(iso8601: "2026-03-20T00:00:00Z")))
            let copy = (archive as NSString).deletingLastPathComponent + "/copy"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            let acknowledged = Mutex<Set<Int64>>([])
            let writing = Task {
                for number in 1000..<1200 where !Task.isCancelled {
                    try await store.append([SampleRows.numbered("Load", start: number, count: 1)])
                    acknowledged.withLock { _ = $0.insert(Int64(number)) }
                }
            }
            while acknowledged.withLock({ $0.count }) < 20 { await Task.yield() }
            let before = acknowledged.withLock { $0 }
            let backedUp = try await store.backUp(to: copy)
            #expect(backedUp.count == 2)
            writing.cancel()
            _ = await writing.result
            let restored = try open(copy + "/events.duckdb", .standard) { .unixEpoch }
            #expect(try await numbers(restored).count == 20)
            let kept = try await StoreContract.rows(restored, "Load").column("Number")
            let numbers = try #require(kept.flatMap { if case .long(let numbers) = $0 { numbers.values } else { nil } })
            #expect(before.isSubset(of: Set(numbers)))
            await restored.close()
        }
    }

    // MARK: - Parts

    private func open(
        _ path: String, _ retention: TableRetention, now: @escaping @Sendable () -> Instant
    ) throws -> DuckDBEventStore {
        try DuckDBEventStore(
            library: OpenStore.library(),
            options: DuckDBOptions(
                path: path, threads: 2, memoryLimit: "1GB", readers: 2, retention: RetentionPolicy(standard: retention)),
            now: now)
    }

    private func withStore(
        _ retention: TableRetention?, _ body: (DuckDBEventStore, ClockSetting, String) async throws -> Void
    ) async throws {
        let retention = try #require(retention)
        try await OpenStore.withPath { path in
            let clock = ClockSetting()
            let store = try open(path, retention) { clock.withLock { $0 } }
            try await body(store, clock, try #require(DuckDBOptions(path: path).archiveFolder))
            await store.close()
        }
    }

    private func rows(at time: String, count: Int, start: Int = 0) -> EventBatch {
        var batch = SampleRows.numbered("Events", start: start, count: count)
        let first = Instant(iso8601: time) ?? .unixEpoch
        batch.columns[0] = .datetime(Vector((0..<count).map { first.ticks + Int64($0) * TimeSpan.ticksPerSecond }))
        return batch
    }

    /// Ten rows per month, taken in when they happened.
    private func fill(_ store: DuckDBEventStore, _ clock: ClockSetting, months: [String]) async throws {
        for (index, month) in months.enumerated() {
            let time = "\(month)-15T12:00:00Z"
            clock.withLock { $0 = Instant(iso8601: time) ?? $0 }
            try await store.append([rows(at: time, count: 10, start: index * 10)])
        }
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
    }

    private func ask(_ store: DuckDBEventStore, _ text: String, pushesDown: Bool = true) async throws -> [[Value]] {
        let outcome = try await store.query(TestEvents.query(text, store, pushesDown: pushesDown))
        #expect(outcome.fallback == nil)
        let table = outcome.result.table
        return (0..<table.rowCount).map { table.row($0) }
    }

    private func numbers(_ store: DuckDBEventStore, pushesDown: Bool = true) async throws -> [Int64] {
        guard store.layout.tables["Events"] != nil else { return [] }
        return try await ask(store, "Events | project Number | order by Number asc", pushesDown: pushesDown).compactMap
        {
            if case .long(let number) = $0[0] { number } else { nil }
        }
    }
}

/// The time that a test's store reads.
final class ClockSetting: Sendable {
    private let instant = Mutex(Instant.unixEpoch)

    func withLock<Result>(_ body: (inout Instant) -> Result) -> Result { instant.withLock { body(&$0) } }
}
