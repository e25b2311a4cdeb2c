import Chronology
import Detection
import DuckDBStore
import EventStore
import Foundation
import KQLValues
import StateStore
import Testing

@Suite struct IncrementalRuleTests {
    private static let seeds: [UInt64] = {
        let wanted = ProcessInfo.processInfo.environment["TOCSIN_INCREMENTAL_SEEDS"].flatMap { UInt64($0) } ?? 2
        return Array(1...max(2, wanted))
    }()

    @Test(arguments: seeds)
    func `rules composed at random find the same incrementally as by reading all`(seed: UInt64) async throws {
        var generator = SeededGenerator(state: seed &* 1_000)
        var composer = RandomSummaries(seed: seed)
        let queries = (0..<6).map { _ in composer.next() }
        let events = try await SlicedEvents()
        // Every other seed has so many slices that there are blocks of them.
        let frequency = seed.isMultiple(of: 2) ? TimeSpan.minutes(15) : .hours(1)
        var incremental = events.incremental
        var tally = SliceTally(read: 0, of: 0)
        for hour in 1...15 {
            // As after a restart.
            if Bool.random(using: &generator) { incremental = events.incremental }
            events.clock.advance(by: .hours(1))
            let late = Int.random(in: 0...1, using: &generator) * Int.random(in: 0...6, using: &generator)
            try await events.append(30, late: late, to: "Signals", by: &generator)
            if hour % 3 == 0 { try await events.append(9, late: late, to: "Others", by: &generator) }
            if hour == 12 {
                _ = try await events.store.deleteRows(of: "Signals", olderThan: events.clock.source.now() - .hours(8))
            }
            events.clock.advance(by: .minutes(hour == 9 ? 7 : 0))
            let run = events.run(period: .hours(12), frequency: frequency)
            for query in queries {
                let whole = try await events.whole.run(query, run)
                let part = try await incremental.run(query, run)
                try #require(part.rows.unordered == whole.rows.unordered, "hour \(hour): \(query)")
                #expect(part.rows.schema == whole.rows.schema)
                #expect(part.tables == whole.tables)
                // Lists of sorted rows keep their order, which slices do not tell.
                if query.contains("sort by"), query.contains("make_list") { continue }
                // Conditions on time are not moved below parse-kv.
                if query.contains("parse-kv"), query.contains("ago(") { continue }
                let slices = try #require(part.slices, "\(query)")
                tally.read += slices.read
                tally.all += slices.all
            }
        }
        #expect(tally.read * 2 < tally.all)
    }
}
