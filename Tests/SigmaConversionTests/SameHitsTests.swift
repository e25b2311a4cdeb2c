import Chronology
import Collection
import Foundation
import JSON
import KQL
import Records
import Sigma
import SigmaConversion
import TestSupport
import Testing

@Suite struct SameHitsTests {
    /// Events with the values at which modifiers differ: letter case, quotes, backslashes, wildcards, numbers, addresses.
    private static let events: [[String: JSON]] = [
        ["CommandLine": #"C:\Windows\cmd.exe /c "whoami" /all"#, "Image": #"C:\Windows\CMD.EXE"#, "Port": "445"],
        ["CommandLine": "powershell -enc SQBFAFgA", "Image": #"C:\ps\powershell.exe"#, "Port": "80"],
        ["CommandLine": "find * -name a?b 'it''s' 100%", "Image": "/usr/bin/find", "Address": "10.1.2.3"],
        ["CommandLine": "", "Image": "x", "Address": "fe80::17", "Parent": "X"],
        ["Image": "näh ÄPFEL", "Address": "2001:db8::1", "Port": "5985", "Parent": "näh"],
        [
            "CommandLine": "echo aGVsbG8gd29ybGQ= &amp; <b>", "Image": "b", "Address": "not an address",
            "Port": "no number",
        ],
        ["CommandLine": "line one\nline two", "Image": "c", "Started": "2026-03-01 23:14:05.000"],
        ["CommandLine": "a–exec", "Image": "A", "Parent": "a", "Started": "2026-12-28T07:00:00Z"],
    ]

    private static let detections = [
        "s: {Image: 'c:\\windows\\cmd.exe'}", "s: {CommandLine|contains: '\"whoami\"'}",
        "s: {CommandLine|contains|all: [whoami, ' /ALL']}", "s: {CommandLine|cased|contains: ' /ALL'}",
        "s: {Image|endswith: ['.exe', find]}", "s: {Image|startswith: 'C:\\'}", "s: {CommandLine|contains: '\\*'}",
        "s: {CommandLine|contains: 'a\\?b'}", "s: {CommandLine: 'find*name*'}", "s: {CommandLine|contains: 'a?GV'}",
        "s: {CommandLine: 'pow?rshell*'}", "s: {CommandLine|re: '^[a-z]+ -enc'}", "s: {CommandLine|re|i: 'WHOAMI|ENC'}",
        "s: {CommandLine|re|m: '^line two$'}", "s: {CommandLine|base64offset|contains: 'hello world'}",
        "s: {CommandLine|base64|contains: 'hello world'}", "s: {CommandLine|windash|contains: ' -c '}",
        "s: {CommandLine|windash|contains: '-exec'}", "s: {Address|cidr: 10.0.0.0/8}",
        "s: {Address|cidr: ['fe80::/10', '2001:db8::/32']}", "s: {Port|gte: 445}", "s: {Port|lt: 445}",
        "s: {Port: 445}", "s: {Port: [80, 445]}", "s: {Parent: null}", "s: {Parent|exists: true}",
        "s: {CommandLine|exists: false}", "s: {CommandLine: ''}", "s: {Image|fieldref: Parent}",
        "s: {Image|fieldref|startswith: Parent}", "s: {Image|contains: äpfel}", "s: {CommandLine|contains: '&'}",
        "s: {Started|hour: 23}", "s: {Started|week: 53}", "s: {Started|month|gte: 12}", "s: [whoami, 'NÄH']",
        "s: {CommandLine|contains: '%'}", "s: {CommandLine: '*'}", "s: {Image|neq: b}",
        "a: {Port|gt: 100}\n  b: {Image|contains: e}\n  c: {Address|cidr: 10.0.0.0/8}",
    ]

    /// Conditions over the detections: as they are, and negated, for what is missing must count as no match.
    private static func rules() throws -> SigmaReading {
        let texts = detections.enumerated().flatMap { number, detection in
            (detection.hasPrefix("a:") ? ["2 of them", "not 1 of them", "a and not (b or c)"] : ["s", "not s"])
                .map { condition in
                    """
                    title: \(number) \(condition)
                    id: rule-\(number)-\(condition)
                    logsource: {product: windows, service: sysmon}
                    detection:
                      \(detection)
                      condition: \(condition)
                    """
                }
        }
        return try Converting.rules(texts.joined(separator: "\n---\n"))
    }

    @Test func `queries give the events that the matcher finds, whatever the modifier`() async throws {
        let lines = Self.events.enumerated().map { number, data in
            Self.event(data, number).description
        }
        let reading = try Self.rules()
        let events = try await Matched(lines.joined(separator: "\n"), rules: reading.rules)
        #expect(events.records == Self.events.count)
        let converter = try Converting.converter(["windows"])
        var differences: [String] = []
        for rule in reading.rules {
            let conversion = converter.convert(rule)
            let query = try #require(conversion.query, "\(rule.title): \(conversion.findings)")
            let found = try await events.stored.count(query)
            if found != events.hits[rule.id] ?? 0 {
                differences.append("\(rule.title): matcher \(events.hits[rule.id] ?? 0), query \(found): \(query)")
            }
        }
        #expect(differences == [])
    }

    private static func event(_ data: [String: JSON], _ number: Int) -> JSON {
        var members = JSONObject()
        for (name, value) in data { members[name] = value }
        return [
            "Event": [
                "System": [
                    "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "h",
                    "EventRecordID": .int(Int64(number)), "TimeCreated": ["SystemTime": "2026-03-01T12:00:00Z"],
                ], "EventData": .object(members),
            ]
        ]
    }

    /// Captures that are tried, evenly over all.
    private static let captures = 30

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `over real events the queries of public rules give what the matcher finds`() async throws {
        var reading = SigmaReading()
        for file in Self.files(in: SharedFolder.file("corpus/sigma_rules/rules/windows"), "yml") {
            reading.append(SigmaReader().read(try String(contentsOf: file, encoding: .utf8), file: file.path))
        }
        reading.link()
        let all = Self.files(in: SharedFolder.file("realdata/evtx_attack_samples"), "gz")
        let files = stride(from: 0, to: all.count, by: max(1, all.count / Self.captures)).map { all[$0] }
        let events = try await Matched(files, rules: reading.rules)
        let converter = try Converting.converter(["windows"])
        let hit = reading.rules.filter { events.hits[$0.id] != nil }
        let quiet = reading.rules.filter { events.hits[$0.id] == nil }
        var differences: [String] = []
        for rule in hit + stride(from: 0, to: quiet.count, by: 80).map({ quiet[$0] }) {
            guard let query = converter.convert(rule).query else { continue }
            let found = try await events.stored.count(query)
            if found != events.hits[rule.id] ?? 0 {
                differences.append("\(rule.title): matcher \(events.hits[rule.id] ?? 0), query \(found): \(query)")
            }
        }
        #expect(hit.count >= 8)
        #expect(differences == [])
    }

    private static func files(in folder: URL, _ ending: String) -> [URL] {
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == ending }.sorted {
            $0.path < $1.path
        }
    }
}

/// Records matched as they came, and stored as rows.
private struct Matched {
    let stored: ConvertedEvents
    /// Matching events by rule.
    private(set) var hits: [String: Int] = [:]
    private(set) var records = 0

    init(_ text: String, rules: [SigmaRule]) async throws {
        try await self.init([Array(text.utf8)], rules)
    }

    init(_ files: [URL], rules: [SigmaRule]) async throws {
        try await self.init(try files.map { [UInt8](try Data(contentsOf: $0)) }, rules)
    }

    private init(_ inputs: [[UInt8]], _ rules: [SigmaRule]) async throws {
        stored = try await ConvertedEvents()
        let collector = Collector(Converting.content)
        let now = Instant(unixSeconds: 1_790_000_000)
        var scan = SigmaScan(SigmaRuleSet(rules))
        for input in inputs {
            let options = CollectionOptions(origin: "test", source: "windows")
            var reader = collector.reader(options, now: now)
            reader.feed(input)
            reader.finish()
            while let block = reader.next() {
                scan.add(block.records)
                try await stored.append(collector.collect(block, options, now: now))
            }
        }
        records = scan.events
        hits = Dictionary(scan.matches.map { ($0.rule.id, $0.events) }, uniquingKeysWith: +)
    }
}
