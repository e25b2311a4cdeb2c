import Chronology
import Collection
import KQL
import KQLValues
import Records
import Sigma
import SigmaConversion
import Testing

@Suite struct CorrelationConversionTests {
    private static let rules = """
        title: Failed
        id: failed
        name: failed
        logsource: {product: windows, service: security}
        detection: {s: {EventID: 4625}, condition: s}
        ---
        title: Succeeded
        id: succeeded
        name: succeeded
        logsource: {product: windows, service: security}
        detection: {s: {EventID: 4624}, condition: s}
        """

    private static func conversion(_ correlation: String) throws -> SigmaConversion {
        let reading = try Converting.rules(
            rules + "\n---\ntitle: C\nid: c\nname: c\ncorrelation: {\(correlation)}")
        return try Converting.converter(["windows"]).convert(reading.correlations[0], in: reading)
    }

    /// Failures of ann from three addresses, then success; a success of bob, then a failure.
    private static let events = [
        (4625, "ann", "10.0.0.1", 0), (4625, "ann", "10.0.0.2", 10), (4625, "ann", "10.0.0.3", 20),
        (4624, "ann", "10.0.0.3", 30), (4624, "bob", "10.0.0.9", 40), (4625, "bob", "10.0.0.9", 50),
    ]

    @Test(arguments: [
        ("type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gte: 3}", ["ann"]),
        ("type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {eq: 1}", ["bob"]),
        (
            "type: value_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, "
                + "condition: {field: IpAddress, gte: 3}", ["ann"]
        ),
        ("type: temporal, rules: [failed, succeeded], group-by: [TargetUserName], timespan: 5m", ["ann", "bob"]),
        ("type: temporal_ordered, rules: [failed, succeeded], group-by: [TargetUserName], timespan: 5m", ["ann"]),
        (
            "type: event_count, rules: [failed], group-by: [who], timespan: 5m, condition: {gte: 3}, "
                + "aliases: {who: {failed: TargetUserName}}", ["ann"]
        ),
    ])
    func `a correlation's query gives its groups`(correlation: String, groups: [String]) async throws {
        let stored = try await ConvertedEvents()
        let lines = Self.events.map { id, user, address, second in
            """
            {"EventID": \(id), "Channel": "Security", "Hostname": "h", "TargetUserName": "\(user)", \
            "IpAddress": "\(address)", "EventTime": "2026-03-01 12:00:\(second < 10 ? "0" : "")\(second)"}
            """
        }
        let collector = Collector(Converting.content)
        let options = CollectionOptions(origin: "test", source: "windows")
        var reader = collector.reader(options, now: .unixEpoch)
        reader.feed(Array(lines.joined(separator: "\n").utf8))
        reader.finish()
        while let block = reader.next() { try await stored.append(collector.collect(block, options, now: .unixEpoch)) }
        let conversion = try Self.conversion(correlation)
        let query = try #require(conversion.query, "\(conversion.findings)")
        let rows = try await stored.rows(query)
        let place = try #require(
            rows.schema.columns.firstIndex { ["TargetUserName", "who"].contains($0.name) }, "\(rows.schema)")
        let found = (0..<rows.rowCount).map { "\(rows.row($0)[place])" }.sorted()
        #expect(found.count == groups.count && zip(found, groups).allSatisfy { $0.contains($1) }, "\(found)\n\(query)")
    }

    @Test func `correlations join correlations, and say what they cannot find`() throws {
        let reading = try Converting.rules(
            Self.rules + """

                ---
                title: Many
                id: many
                correlation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gte: 3}}
                ---
                title: Guessed
                id: guessed
                correlation: {type: temporal_ordered, rules: [many, succeeded], group-by: [TargetUserName], timespan: 10m}
                """)
        let converter = try Converting.converter(["windows"])
        let query = try #require(converter.convert(reading.correlations[1], in: reading).query)
        _ = try KQLEngine.compile(query, environment: Converting.environment, options: Converting.options)
        var alone = reading
        alone.rules = []
        let conversion = converter.convert(reading.correlations[1], in: alone)
        #expect(conversion.query == nil && conversion.findings.contains { $0.message.contains("'succeeded'") })
    }
}
