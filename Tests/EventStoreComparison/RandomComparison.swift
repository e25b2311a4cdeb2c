package import EventStore
import Foundation
import Testing

/// `TOCSIN_RANDOM_QUERIES` sets how many queries are compared, `TOCSIN_RANDOM_SEED` the seed of the first; alone it
/// replays one query and shows it.
package enum RandomComparison {
    private static let environment = ProcessInfo.processInfo.environment
    private static let replayed = environment["TOCSIN_RANDOM_SEED"].flatMap { UInt64($0) }
    private static let replayCount = environment["TOCSIN_RANDOM_QUERIES"].flatMap { Int($0) } ?? 1
    /// Queries that share rows: a store of its own for each would take longer than the queries.
    private static let queriesPerStore: UInt64 = 25

    /// - Parameter sharePushed: How many of ten queries with a meaning must reach the store at least in part, or the
    ///   comparison says little.
    package static func run(
        count defaultCount: Int, sharePushed: Int, open: () async throws -> any EventStore
    ) async throws {
        let seeds =
            replayed.map { $0...($0 + UInt64(replayCount - 1)) }
            ?? 0...UInt64(max(0, (environment["TOCSIN_RANDOM_QUERIES"].flatMap { Int($0) } ?? defaultCount) - 1))
        var store: (number: UInt64, rows: RandomRows, store: any EventStore)?
        var pushed = 0
        var fellBack = 0
        var invalid = 0
        for seed in seeds {
            let number = seed / queriesPerStore
            if store?.number != number {
                await store?.store.close()
                let rows = RandomRows(seed: number)
                store = (number, rows, try await rows.filled(open()))
            }
            guard let store else { continue }
            var composer = QueryComposer(seed: seed)
            let query = composer.query()
            if replayed != nil { print("seed \(seed): \(query)") }
            switch try await Differential.compare("\(query)", store.store) {
            case .equal(let isPushed, let hasFallenBack):
                pushed += isPushed ? 1 : 0
                fellBack += hasFallenBack ? 1 : 0
            case .invalid: invalid += 1
            case .different:
                let smallest = try await Differential.shrink(query, store.rows, open: open)
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
        // Most queries must have a meaning.
        let total = seeds.count
        #expect(invalid * 20 <= total, "\(invalid) of \(total) queries have no meaning")
        #expect(pushed * 10 >= (total - invalid) * sharePushed, "\(pushed) of \(total) queries were pushed")
        #expect(fellBack * 10 <= total, "\(fellBack) of \(total) queries fell back")
    }
}
