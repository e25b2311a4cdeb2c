import Chronology
import Detection
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLConformance
import KQLFunctions
import KQLValues
import StateStore
import TestSupport
import Testing
import Vocabulary

/// Rules of the corpus, run both ways over rows that are made for them.
@Suite struct CorpusIncrementTests {
    private static let start = Instant(iso8601: "2026-03-02T00:00:00Z") ?? .unixEpoch
    /// Rules whose look-back is at least twice their frequency and that run incrementally, at least.
    private static let floor = 25

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `rules of the corpus with long look-backs find the same incrementally`() async throws {
        func json(_ path: String) throws -> JSON {
            try JSON(parsing: String(contentsOf: SharedFolder.file(path), encoding: .utf8))
        }
        let tables = ConformanceFiles.tables(try json("corpus/kql/schemas.json"))
        let functions = ConformanceFiles.functions(try json("corpus/kql/functions.json"))
        let environment: @Sendable () -> QueryEnvironment = {
            QueryEnvironment(catalogue: .standard, tables: tables, functions: functions)
        }
        let clock = RuleRunnerTests.ManualClock(Self.start)
        let time = clock.source
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        let store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 1, memoryLimit: "1GB", readers: 1),
            now: { time.now() })
        let database = try StateDatabase.inMemory(rooms: [DetectionTables.migrations])
        let whole = StoreRuleQueries(store: store, environment: environment)
        let parts = StoreRuleQueries(
            store: store, environment: environment, slices: RuleSlices(database, time: time, policy: .alwaysSlices))
        var generator = SeededGenerator(state: 5)
        var (long, same, found) = (0, 0, 0)
        var known: Set<String> = []
        rules: for file in RuleFolder.files(in: [SharedFolder.file("corpus/sentinel_rules")]) {
            let read = RuleReader.read(try RuleFolder.text(of: file), file: file.lastPathComponent)
            guard let rule = read.rules.first,
                case .scheduled(let schedule) = rule.timing,
                schedule.period.ticks / 2 >= schedule.frequency.ticks
            else { continue }
            long += 1
            // Of a rule that reads all there is nothing to compare.
            guard Self.isSliced(rule.query, environment(), schedule.period, time.now()) else { continue }
            var asked: [String] = []
            let words = Set(rule.query.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
            for name in words.intersection(tables.tableNames).sorted() where known.insert(name).inserted {
                if let schema = tables.schema(of: name) { _ = try await store.ensure(name, schema) }
            }
            for turn in 0..<2 {
                clock.advance(by: schedule.frequency)
                let run = RuleSchedule.Run(nominalTime: time.now(), timing: rule.timing)
                if turn == 0 {
                    // A rule may need tables, or files of others, that are not here; it counts as one that reads all.
                    guard let empty = try? await parts.run(rule.query, run), empty.slices != nil else { continue rules }
                    asked = empty.tables
                }
                for name in asked {
                    guard let schema = tables.schema(of: name) else { continue }
                    try await store.append([
                        Self.rows(name, schema, rule.query, run.window, by: &generator)
                    ])
                }
                let expected = try await whole.run(rule.query, run)
                let result = try await parts.run(rule.query, run)
                found += expected.rows.rowCount
                #expect(result.slices != nil)
                #expect(result.rows.unordered == expected.rows.unordered, "\(file.lastPathComponent)")
            }
            same += 1
            clock.advance(by: .days(60))
        }
        print("\(same) of \(long) rules with long look-backs run incrementally; \(found) results compared")
        #expect(same >= Self.floor)
    }

    /// Whether slices of the look-back tell what a query asks for.
    private static func isSliced(
        _ query: String, _ environment: QueryEnvironment, _ period: TimeSpan, _ now: Instant
    ) -> Bool {
        var environment = environment
        environment.timeRange = TimeBounds(lower: now - period, upper: now)
        var options = CompileOptions(now: now, isLenient: true)
        options.keepsNow = true
        guard let compiled = try? KQLEngine.compile(query, environment: environment, options: options),
            compiled.results.count == 1
        else { return false }
        return SlicedQuery(compiled.primary.plan, context: EvaluationContext(now: now, seed: options.seed)) != nil
    }

    /// Rows whose texts are those that the query names, so that some pass its conditions.
    private static func rows(
        _ name: String, _ schema: TableSchema, _ query: String, _ window: TimeRange, by generator: inout SeededGenerator
    ) -> EventBatch {
        let texts =
            query.split { $0 == "\"" || $0 == "'" }.map(String.init).filter { $0.count < 60 } + ["", "10.1.2.3"]
        let numbers = query.split { !$0.isNumber }.compactMap { Int64($0.prefix(9)) } + [0, 1]
        var rows: [[Value]] = []
        for _ in 0..<100 {
            rows.append(
                schema.columns.map { column in
                    let number = numbers.randomElement(using: &generator) ?? 0
                    let text = texts.randomElement(using: &generator) ?? ""
                    switch column.type {
                    case .datetime:
                        let ticks = Int64.random(in: 0..<window.duration.ticks, using: &generator)
                        return .datetime(window.start + TimeSpan(ticks: ticks))
                    case .string: return .string(text)
                    case .long: return .long(number)
                    case .int: return .int(Int32(truncatingIfNeeded: number))
                    case .bool: return .bool(number % 2 == 1)
                    case .dynamic: return .dynamic([.object(["displayName": .string(text), "value": .int(number)])])
                    default: return .missing(column.type)
                    }
                })
        }
        return EventBatch(table: name, rows: Table(schema: schema, rows: rows))
    }
}
