import Chronology
import Detection
import Synchronization
import Testing

/// Which way a rule is run, by what its runs are said to have cost.
@Suite struct ReadingChoiceTests {
    private static let query = "Signals | summarize N = count() by User"

    private let events: SlicedEvents
    private var generator = SeededGenerator(state: 3)

    init() async throws {
        events = try await SlicedEvents()
    }

    /// Queries whose runs of each way count for so many seconds.
    private func queries(
        whole: Double, slices: Double, limits: RuleSlices.Limits = RuleSlices.Limits()
    ) -> StoreRuleQueries {
        var policy = ReadingPolicy()
        policy.cheapSeconds = 0.5
        policy.cost = { way, _ in way == .whole ? whole : slices }
        let environment = events.environment.withLock { $0 }
        return StoreRuleQueries(
            store: events.store, environment: { environment },
            slices: RuleSlices(events.database, time: events.clock.source, limits: limits, policy: policy))
    }

    /// How the runs of the next hours are made, each over the last 12 hours.
    private mutating func readings(_ hours: Int, _ queries: StoreRuleQueries) async throws -> [LookBackReading] {
        var readings: [LookBackReading] = []
        for _ in 0..<hours {
            events.clock.advance(by: .hours(1))
            try await events.append(5, to: "Signals", by: &generator)
            let run = events.run(period: .hours(12))
            let result = try await queries.run(Self.query, run)
            #expect(result.rows.unordered == (try await events.whole.run(Self.query, run)).rows.unordered)
            readings.append(result.reading)
        }
        return readings
    }

    @Test mutating func `a rule whose whole run is cheap keeps no slices`() async throws {
        let readings = try await readings(20, queries(whole: 0.1, slices: 0.01))
        #expect(readings.first == .whole(.measuring))
        #expect(readings.dropFirst().allSatisfy { $0 == .whole(.cheap(seconds: 0.1)) })
    }

    @Test mutating func `a dear rule that is cheaper by slices runs so, and is run whole once per look-back`()
        async throws
    {
        let readings = try await readings(30, queries(whole: 2, slices: 0.1))
        let whole = readings.indices.filter { readings[$0] == .whole(.measuring) }
        #expect(whole == [0, 12, 24])
        let all = SliceTally(read: 12, of: 12)
        let new = SliceTally(read: 1, of: 12)
        #expect(readings[1] == .slices(all))
        #expect(readings[2...11].allSatisfy { $0 == .slices(new) })
        #expect(readings[13] == .slices(SliceTally(read: 2, of: 12)))
    }

    @Test mutating func `a rule that is dearer by slices runs whole, and slices are tried again once per look-back`()
        async throws
    {
        let readings = try await readings(20, queries(whole: 2, slices: 3))
        let bySlices = readings.indices.filter {
            if case .slices = readings[$0] { true } else { false }
        }
        // The first of each two reads all slices, which does not tell what later runs take.
        #expect(bySlices == [1, 2, 14, 15])
        #expect(readings[3] == .whole(.cheaper(seconds: 2, bySlices: 3)))
    }

    @Test mutating func `what runs took survives a restart`() async throws {
        _ = try await readings(4, queries(whole: 2, slices: 0.1))
        let readings = try await readings(2, queries(whole: 2, slices: 0.1))
        #expect(readings.allSatisfy { $0 == .slices(SliceTally(read: 1, of: 12)) })
    }

    @Test mutating func `a single run that took long changes nothing, several do`() async throws {
        _ = try await readings(6, queries(whole: 2, slices: 0.1))
        let one = try await readings(1, queries(whole: 2, slices: 50))
        let next = try await readings(1, queries(whole: 2, slices: 0.1))
        let several = try await readings(4, queries(whole: 2, slices: 50))
        #expect((one + next).allSatisfy { $0 == .slices(SliceTally(read: 1, of: 12)) })
        #expect(several.last == .whole(.cheaper(seconds: 2, bySlices: 50)))
    }

    @Test mutating func `slices that were too many are tried again once per look-back`() async throws {
        var limits = RuleSlices.Limits()
        limits.bytesPerSummary = 10
        let readings = try await readings(16, queries(whole: 2, slices: 0.1, limits: limits))
        let tried = SliceTally(read: 12, of: 12)
        #expect(readings.indices.filter { readings[$0] == .slices(tried) } == [1, 14])
        #expect(readings.indices.filter { readings[$0] == .whole(.gaveUp) } == Array(2..<14) + [15])
    }
}
