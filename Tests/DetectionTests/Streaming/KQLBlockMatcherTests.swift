import Casebook
import Chronology
import Detection
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import Records
import StateStore
import Testing
import Vocabulary

@Suite struct KQLBlockMatcherTests {
    private static let hour = Instant(ticks: 639_000_000_000_000_000 / 36_000_000_000 * 36_000_000_000)

    private static let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int), ColumnSchema("Account", .string),
        ColumnSchema("CommandLine", .string), ColumnSchema("Detail", .dynamic), ColumnSchema("Number", .long),
    ])

    /// Rules over `Events`, each with whether it can be matched in the stream.
    private static let queries: [(query: String, isStreamed: Bool)] = [
        ("Events | where EventID == 4625 | project TimeGenerated, Account, Number", true),
        ("Events | where EventID in (4624, 4688) and CommandLine has 'mimikatz'", true),
        ("Events | where Account =~ 'ANN' or CommandLine contains \"-ENC\" | extend Upper = toupper(Account)", true),
        ("let Bad = dynamic(['bob','eve']); Events | where TimeGenerated > ago(1h) | where Account in (Bad)", true),
        (
            "Events | mv-expand Hash = Detail.hashes | where tostring(Hash) startswith 'ab' "
                + "| project Account, Hash = tostring(Hash), Number", true
        ),
        (
            "Events | parse CommandLine with * '-f ' File ' ' * | where isnotempty(File) | project Account, File, Number",
            true
        ),
        (
            "let Names = datatable(Account: string, Team: string)['ann', 'red', 'bob', 'blue']; "
                + "Events | join kind=inner Names on Account | where Team == 'red' | where EventID != 4624", true
        ),
        (
            "union (Events | where EventID == 1102), (Events | where Account has_any ('eve', 'mallory') and EventID > 4700)",
            true
        ),
        (
            "Events | where hourofday(TimeGenerated) == hourofday(now() - 1m) and EventID == 4624 | sort by Number asc",
            true
        ),
        ("Events | where Number % 97 == 0", true),
        (
            "Events | where EventID == 4688 and (Account == 'bob' or CommandLine has 'whoami') "
                + "and CommandLine !has 'mimikatz' and (CommandLine contains 'a' or Number == 7)", true
        ),
        (
            "Events | where EventID == 4688 | extend Tool = tostring(Detail.tool) | where Tool matches regex "
                + #"@'(?i)\\(cmd|tas\w|mimikatz)\.exe$' | project Tool, Account, Number"#, true
        ),
        (
            "let Tools = union (Events | where EventID == 4624 | project Tool = tostring(Detail.tool), Code = toint(1), Account, "
                + "Number), (Events | where EventID != 4624 | project Tool = CommandLine, Code = toint(Detail.code), "
                + "Account, Number); Tools | where Tool has_any ('whoami', 'cmd') and Code in (1, 7)", true
        ),
        (
            "Events | extend Tool = strcat(Account, '/', tolower(tostring(Detail.tool))) "
                + "| mv-expand Hash = Detail.hashes | where Tool endswith '.exe' and tostring(Hash) == 'xyz' "
                + "| where Tool startswith 'eve' or Tool == 'bob/' | project Account, Number", true
        ),
        (
            "let Names = datatable(Account: string, Team: string)['ann', 'red', 'bob', 'blue']; Events "
                + "| extend Tool = tostring(Detail.tool) | join kind=leftouter Names on Account "
                + #"| where Tool =~ @'c:\t\CMD.EXE' or (Team == 'blue' and Tool contains 'tas')"#, true
        ),
        ("Events | summarize count() by Account", false),
        ("Events | where Account in ((Events | where EventID == 1102 | project Account))", false),
        ("Events | join (Events | where EventID == 1102) on Account", false),
        ("Events | where rand() < 0.1", false),
        ("Events | where ingestion_time() > ago(5m)", false),
    ]

    private static func rule(_ index: Int, _ grouping: EventGrouping) -> AnalyticsRule {
        var rule = AnalyticsRule(
            id: "rule-\(index)", name: "Rule \(index)", severity: .medium, query: queries[index].query,
            timing: index % 3 == 2 ? .nearRealTime : .scheduled(.init(frequency: .hours(1), period: .hours(1))))
        rule.eventGrouping = grouping
        rule.entityMappings = [EntityMapping(kind: .account, fields: [.init(identifier: "Name", column: "Account")])]
        rule.customDetails = ["Number": "Number"]
        return rule
    }

    private static func events(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [[Value]] {
        let accounts = ["ann", "Ann", "bob", "eve", "mallory", "carol", ""]
        let commands = [
            "", "cmd.exe /c whoami", "powershell -enc SQBFAFgA", "C:\\t\\mimikatz.exe x", "MIMIKATZ", "tar -f a.tar -x",
            "notmimikatzatall",
        ]
        let identifiers: [Int32] = [4624, 4625, 4688, 1102, 4720]
        return (0..<count).map { number in
            let details: [JSON] = [
                .null, ["hashes": ["abc", "def"]], ["hashes": ["xyz"], "tool": "C:\\t\\cmd.exe", "code": 7],
                ["hashes": ["ab1", "ab2"], "tool": "C:\\tas\u{212A}.exe", "code": "7"], ["tool": "x\\mimikatz.EXE"],
                ["hashes": ["xyz"], "tool": "whoami.exe", "code": 1],
            ]
            return [
                .datetime(hour + .seconds(Double(Int.random(in: 0..<10_800, using: &generator)))),
                .int(identifiers.randomElement(using: &generator) ?? 0),
                .string(accounts.randomElement(using: &generator) ?? ""),
                .string(commands.randomElement(using: &generator) ?? ""),
                .dynamic(details.randomElement(using: &generator) ?? .null), .long(Int64(number)),
            ]
        }
    }

    private static let environment = QueryEnvironment(
        catalogue: .standard, tables: FixedTableCatalog(["Events": schema]))

    /// What is compared of an alert.
    private struct Essence: Hashable {
        let times: [Instant]
        let entities: Set<Entity>
        let details: [String: Set<String>]
        let evidence: Set<String>
        let count: String?

        init(_ alert: NewAlert) {
            times = [alert.startTime, alert.endTime]
            entities = Set(alert.entities)
            details = Dictionary(
                alert.customDetails.map { ($0.key, Set($0.value)) }, uniquingKeysWith: { first, _ in first })
            evidence = Set(alert.evidence.map(\.description))
            count = alert.extendedProperties["Search Query Results Overall Count"]
        }
    }

    private static func essences(_ database: StateDatabase) async throws -> [AlertID: Essence] {
        let casebook = Casebook(database: database)
        var found: [AlertID: Essence] = [:]
        for alert in try await casebook.alerts(limit: 1_000) {
            if let whole = try await casebook.alert(alert.id) { found[alert.id] = Essence(whole.content) }
        }
        return found
    }

    @Test func `rules are decided per event exactly when their query looks at one event at a time`() {
        let matcher = KQLBlockMatcher()
        let rules = Self.queries.indices.map { Self.rule($0, .singleAlert) }
        matcher.replace(rules, environment: Self.environment)
        let wanted = zip(rules, Self.queries).filter(\.1.isStreamed).map(\.0.id)
        #expect(matcher.streamedRules == Set(wanted))
    }

    @Test func `thresholds, suppression and disabled rules wait for their schedule`() {
        var threshold = Self.rule(0, .singleAlert)
        threshold.timing = .scheduled(.init(frequency: .hours(1), period: .hours(1), trigger: .init(.greaterThan, 3)))
        var suppressed = Self.rule(1, .singleAlert)
        suppressed.suppression = .hours(1)
        var disabled = Self.rule(3, .singleAlert)
        disabled.isEnabled = false
        let matcher = KQLBlockMatcher()
        matcher.replace([threshold, suppressed, disabled], environment: Self.environment)
        #expect(matcher.streamedRules.isEmpty)
    }

    /// Seeds of the events; TOCSIN_STREAM_SEEDS says how many.
    private static let seeds = Array(
        1...max(1, ProcessInfo.processInfo.environment["TOCSIN_STREAM_SEEDS"].flatMap { Int($0) } ?? 1))

    @Test(arguments: [EventGrouping.singleAlert, .alertPerResult], seeds)
    func `the stream makes the alerts of the schedule, in whatever blocks events come`(
        grouping: EventGrouping, seed: Int
    ) async throws {
        var generator = SeededGenerator(state: UInt64(seed))
        let rules = Self.queries.indices.filter { Self.queries[$0].isStreamed }.map { Self.rule($0, grouping) }
        let events = Self.events(180, &generator)
        let now = Self.hour + .hours(4)

        let streamed = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let matcher = KQLBlockMatcher()
        matcher.replace(rules, environment: Self.environment)
        let detector = StreamDetector([matcher], casebook: Casebook(database: streamed))
        var rest = events[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...60, using: &generator))
            rest = rest.dropFirst(part.count)
            let batch = EventBatch(table: "Events", rows: Table(schema: Self.schema, rows: part))
            let block = StreamedBlock(records: RecordBatch(), rows: [batch], receivedAt: now)
            try await detector.detect(block)
            if Bool.random(using: &generator) { try await detector.detect(block) }
        }
        #expect(matcher.streamedRules.count == rules.count)

        let store = MemoryStore(name: "Events", rows: Self.stored(events))
        let scheduled = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let casebook = Casebook(database: scheduled)
        let queries = StoreRuleQueries(store: store, environment: { Self.environment })
        for rule in rules {
            let step = rule.timing == .nearRealTime ? TimeSpan.minutes(1) : .hours(1)
            var start = Self.hour
            while start < Self.hour + .hours(3) {
                let run = RuleSchedule.Run(
                    nominalTime: start + step, window: TimeRange(start: start, end: start + step),
                    isByIngestionTime: false)
                let result = try await queries.run(rule.query, run)
                for alert in AlertBuilder(rule, run: run).alerts(for: result.rows, generatedAt: now) {
                    try await casebook.record(alert, by: .room("Test"))
                }
                start = start + step
            }
        }
        let expected = try await Self.essences(scheduled)
        let found = try await Self.essences(streamed)
        #expect(!expected.isEmpty)
        #expect(Set(found.keys) == Set(expected.keys))
        for (id, essence) in expected { #expect(found[id] == essence) }

        let clock = RuleRunnerTests.ManualClock(now)
        let runner = RuleRunner(
            queries: queries, casebook: Casebook(database: streamed), states: RuleStates(streamed), time: clock.source,
            streamed: StreamedRuns(matcher, store: store))
        try await runner.replaceRules(rules)
        for rule in rules {
            let byIngestion = rule.timing == .nearRealTime
            let run = RuleSchedule.Run(
                nominalTime: now, window: TimeRange(start: Self.hour, end: now), isByIngestionTime: byIngestion)
            let health = try #require(try await runner.run(rule: rule.id, run))
            #expect(health.status == .success && health.alerts == 0, "\(health.message)")
        }
        #expect(try await Self.essences(streamed) == found)
    }

    /// The events with when they were ingested, a minute after they happened.
    private static func stored(_ events: [[Value]]) -> Table {
        Table(
            schema: TableSchema(schema.columns + [ColumnSchema("_IngestionTime", .datetime)]),
            rows: events.map { row in
                guard case .datetime(let time) = row[0] else { return row + [.null(.datetime)] }
                return row + [.datetime(time + .minutes(1))]
            })
    }

    @Test func `a window with more results than it may raise alerts tells of the rest together`() async throws {
        let rule = Self.rule(0, .alertPerResult)
        let matcher = KQLBlockMatcher()
        matcher.replace([rule], environment: Self.environment)
        var ids: Set<AlertID> = []
        for part in 0..<10 {
            let rows = (0..<40).map { number -> [Value] in
                [
                    .datetime(Self.hour), .int(4625), .string("u\(part)-\(number)"), .string(""), .dynamic(.null),
                    .long(Int64(part * 40 + number)),
                ]
            }
            let batch = EventBatch(table: "Events", rows: Table(schema: Self.schema, rows: rows))
            for finding in matcher.findings(
                in: StreamedBlock(records: RecordBatch(), rows: [batch], receivedAt: Self.hour))
            {
                ids.insert(try #require(finding.alert.id))
            }
        }
        #expect(ids.count == 150)
    }

    @Test func `a batch may carry dynamic values as text and lack columns`() throws {
        let matcher = KQLBlockMatcher()
        matcher.replace([Self.rule(4, .singleAlert)], environment: Self.environment)
        let batch = EventBatch(
            table: "Events",
            schema: TableSchema([ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Detail", .dynamic)]),
            columns: [
                .datetime(Vector([Self.hour.ticks, Self.hour.ticks])),
                .string(StringColumn(["{\"hashes\":[\"abc\",\"xyz\"]}", "no json"])),
            ], rowCount: 2)
        let findings = matcher.findings(in: StreamedBlock(records: RecordBatch(), rows: [batch], receivedAt: Self.hour))
        #expect(findings.map(\.alert.evidence.count) == [1])
    }
}

/// A small generator whose numbers are the same in every run (Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
