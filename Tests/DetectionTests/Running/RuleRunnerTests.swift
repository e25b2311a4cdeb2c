import Casebook
import Chronology
import Detection
import JSON
import KQLValues
import StateStore
import Synchronization
import Testing
import Vocabulary

@Suite struct RuleRunnerTests {
    /// A clock that a test sets.
    final class ManualClock: Sendable {
        private let instant: Mutex<Instant>
        init(_ start: Instant) { instant = Mutex(start) }
        var source: TimeSource { TimeSource { self.instant.withLock { $0 } } }
        func advance(by span: TimeSpan) { instant.withLock { $0 = $0 + span } }
    }

    /// Queries that always give one row, or always fail.
    struct FixedQueries: RuleQueries {
        var error: RuleQueryError?
        func check(_ query: String) -> QueryCheck { QueryCheck(faults: [], columns: nil) }
        func run(_ query: String, _ run: RuleSchedule.Run) async throws(RuleQueryError) -> RuleQueryResult {
            if let error { throw error }
            let schema = TableSchema([ColumnSchema("User", .string)])
            return RuleQueryResult(rows: Table(schema: schema, rows: [[.string("ann@corp.example")]]), tables: ["T"])
        }
    }

    private static let start = Instant(ticks: 639_000_000_000_000_000)
    private static let rule = AnalyticsRule(
        id: "r1", name: "R", severity: .medium, query: "T",
        timing: .scheduled(.init(frequency: .minutes(5), period: .minutes(5))))

    private static func database() throws -> StateDatabase {
        try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
    }

    private static func runner(_ database: StateDatabase, _ clock: ManualClock, _ queries: FixedQueries) -> RuleRunner {
        RuleRunner(
            queries: queries, casebook: Casebook(database: database, time: clock.source),
            states: RuleStates(database), time: clock.source)
    }

    @Test func `missed runs are made up for after a restart and none is made twice`() async throws {
        let database = try Self.database()
        let clock = ManualClock(Self.start)
        let first = Self.runner(database, clock, FixedQueries())
        try await first.replaceRules([Self.rule])
        clock.advance(by: .minutes(5))
        try await first.runDue()
        clock.advance(by: .minutes(20))
        let second = Self.runner(database, clock, FixedQueries())
        try await second.replaceRules([Self.rule])
        for _ in 0..<10 { try await second.runDue() }
        let casebook = Casebook(database: database)
        #expect(try await casebook.alerts(limit: 100).count == 5)
        let health = try await RuleStates(database).health(of: "r1")
        #expect(health.map(\.status) == Array(repeating: .success, count: 5))
        #expect(await second.statuses().map(\.alerts) == [5])
    }

    @Test func `a rule that keeps failing is disabled and says why`() async throws {
        let database = try Self.database()
        let clock = ManualClock(Self.start)
        let error = RuleQueryError(code: "invalid-query", message: "no table T", isPermanent: true)
        let runner = Self.runner(database, clock, FixedQueries(error: error))
        try await runner.replaceRules([Self.rule])
        for _ in 0..<12 {
            clock.advance(by: .minutes(5))
            try await runner.runDue()
        }
        #expect(await runner.statuses().map(\.isEnabled) == [false])
        let health = try await RuleStates(database).health(of: "r1")
        #expect(health.count == 10)
        #expect(health.first?.status == .disabled)
        #expect(health.first?.message == "invalid-query: no table T")
    }
}
