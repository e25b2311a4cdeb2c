import Sigma
import Testing

/// Hits of several places that know nothing of each other arrive late and interleaved.
@Suite struct LateHitTests {
    private static func permutations<Element>(_ elements: [Element]) -> [[Element]] {
        guard elements.count > 1 else { return [elements] }
        return elements.indices.flatMap { index in
            var rest = elements
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    private static func hit(_ rule: String, minute: Int, host: String = "h") -> SigmaHit {
        CorrelationTests.hit(rule, Int64(minute) * 60, ["host": host])
    }

    @Test(arguments: ["temporal", "temporal_ordered"])
    func `steps of an attack match once, in whatever order they arrive`(type: String) throws {
        for order in Self.permutations([("a", 0), ("b", 1), ("c", 2)]) {
            var correlator = try CorrelationTests.correlator(
                "type: \(type), rules: [a, b, c], group-by: [Host], timespan: 5m")
            let matches = order.flatMap { correlator.add(Self.hit($0, minute: $1)) }
            #expect(matches.map(\.start) == [0] && matches.map(\.end) == [120_000], "\(order)")
        }
    }

    @Test func `steps that happened in another order do not match, in whatever order they arrive`() throws {
        for order in Self.permutations([("b", 0), ("a", 1), ("c", 2)]) {
            var correlator = try CorrelationTests.correlator(
                "type: temporal_ordered, rules: [a, b, c], group-by: [Host], timespan: 5m")
            #expect(order.flatMap { correlator.add(Self.hit($0, minute: $1)) }.isEmpty, "\(order)")
        }
    }

    @Test func `what places saw within the timespan makes one match, however their hits are interleaved`() throws {
        for interleaving in 0..<200 {
            var choices = interleaving * 97
            var places = (0..<3).map { place in (0..<3).map { Self.hit("a", minute: place + 3 * $0) }[...] }
            var correlator = try CorrelationTests.correlator(
                "type: event_count, rules: [a], group-by: [Host], timespan: 10m, condition: {gte: 6}")
            var matches: [SigmaCorrelationMatch] = []
            while true {
                let left = places.indices.filter { !places[$0].isEmpty }
                guard !left.isEmpty, let hit = places[left[choices % left.count]].popFirst() else { break }
                choices /= left.count
                // Each is sent twice, as after an answer that was lost.
                matches += correlator.add(hit) + correlator.add(hit)
            }
            #expect(matches.count == 1)
        }
    }

    @Test(arguments: [(gone: 60, matches: 1), (gone: 90, matches: 0)])
    func `a place that was cut off joins what others saw up to an hour before`(gone: Int, matches: Int) throws {
        var correlator = try CorrelationTests.correlator(
            "type: event_count, rules: [a], group-by: [Host], timespan: 10m, condition: {gte: 6}")
        let seen = [0, 2, 4, gone].flatMap { correlator.add(Self.hit("a", minute: $0)) }
        #expect(seen.isEmpty)
        #expect([1, 3, 5].flatMap { correlator.add(Self.hit("a", minute: $0)) }.count == matches)
    }

    @Test(arguments: [(late: 1, matches: 1), (late: 2, matches: 0)])
    func `what later events could undo waits for more from a place that is late`(late: Int, matches: Int) throws {
        var correlator = try CorrelationTests.correlator(
            "type: event_count, rules: [a], group-by: [Host], timespan: 1m, condition: {gt: 1, lte: 3}")
        let hour: Int64 = 3_600_000
        #expect(correlator.advance(to: hour).isEmpty)
        let first = (0..<2).flatMap { correlator.add(CorrelationTests.hit("a", $0)) }
        #expect(first.isEmpty && correlator.advance(to: hour + 120_000).isEmpty)
        let second = (0..<late).flatMap { correlator.add(CorrelationTests.hit("a", Int64(10 + $0))) }
        #expect(second.isEmpty && correlator.advance(to: hour + 400_000).isEmpty)
        #expect(correlator.advance(to: hour + 500_000).count == matches)
    }
}
