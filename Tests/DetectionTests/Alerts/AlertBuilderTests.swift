import Casebook
import Chronology
import Detection
import JSON
import KQLValues
import Testing
import Vocabulary

@Suite struct AlertBuilderTests {
    private static let end = Instant(ticks: 639_000_000_000_000_000)
    private static let run = RuleSchedule.Run(
        nominalTime: end, window: TimeRange(start: end - .hours(1), end: end), isByIngestionTime: false)

    private static func rule() -> AnalyticsRule {
        var rule = AnalyticsRule(
            id: "r", name: "Sprayed", severity: .medium, query: "T",
            timing: .scheduled(.init(frequency: .hours(1), period: .hours(1))))
        rule.entityMappings = [
            EntityMapping(kind: .account, fields: [.init(identifier: "FullName", column: "User")]),
            EntityMapping(kind: .ip, fields: [.init(identifier: "Address", column: "Address")]),
        ]
        return rule
    }

    private static func table(_ rows: [(String, String)]) -> Table {
        Table(
            schema: TableSchema([
                ColumnSchema("TimeGenerated", .datetime), ColumnSchema("User", .string),
                ColumnSchema("Address", .string), ColumnSchema("Level", .string),
            ]),
            rows: rows.enumerated().map { index, row in
                [.datetime(end - .minutes(Int64(index + 1))), .string(row.0), .string(row.1), .string("High")]
            })
    }

    @Test func `results below the threshold raise nothing`() {
        var rule = Self.rule()
        rule.timing = .scheduled(.init(frequency: .hours(1), period: .hours(1), trigger: .init(.greaterThan, 2)))
        let builder = AlertBuilder(rule, run: Self.run)
        #expect(
            builder.alerts(for: Self.table([("a", "203.0.113.1"), ("b", "203.0.113.2")]), generatedAt: Self.end).isEmpty
        )
    }

    @Test func `one alert holds all rows' entities once, and nobodies are dropped`() throws {
        let table = Self.table([("CORP\\ann", "203.0.113.1"), ("CORP\\ann", "203.0.113.2"), ("system", "")])
        let alerts = AlertBuilder(Self.rule(), run: Self.run).alerts(for: table, generatedAt: Self.end)
        let alert = try #require(alerts.first)
        #expect(alerts.count == 1)
        #expect(alert.entities.map(\.friendlyName) == ["CORP\\ann", "203.0.113.1", "203.0.113.2"])
        #expect(alert.startTime == Self.end - .minutes(3))
        #expect(alert.endTime == Self.end - .minutes(1))
        #expect(alert.evidence.count == 3)
        #expect(alert.extendedProperties["Search Query Results Overall Count"] == "3")
    }

    @Test func `alerts per result are 149 and a summary at most`() {
        var rule = Self.rule()
        rule.eventGrouping = .alertPerResult
        let rows = (0..<400).map { ("user\($0)@corp.example", "203.0.113.7") }
        let alerts = AlertBuilder(rule, run: Self.run).alerts(for: Self.table(rows), generatedAt: Self.end)
        #expect(alerts.count == 150)
        #expect(alerts.last?.evidence.count == 100)
        #expect(Set(alerts.map(\.id)).count == 150)
    }

    @Test func `the entities' limit is shared by the mappings`() throws {
        let rows = (0..<400).map { ("user\($0)@corp.example", "203.0.\($0 / 200).\($0 % 200)") }
        let alerts = AlertBuilder(Self.rule(), run: Self.run).alerts(for: Self.table(rows), generatedAt: Self.end)
        let kinds = try #require(alerts.first).entities.map(\.kind)
        #expect(kinds.count { $0 == .account } == 250 && kinds.count { $0 == .ip } == 250)
    }

    @Test func `a repeated run makes alerts of the same identifiers, another window others`() {
        let table = Self.table([("ann", "203.0.113.1")])
        let first = AlertBuilder(Self.rule(), run: Self.run).alerts(for: table, generatedAt: Self.end)
        let again = AlertBuilder(Self.rule(), run: Self.run).alerts(for: table, generatedAt: Self.end + .hours(1))
        var later = Self.run
        later.window.end = later.window.end + .hours(1)
        let other = AlertBuilder(Self.rule(), run: later).alerts(for: table, generatedAt: Self.end)
        #expect(first.map(\.id) == again.map(\.id))
        #expect(first.map(\.id) != other.map(\.id))
    }

    @Test func `overrides take texts, severity and details from the row and fall back where it says nothing`() throws {
        var rule = Self.rule()
        rule.alertOverride.nameFormat = "Spray against {{User}} from {{ Address }}"
        rule.alertOverride.descriptionFormat = "{{Missing}}"
        rule.alertOverride.severityColumn = "Level"
        rule.description = "as the rule says"
        rule.customDetails = ["Who": "User"]
        let alerts = AlertBuilder(rule, run: Self.run).alerts(
            for: Self.table([("ann", "203.0.113.1")]), generatedAt: Self.end)
        let alert = try #require(alerts.first)
        #expect(alert.displayName == "Spray against ann from 203.0.113.1")
        #expect(alert.description == "as the rule says")
        #expect(alert.severity == .high)
        #expect(alert.customDetails == ["Who": ["ann"]])
    }
}
