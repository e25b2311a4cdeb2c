import Sigma
import Testing

@Suite struct CorrelationTests {
    private static let rules = ["a", "b", "c"].map { name in
        """
        title: \(name)
        id: id-\(name)
        name: \(name)
        logsource: {product: windows}
        detection: {s: {X: \(name)}, condition: s}
        """
    }.joined(separator: "\n---\n")

    /// Correlations of the rules a, b and c.
    static func correlator(_ correlations: String...) throws -> SigmaCorrelator {
        let documents = correlations.enumerated().map { number, text in
            "title: C\(number)\nid: c\(number)\ncorrelation: {\(text)}"
        }
        var reading = SigmaReader().read(([rules] + documents).joined(separator: "\n---\n"), file: "c.yml")
        reading.link()
        try #require(
            reading.findings.isEmpty && reading.correlations.count == correlations.count, "\(reading.findings)")
        return SigmaCorrelator(reading.correlations, rules: reading.rules)
    }

    static func hit(_ rule: String, _ seconds: Int64, _ values: [String: String] = ["host": "h"]) -> SigmaHit {
        SigmaHit(rule: "id-\(rule)", time: seconds * 1_000, event: "\(rule) \(seconds) \(values)", values: values)
    }

    @Test func `events are counted per group in a window that slides`() throws {
        var correlator = try Self.correlator(
            "type: event_count, rules: [a], group-by: [Host], timespan: 1m, condition: {gte: 3}")
        #expect(correlator.add(Self.hit("a", 0)).isEmpty)
        #expect(correlator.add(Self.hit("a", 50)).isEmpty)
        #expect(correlator.add(Self.hit("a", 55, ["host": "other"])).isEmpty)
        #expect(correlator.add(Self.hit("a", 70)).isEmpty)
        let match = try #require(correlator.add(Self.hit("a", 80)).first)
        #expect(match.group == ["h"] && match.start == 50_000 && match.end == 80_000 && match.value == 3)
        // What comes until a minute after its first event belongs to the match.
        #expect((81...110).allSatisfy { correlator.add(Self.hit("a", $0)).isEmpty })
        #expect((111...113).flatMap { correlator.add(Self.hit("a", $0)) }.count == 1)
    }

    @Test func `the same hit again and one without the group's field change nothing`() throws {
        var correlator = try Self.correlator(
            "type: event_count, rules: [a], group-by: [Host], timespan: 1m, condition: {gt: 1}")
        #expect(correlator.add(Self.hit("a", 0)).isEmpty)
        #expect(correlator.add(Self.hit("a", 0)).isEmpty)
        #expect(correlator.add(Self.hit("a", 1, [:])).isEmpty)
        #expect(correlator.add(Self.hit("a", 2)).count == 1)
        #expect(correlator.add(Self.hit("a", 2)).isEmpty && correlator.add(Self.hit("a", 0)).isEmpty)
    }

    @Test func `a hit that comes late completes the window it lies in`() throws {
        var correlator = try Self.correlator(
            "type: event_count, rules: [a], group-by: [Host], timespan: 1m, condition: {gte: 3}")
        for second in [0, 55, 130] { #expect(correlator.add(Self.hit("a", Int64(second))).isEmpty) }
        #expect(correlator.add(Self.hit("a", 30)).first?.start == 0)
    }

    @Test func `distinct values are counted, sums and medians taken`() throws {
        var correlator = try Self.correlator(
            "type: value_count, rules: [a], group-by: [Host], timespan: 1m, condition: {field: User, gte: 2}",
            "type: value_sum, rules: [b], group-by: [Host], timespan: 1m, condition: {field: Bytes, gt: 100}",
            "type: value_median, rules: [c], group-by: [Host], timespan: 1m, condition: {field: Bytes, lt: 10}")
        #expect(correlator.add(Self.hit("a", 0, ["host": "h", "user": "u"])).isEmpty)
        #expect(correlator.add(Self.hit("a", 1, ["host": "h", "user": "u"])).isEmpty)
        #expect(correlator.add(Self.hit("a", 2, ["host": "h", "user": "v"])).first?.value == 2)
        #expect(correlator.add(Self.hit("b", 3, ["host": "h", "bytes": "60"])).isEmpty)
        #expect(correlator.add(Self.hit("b", 4, ["host": "h", "bytes": "41"])).first?.value == 101)
        for (second, bytes) in [(5, "1"), (6, "9"), (7, "900")] {
            #expect(correlator.add(Self.hit("c", Int64(second), ["host": "h", "bytes": bytes])).isEmpty)
        }
        #expect(correlator.advance(to: 65_000).isEmpty)
        #expect(correlator.advance(to: 400_000).first?.value == 9)
    }

    @Test func `several rules near each other match, in order where order is asked for`() throws {
        var correlator = try Self.correlator(
            "type: temporal, rules: [a, b], group-by: [Host], timespan: 1m",
            "type: temporal_ordered, rules: [a, b], group-by: [Host], timespan: 1m")
        #expect(correlator.add(Self.hit("b", 0)).isEmpty)
        #expect(correlator.add(Self.hit("a", 10)).map(\.correlation.header.id) == ["c0"])
        #expect(correlator.add(Self.hit("b", 20)).map(\.correlation.header.id) == ["c1"])
    }

    @Test func `correlations join correlations and fields under other names`() throws {
        var correlator = try Self.correlator(
            "type: event_count, rules: [a], group-by: [Source], timespan: 1m, condition: {gte: 2}",
            """
            type: temporal_ordered, rules: [c0, b], group-by: [address], timespan: 5m,
            aliases: {address: {c0: Source, b: Target}}
            """)
        #expect(correlator.fields(of: "id-b") == ["Target"])
        #expect(correlator.absorbs("id-b") && !correlator.joins("id-c"))
        #expect(correlator.add(Self.hit("a", 0, ["source": "x"])).isEmpty)
        #expect(correlator.add(Self.hit("a", 1, ["source": "x"])).count == 1)
        #expect(correlator.add(Self.hit("b", 2, ["target": "y"])).isEmpty)
        #expect(correlator.add(Self.hit("b", 3, ["target": "x"])).map(\.correlation.header.id) == ["c1"])
    }

    @Test func `a range of counts is told when its time is over`() throws {
        var correlator = try Self.correlator(
            "type: event_count, rules: [a], group-by: [Host], timespan: 1m, condition: {gt: 1, lte: 3}")
        for second in 0..<5 { #expect(correlator.add(Self.hit("a", Int64(second), ["host": "many"])).isEmpty) }
        for second in 0..<3 { #expect(correlator.add(Self.hit("a", Int64(second), ["host": "few"])).isEmpty) }
        #expect(correlator.advance(to: 600_000).map(\.group) == [["few"]])
    }

    @Test(arguments: [
        "type: sideways, rules: [a], timespan: 1m, condition: {gt: 1}",
        "type: event_count, rules: [a], timespan: 1 minute, condition: {gt: 1}",
        "type: event_count, rules: [a], timespan: 1m", "type: event_count, timespan: 1m, condition: {gt: 1}",
        "type: value_count, rules: [a], timespan: 1m, condition: {gt: 1}",
        "type: event_count, rules: [nobody], timespan: 1m, condition: {gt: 1}",
        "type: event_count, rules: [c], timespan: 1m, condition: {gt: 1}",
    ])
    func `a faulty correlation is a finding`(text: String) {
        var reading = SigmaReader().read(
            "title: A\nid: a\nlogsource: {}\ndetection: {s: {X: 1}, condition: s}\n---\ntitle: C\nid: c\n"
                + "correlation: {\(text)}", file: "c.yml")
        reading.link()
        #expect(reading.correlations.isEmpty && reading.findings.contains { $0.gravity == .error })
    }

    @Test func `an aggregation of Sigma 1 becomes a correlation`() throws {
        var reading = SigmaReader().read(
            """
            title: Spray
            id: spray
            logsource: {product: windows}
            detection:
              s: {EventID: 4625}
              condition: s | count(TargetUserName) by IpAddress > 10
              timeframe: 5m
            """, file: "s.yml")
        reading.link()
        let correlation = try #require(reading.correlations.first)
        #expect(correlation.kind == .valueCount && correlation.groupBy == ["IpAddress"] && correlation.timespan == 300)
        #expect(correlation.header.id == "spray" && reading.rules.map(\.id) == correlation.rules)
    }

    @Test func `a filter leaves out what it names, written either way`() throws {
        for condition in ["selection", "not selection"] {
            var reading = SigmaReader().read(
                Self.rules + """

                    ---
                    title: F
                    logsource: {product: windows}
                    filter:
                      rules: [a]
                      selection: {User|startswith: adm_}
                      condition: \(condition)
                    """, file: "f.yml")
            reading.link()
            #expect(reading.findings.isEmpty)
            let rule = try #require(reading.rules.first)
            #expect(try MatchingTests.matches(rule, ["X": "a", "User": "bob"]))
            #expect(try !MatchingTests.matches(rule, ["X": "a", "User": "adm_bob"]))
        }
    }

    @Test func `documents repeat the one before and keep keys of their own`() {
        let reading = SigmaReader().read(
            Self.rules + "\n---\naction: repeat\ntitle: again\nid: again\ntests: [{alerts: 1}]", file: "r.yml")
        #expect(reading.rules.last?.id == "again" && reading.rules.last?.detections.count == 1)
        #expect(reading.rules.last?.extras["tests"]?.sequence?.count == 1)
    }
}
