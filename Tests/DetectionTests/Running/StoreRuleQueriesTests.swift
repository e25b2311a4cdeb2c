import Chronology
import Detection
import KQL
import KQLFunctions
import KQLValues
import Testing
import Vocabulary

@Suite struct StoreRuleQueriesTests {
    private static let noon = Instant(ticks: 639_000_432_000_000_000)

    /// Events one minute apart until noon, the last minute's first; each ingested ten minutes after it happened.
    private static let queries = StoreRuleQueries(
        store: MemoryStore(
            name: "Signals",
            rows: Table(
                schema: TableSchema([
                    ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Number", .long),
                    ColumnSchema("_IngestionTime", .datetime),
                ]),
                rows: (0..<60).map { number in
                    let time = noon - .minutes(Int64(number))
                    return [.datetime(time), .long(Int64(number)), .datetime(time + .minutes(10))]
                })),
        environment: { QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:])) })

    private static func numbers(_ query: String, _ run: RuleSchedule.Run) async throws -> [Int64] {
        let rows = try await queries.run(query, run).rows
        return (0..<rows.rowCount).compactMap { row in
            if case .long(let number) = rows.row(row).first { number } else { nil }
        }
    }

    @Test func `a scheduled run sees its window without its end, and its nominal time as now`() async throws {
        let run = RuleSchedule.Run(
            nominalTime: Self.noon, window: TimeRange(start: Self.noon - .minutes(5), end: Self.noon),
            isByIngestionTime: false)
        #expect(try await Self.numbers("Signals | project Number | sort by Number asc", run) == [1, 2, 3, 4, 5])
        #expect(
            try await Self.numbers(
                "Signals | where TimeGenerated >= ago(2m) | project Number | sort by Number asc", run)
                == [1, 2])
    }

    @Test func `a near-real-time run sees what was ingested within its window, whenever it happened`() async throws {
        let run = RuleSchedule.Run(
            nominalTime: Self.noon, window: TimeRange(start: Self.noon - .minutes(3), end: Self.noon),
            isByIngestionTime: true)
        #expect(try await Self.numbers("Signals | project Number | sort by Number asc", run) == [11, 12, 13])
        let all = try await Self.queries.run("Signals", run)
        #expect(all.rows.schema.columns.map(\.name) == ["TimeGenerated", "Number"])
        #expect(all.tables == ["Signals"])
    }

    @Test func `an unknown table is a permanent failure`() async throws {
        let run = RuleSchedule.Run(
            nominalTime: Self.noon, window: TimeRange(start: Self.noon, end: Self.noon), isByIngestionTime: true)
        await #expect {
            try await Self.queries.run("Nothing | take 1", run)
        } throws: { error in
            (error as? RuleQueryError)?.isPermanent == true
        }
    }
}
