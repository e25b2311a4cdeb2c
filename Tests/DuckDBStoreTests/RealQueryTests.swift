import Chronology
import EventStore
import EventStoreComparison
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import TestSupport
import Testing

/// Real security queries over tables of their schemas with a few rows each.
@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct `Real queries` {
    /// Every so many queries are run; 1 runs them all.
    static let stride = Int(ProcessInfo.processInfo.environment["TOCSIN_REAL_QUERY_STRIDE"] ?? "") ?? 60

    @Test func `are pushed down without the store failing`() async throws {
        let schemas = try JSON(parsing: Data(contentsOf: SharedFolder.file("corpus/kql/schemas.json")))
        let text = try String(contentsOf: SharedFolder.file("corpus/kql/real_queries.jsonl"), encoding: .utf8)
        let cases = try text.split(separator: "\n").enumerated().filter { $0.offset % Self.stride == 0 }.map {
            try JSON(parsing: String($0.element))
        }
        let store = try OpenStore.at()
        try await fill(store, schemas, cases)
        var counts = (run: 0, whole: 0, partly: 0)
        var declines: [String: Int] = [:]
        for query in cases {
            let text = query["query"]?.stringValue ?? ""
            let storeQuery = TestEvents.query(text, store)
            let outcome: StoreQueryResult
            do {
                outcome = try await store.query(storeQuery)
            } catch {
                continue  // It does not compile against these schemas alone, or the runtime refuses it.
            }
            counts.run += 1
            #expect(outcome.fallback == nil, "\(query["id"]?.stringValue ?? ""): \(text)")
            if outcome.division.declines.isEmpty { counts.whole += 1 }
            if !outcome.division.pushed.isEmpty { counts.partly += 1 }
            for decline in outcome.division.declines {
                declines["\(decline.operation): \(decline.reason)", default: 0] += 1
            }
        }
        let reasons = declines.sorted { $0.value > $1.value }.prefix(25).map { "\($0.value) \($0.key)" }
        print("ran \(counts.run) of \(cases.count); wholly pushed \(counts.whole), partly \(counts.partly)")
        print(reasons.joined(separator: "\n"))
        #expect(counts.run > cases.count / 2)
        #expect(counts.whole > counts.run / 2)
    }

    private func fill(_ store: any EventStore, _ schemas: JSON, _ cases: [JSON]) async throws {
        var random = SeededGenerator(seed: 5)
        let names = Set(cases.flatMap { $0["tables"]?.arrayValue ?? [] }.compactMap(\.stringValue))
        for name in names.sorted() {
            guard let columns = schemas[name]?.objectValue else { continue }
            let schema = TableSchema(
                columns.compactMap { name, type in
                    KQLType(name: type.stringValue ?? "").map { ColumnSchema(name, $0) }
                })
            let rows = (0..<5).map { row in schema.columns.map { value(of: $0, row: row, &random) } }
            try await store.append([EventBatch(table: name, rows: Table(schema: schema, rows: rows))])
        }
    }

    private func value(of column: ColumnSchema, row: Int, _ random: inout SeededGenerator) -> Value {
        let number = Int64.random(in: 0...9, using: &random)
        switch column.type {
        case .bool: return .bool(number > 4)
        case .int: return .int(Int32(number))
        case .long: return .long(number)
        case .real: return .real(Double(number) / 2)
        case .decimal: return .decimal(Decimal(number))
        case .datetime: return .datetime(Instant(ticks: TestEvents.now.ticks - number * TimeSpan.ticksPerSecond))
        case .timespan: return .timespan(.minutes(number))
        case .guid: return .guid(Column.noGUID)
        case .string:
            return .string(number == 0 ? #"{"a":{"b":"c"},"list":[1,"x"]}"# : "text \(number) 10.0.0.\(number)")
        case .dynamic:
            return number == 0 ? .dynamic([["name": "x"], 5]) : .dynamic(["name": .int(number), "list": ["a"]])
        }
    }
}
