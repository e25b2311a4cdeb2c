import Chronology
import Detection
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import StateStore
import Synchronization
import TestSupport
import Vocabulary

/// A store whose events come hour by hour, some late, and the two ways of running rules over it.
final class SlicedEvents: Sendable {
    static let start = Instant(iso8601: "2026-03-02T00:20:00Z") ?? .unixEpoch

    let clock: RuleRunnerTests.ManualClock
    let store: DuckDBEventStore
    let database: StateDatabase
    let environment: Mutex<QueryEnvironment>

    private static let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("User", .string), ColumnSchema("Host", .string),
        ColumnSchema("Number", .long), ColumnSchema("Small", .int), ColumnSchema("Tags", .dynamic),
        ColumnSchema("Text", .string),
    ])

    init() async throws {
        let clock = RuleRunnerTests.ManualClock(SlicedEvents.start)
        self.clock = clock
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        let time = clock.source
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 1, memoryLimit: "500MB", readers: 1),
            now: { time.now() })
        database = try StateDatabase.inMemory(rooms: [DetectionTables.migrations])
        let list = TableSchema([ColumnSchema("SearchKey", .string), ColumnSchema("Weight", .long)])
        var environment = QueryEnvironment(
            catalogue: .standard, tables: FixedTableCatalog([:]),
            functions: [
                "Parsed": SavedFunction(
                    name: "Parsed",
                    body: "Signals | parse Text with 'a=' A:long ' b=' B | extend Pair = strcat(User, '/', B)")
            ],
            watchlists: FixedWatchlists([
                "guarded": Table(
                    schema: list, rows: [[.string("u1"), .long(3)], [.string("u2"), .long(5)]])
            ]))
        environment.external = nil
        self.environment = Mutex(environment)
        for table in ["Signals", "Others"] { _ = try await store.ensure(table, Self.schema) }
    }

    /// Rules that keep slices, as after a restart each time.
    var incremental: StoreRuleQueries {
        StoreRuleQueries(
            store: store, environment: { self.environment.withLock { $0 } },
            slices: RuleSlices(database, time: clock.source, policy: .alwaysSlices))
    }

    /// Rules that read their whole look-back in each run.
    var whole: StoreRuleQueries {
        StoreRuleQueries(store: store, environment: { self.environment.withLock { $0 } })
    }

    /// Appends rows of the hour that ends now, and some that are late by up to `late` hours.
    func append(_ rows: Int, late: Int = 0, to table: String, by generator: inout SeededGenerator) async throws {
        var batch: [[Value]] = []
        for row in 0..<(rows + late) {
            let hours = row < rows ? 0 : Int64.random(in: 1...11, using: &generator)
            let ticks = Int64.random(in: 0..<36_000_000_000, using: &generator) + hours * 36_000_000_000
            let number = Int64.random(in: -3...40, using: &generator)
            let letters = ["x", "y", "z", "x y"].shuffled(using: &generator).prefix(
                Int.random(in: 0...2, using: &generator))
            batch.append([
                .datetime(clock.source.now() - TimeSpan(ticks: ticks + 1)),
                .string("u\(Int.random(in: 0...4, using: &generator))"),
                .string(["", "h1", "h2", "h3"].randomElement(using: &generator) ?? ""),
                number < 0 ? .null(.long) : .long(number), .int(Int32(number / 7)),
                Value(dynamic: .array(letters.map { .string($0) })),
                .string("a=\(number) b=\(letters.first ?? "none")"),
            ])
        }
        try await store.append([EventBatch(table: table, rows: Table(schema: Self.schema, rows: batch))])
    }

    /// A rule's run that ends `minutes` ago.
    func run(period: TimeSpan, frequency: TimeSpan = .hours(1)) -> RuleSchedule.Run {
        let time = clock.source.now()
        return RuleSchedule.Run(
            nominalTime: time, timing: .scheduled(.init(frequency: frequency, period: period)))
    }
}

extension Table {
    /// The rows as text without the order of rows and of the elements of arrays, which KQL leaves open.
    var unordered: [String] {
        (0..<rowCount).map { row in
            zip(schema.columns, self.row(row)).map { column, value in
                if case .real(let number) = value, number.isNaN { return "\(column.name)=nan" }
                guard case .dynamic(let json) = value, let elements = json.arrayValue else {
                    return "\(column.name)=\(value)"
                }
                return "\(column.name)=\(elements.map(\.description).sorted())"
            }.joined(separator: "; ")
        }.sorted()
    }
}
