import EventStore
import Foundation
import Testing

/// `TOCSIN_RANDOM_QUERIES` sets how many queries are compared, `TOCSIN_RANDOM_SEED` the seed of the first; alone it
/// replays one query and shows it.
@Suite struct `Pushing down changes no answer of queries composed at random` {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["TOCSIN_RANDOM_QUERIES"].flatMap { Int($0) } ?? 1_000
    private static let replayed = environment["TOCSIN_RANDOM_SEED"].flatMap { UInt64($0) }
    private static let replayCount = environment["TOCSIN_RANDOM_QUERIES"].flatMap { Int($0) } ?? 1
    /// Queries that share rows: a store of its own for each would take longer than the queries.
    private static let queriesPerStore: UInt64 = 25

    @Test func `of filters, columns, groups, joins, unions, arrays and series`() async throws {
        let seeds = Self.replayed.map { $0...($0 + UInt64(Self.replayCount - 1)) } ?? 0...UInt64(max(0, Self.count - 1))
        var store: (number: UInt64, rows: RandomRows, store: any EventStore)?
        var pushed = 0
        var fellBack = 0
        var invalid = 0
        for seed in seeds {
            let number = seed / Self.queriesPerStore
            if store?.number != number {
                await store?.store.close()
                let rows = RandomRows(seed: number)
                store = (number, rows, try await rows.store())
            }
            guard let store else { continue }
            var composer = QueryComposer(seed: seed)
            let query = composer.query()
            if Self.replayed != nil { print("seed \(seed): \(query)") }
            switch try await Differential.compare("\(query)", store.store) {
            case .equal(let isPushed, let hasFallenBack):
                pushed += isPushed ? 1 : 0
                fellBack += hasFallenBack ? 1 : 0
            case .invalid: invalid += 1
            case .different:
                let smallest = try await Differential.shrink(query, store.rows)
                Issue.record(
                    """
                    seed \(seed) (replay with TOCSIN_RANDOM_SEED=\(seed)): \(query)
                    smallest: \(smallest.query)
                    \(smallest.difference)
                    \(smallest.rows.listing)
                    """)
            }
        }
        await store?.store.close()
        // Most queries must have a meaning and reach the store, or the comparison says little.
        let total = seeds.count
        #expect(invalid * 20 <= total, "\(invalid) of \(total) queries have no meaning")
        #expect(pushed * 10 >= (total - invalid) * 8, "\(pushed) of \(total) queries were pushed")
        #expect(fellBack * 10 <= total, "\(fellBack) of \(total) queries fell back")
    }
}
