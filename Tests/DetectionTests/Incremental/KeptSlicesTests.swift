import Chronology
import Detection
import DuckDBStore
import EventStore
import KQL
import KQLValues
import StateStore
import Synchronization
import Testing

/// What makes slices be read again, or not.
@Suite struct KeptSlicesTests {
    private static let query = "Signals | summarize N = count(), Hosts = make_set(Host) by User"

    private let events: SlicedEvents
    private var generator = SeededGenerator(state: 7)

    init() async throws {
        events = try await SlicedEvents()
    }

    /// Twelve hours of events.
    private mutating func fill() async throws {
        for _ in 0..<12 { try await hour() }
    }

    private mutating func hour(late: Int = 0) async throws {
        events.clock.advance(by: .hours(1))
        try await events.append(10, late: late, to: "Signals", by: &generator)
    }

    /// Runs a query both ways, holds the results against each other and gives how much was read.
    private func read(_ query: String = query) async throws -> SliceTally? {
        let run = events.run(period: .hours(12))
        let part = try await events.incremental.run(query, run)
        #expect(part.rows.unordered == (try await events.whole.run(query, run)).rows.unordered)
        return part.slices
    }

    @Test mutating func `each run reads the slice that is new`() async throws {
        try await fill()
        #expect(try await read() == SliceTally(read: 12, of: 12))
        #expect(try await read() == SliceTally(read: 0, of: 12))
        try await hour()
        #expect(try await read() == SliceTally(read: 1, of: 12))
    }

    @Test mutating func `rows that come late are read with the slices into which they fall`() async throws {
        try await fill()
        _ = try await read()
        try await hour(late: 1)
        #expect(try await read() == SliceTally(read: 2, of: 12))
    }

    @Test mutating func `slices that lost rows are read again`() async throws {
        try await fill()
        _ = try await read()
        let cut = events.clock.source.now() - .hours(9)
        _ = try await events.store.deleteRows(of: "Signals", olderThan: cut)
        #expect(try await read() == SliceTally(read: 3, of: 12))
        #expect(try await read() == SliceTally(read: 0, of: 12))
    }

    @Test mutating func `a run at another minute reads the ends of its window besides`() async throws {
        try await fill()
        _ = try await read()
        try await hour()
        events.clock.advance(by: .minutes(20))
        #expect(try await read() == SliceTally(read: 3, of: 13))
    }

    @Test mutating func `what is after the summary may change and the slices stay`() async throws {
        try await fill()
        _ = try await read()
        #expect(try await read(Self.query + " | where N > 7 | top 3 by N") == SliceTally(read: 0, of: 12))
        #expect(try await read(Self.query + ", Host") == SliceTally(read: 12, of: 12))
    }

    @Test mutating func `a watchlist or function that the summary reads begins new slices when it changes`()
        async throws
    {
        let query = """
            Parsed | where User in ((_GetWatchlist('guarded') | project SearchKey)) | summarize count() by Pair
            """
        try await fill()
        #expect(try await read(query) == SliceTally(read: 12, of: 12))
        let schema = TableSchema([ColumnSchema("SearchKey", .string)])
        events.environment.withLock {
            $0.watchlists = FixedWatchlists(["guarded": Table(schema: schema, rows: [[.string("u4")]])])
        }
        #expect(try await read(query) == SliceTally(read: 12, of: 12))
        events.environment.withLock {
            $0.functions["Parsed"]?.body = "Signals | extend Pair = strcat(User, Host)"
        }
        #expect(try await read(query) == SliceTally(read: 12, of: 12))
        events.environment.withLock { $0.functions["Unused"] = SavedFunction(name: "Unused", body: "print 1") }
        #expect(try await read(query) == SliceTally(read: 0, of: 12))
    }

    @Test mutating func `many slices are kept as blocks where nothing changes any more`() async throws {
        let queries = events.incremental
        var tallies: [SliceTally] = []
        try await fill()
        for run in 0..<48 {
            events.clock.advance(by: .minutes(15))
            try await events.append(3, to: "Signals", by: &generator)
            if run == 30 { try await events.append(0, late: 3, to: "Signals", by: &generator) }
            let now = events.run(period: .hours(12), frequency: .minutes(15))
            let part = try await queries.run(Self.query, now)
            #expect(part.rows.unordered == (try await events.whole.run(Self.query, now)).rows.unordered)
            tallies.append(try #require(part.slices))
        }
        // 48 slices, six in a block: besides the new ones, those of a block that is formed and of one that ends.
        #expect(tallies[0] == SliceTally(read: 48, of: 48))
        #expect(tallies[1...29].allSatisfy { $0.all == 48 && $0.read <= 4 + 6 + 6 })
        #expect(tallies[1...].map(\.read).reduce(0, +) < 47 * 8)
        #expect(tallies[1...].contains { $0.read >= 6 })
    }

    @Test mutating func `a set that another process changed is read from the database`() async throws {
        let (first, second) = (events.incremental, events.incremental)
        try await fill()
        for queries in [first, second, first, second, second, first] {
            try await hour(late: 2)
            let run = events.run(period: .hours(12))
            let part = try await queries.run(Self.query, run)
            #expect(part.rows.unordered == (try await events.whole.run(Self.query, run)).rows.unordered)
            if part.slices != SliceTally(read: 12, of: 12) { #expect((part.slices?.read ?? 12) <= 3) }
        }
    }

    @Test(arguments: [
        "Signals | summarize percentile(Number, 95) by User", "Signals | summarize sum(Number / 3.0) by User",
        "Signals | extend Age = now() - TimeGenerated | summarize max(Age) by User",
        "Signals | where rand() >= 0 | summarize count() by User", "Signals | where Number > 3",
        "Signals | top 10 by TimeGenerated | summarize count()",
        "Signals | join kind=inner Others on User | summarize count() by User",
    ])
    mutating func `what slices cannot tell is read as a whole`(query: String) async throws {
        try await hour()
        let run = events.run(period: .hours(12))
        #expect(try await events.incremental.run(query, run).slices == nil)
    }

    @Test mutating func `windows that hardly overlap are read as a whole`() async throws {
        try await hour()
        for (period, frequency) in [(TimeSpan.hours(1), TimeSpan.hours(1)), (.minutes(90), .hours(1))] {
            let run = events.run(period: period, frequency: frequency)
            #expect(try await events.incremental.run(Self.query, run).slices == nil)
        }
    }

    @Test mutating func `slices beyond their room are not kept and the rule still runs`() async throws {
        try await fill()
        var limits = RuleSlices.Limits()
        limits.bytesPerSummary = 100
        let environment = events.environment.withLock { $0 }
        let queries = StoreRuleQueries(
            store: events.store, environment: { environment },
            slices: RuleSlices(events.database, time: events.clock.source, limits: limits, policy: .alwaysSlices))
        let run = events.run(period: .hours(12))
        let expected = try await events.whole.run(Self.query, run).rows.unordered
        for _ in 0..<2 { #expect(try await queries.run(Self.query, run).rows.unordered == expected) }
        #expect(try await queries.run(Self.query, run).slices == nil)
    }
}
