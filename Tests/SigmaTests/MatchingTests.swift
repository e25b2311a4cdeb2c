import Records
import Sigma
import Testing

@Suite struct MatchingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let detection: String
        let event: [String: String]
        let isMatch: Bool
        var testDescription: String { "\(detection) on \(event)" }

        init(_ detection: String, _ event: [String: String], _ isMatch: Bool) {
            self.detection = detection
            self.event = event
            self.isMatch = isMatch
        }
    }

    /// Whether a rule of one detection `sel` (flow YAML) and a condition matches the event.
    private static func matches(
        _ detection: String, condition: String = "sel", _ event: [String: String],
        placeholders: [String: [String]] = [:]
    ) throws -> Bool {
        let text =
            "title: T\nid: t\nlogsource: {category: test}\ndetection:\n  \(detection)\n  condition: \(condition)\n"
        let reading = SigmaReader(placeholders: placeholders).read(text, file: "t.yml")
        return try matches(#require(reading.rules.first, "\(reading.findings)"), event)
    }

    static func matches(_ rule: SigmaRule, _ event: [String: String]) throws -> Bool {
        var batch = RecordBatch()
        for (name, value) in event.sorted(by: { $0.key < $1.key }) {
            batch.append(name, kind: value == "null" ? .null : value.hasPrefix("[") ? .json : .string, value)
        }
        batch.endRecord()
        var scan = SigmaScan(SigmaRuleSet([rule]))
        scan.add(batch, product: rule.logSource.product)
        return !scan.matches.isEmpty
    }

    @Test(arguments: [
        Case("sel: {A: Foo}", ["A": "fOO"], true),
        Case("sel: {A: Foo}", ["A": "foobar"], false),
        Case("sel: {a: Foo}", ["A": "foo"], true),
        Case("sel: {A: 'f*r'}", ["A": "foobar"], true),
        Case("sel: {A: 'f?o'}", ["A": "fäo"], true),
        Case("sel: {A: 'f?o'}", ["A": "fo"], false),
        Case(#"sel: {A: 'a\*b'}"#, ["A": "a*b"], true),
        Case(#"sel: {A: 'a\*b'}"#, ["A": "axb"], false),
        Case(#"sel: {A: 'C:\Win\\*'}"#, ["A": #"c:\win\x"#], true),
        Case(#"sel: {A: '\\\\srv\\c$'}"#, ["A": #"\\srv\c$"#], true),
        Case("sel: {A|contains: ÄÖ}", ["A": "xäöx"], true),
        Case("sel: {A|contains|all: [x, y]}", ["A": "ayx"], true),
        Case("sel: {A|contains|all: [x, y]}", ["A": "ax"], false),
        Case("sel: {A|startswith: ab, B|endswith: yz}", ["A": "ABc", "B": "xYZ"], true),
        Case("sel: {A|contains|cased: Ab}", ["A": "xabx"], false),
        Case("sel: {A|contains|cased: Ab}", ["A": "xAbx"], true),
        Case("sel: {A: 1}", ["A": "1"], true),
        Case("sel: {A: null}", ["B": "1"], true),
        Case("sel: {A: null}", ["A": "null"], true),
        Case("sel: {A: null}", ["A": "x"], false),
        Case("sel: {A: ''}", ["B": "x"], false),
        Case("sel: {A|exists: true}", ["A": "x"], true),
        Case("sel: {A|exists: false}", ["A": "x"], false),
        Case("sel: {A|exists: false}", ["B": "x"], true),
        Case("sel: {A|re: '^a.c$'}", ["A": "abc"], true),
        Case("sel: {A|re: '^a.c$'}", ["A": "ABC"], false),
        Case("sel: {A|re|i: '^a.c$'}", ["A": "ABC"], true),
        Case("sel: {A|re|m: '^b$'}", ["A": "a\nb\nc"], true),
        Case("sel: {A|re|s: 'a.b'}", ["A": "a\nb"], true),
        Case("sel: {A|cidr: 10.0.0.0/8}", ["A": "10.255.1.2"], true),
        Case("sel: {A|cidr: 10.0.0.0/8}", ["A": "11.0.0.1"], false),
        Case("sel: {A|cidr: 192.168.1.0/25}", ["A": "192.168.1.128"], false),
        Case("sel: {A|cidr: 'fe80::/10'}", ["A": "FE80::1%eth0"], true),
        Case("sel: {A|lt: 5}", ["A": "4.5"], true),
        Case("sel: {A|gte: 5}", ["A": "5"], true),
        Case("sel: {A|gt: 5}", ["A": "five"], false),
        Case("sel: {A|hour: 3}", ["A": "2026-03-01T03:59:00Z"], true),
        Case("sel: {A|hour|gte: 20}", ["A": "2026-03-01 19:59:00"], false),
        Case("sel: {A|week: 53}", ["A": "2027-01-03"], true),
        Case("sel: {A|week: 1}", ["A": "2024-12-30"], true),
        Case("sel: {A|month: [3, 4], A|day: 1, A|year: 2026, A|minute: 59}", ["A": "2026-03-01T03:59:00Z"], true),
        Case("sel: {A|year: 2026}", ["A": "yesterday"], false),
        Case("sel: {A|fieldref|neq: B}", ["A": "x", "B": "y"], true),
        Case("sel: {A|neq: x}", ["A": "y"], true),
        Case("sel: {A|neq: x}", ["A": "X"], false),
        Case("sel: {A|fieldref: B}", ["A": "x", "B": "X"], true),
        Case("sel: {A|fieldref|startswith: B}", ["A": "xyz", "B": "xy"], true),
        Case("sel: {A|fieldref: B}", ["A": "x"], false),
        Case("sel: {A|base64: foo}", ["A": "Zm9v"], true),
        Case("sel: {A|base64offset|contains: 'http://'}", ["A": "xx aHR0cDovL2V2aWw= xx"], true),
        Case("sel: {A|base64offset|contains: 'http://'}", ["A": "Imh0dHA6Ly9ldmls"], true),
        Case("sel: {A|wide|base64offset|contains: ping}", ["A": "cABpAG4AZwA="], true),
        Case("sel: {A|contains|windash: ' -enc'}", ["A": "ps /enc x"], true),
        Case("sel: {A|contains|windash: ' -enc'}", ["A": "ps –enc x"], true),
        Case("sel: {A|windash|contains: '-a-b'}", ["A": "/a-b"], true),
        Case("sel: {A: [x, y]}", ["A": "Y"], true),
        Case("sel: [{A: x}, {B: y}]", ["B": "y"], true),
        Case("sel: [foo, bar]", ["Any": "a BAR b"], true),
        Case("sel: {'|all': [foo, bar]}", ["A": "foo", "B": "bar"], true),
        Case("sel: {'|all': [foo, bar]}", ["A": "foo"], false),
        Case("sel: {A: x}", ["A": "[\"w\",\"x\"]"], true),
        Case("sel: {A|contains: '\"'}", ["A": "[\"w\",\"x\"]"], false),
    ])
    func `a value is tested as the specification says`(test: Case) throws {
        #expect(try Self.matches(test.detection, test.event) == test.isMatch)
    }

    @Test(arguments: [
        ("a and not b", true), ("a and b", false), ("not b", true), ("not a or a", true), ("not (a or b)", false),
        ("1 of them", true), ("all of them", false), ("1 of a*", true), ("all of a*", true), ("2 of *", true),
        ("3 of *", false),
        ("not 1 of b*", true), ("A AND NOT B", true), ("((a))", true), ("b or a and not b", true),
    ])
    func `a condition joins detections`(condition: String, isMatch: Bool) throws {
        let detections = "a: {X: '1'}\n  b: {Y: '2'}\n  A: {X: '1'}\n  B: {Y: '2'}"
        #expect(try Self.matches(detections, condition: condition, ["X": "1"]) == isMatch)
    }

    @Test(arguments: ["", "a and", "(a", "a)", "a b", "3 a", "1 of", "a | count() > 1", "nothing"])
    func `a faulty condition is a finding`(condition: String) {
        let text = "title: T\nlogsource: {}\ndetection:\n  a: {X: 1}\n  condition: '\(condition)'\n"
        let reading = SigmaReader().read(text, file: "t.yml")
        #expect(reading.rules.isEmpty && !reading.findings.isEmpty)
    }

    @Test func `a deep condition and a deep document are refused, not crashed on`() {
        let deep = String(repeating: "(", count: 100_000) + "a"
        let rule = "title: T\nlogsource: {}\ndetection:\n  a: {X: 1}\n  condition: '\(deep)'\n"
        #expect(SigmaReader().read(rule, file: "t.yml").rules.isEmpty)
        let document = String(repeating: "[", count: 100_000)
        #expect(!SigmaReader().read(document, file: "t.yml").findings.isEmpty)
    }

    @Test func `placeholders are filled by their values`() throws {
        let values = ["admins": ["root", "toor"]]
        #expect(try Self.matches("sel: {A|expand: '%admins%'}", ["A": "toor"], placeholders: values))
        #expect(try Self.matches("sel: {A|contains|expand: 'x%admins%y'}", ["A": "-xrooty-"], placeholders: values))
        #expect(
            try Self.matches(
                #"sel: {A|expand: '\%PATH%admins%'}"#, ["A": "%PATHroot"], placeholders: values))
    }

    @Test(arguments: [
        "Image", "winlog.event_data.Image", "Event.EventData.Image", "EventData.Image", "event_data.Image",
        "Event.UserData.Anything.Image",
    ])
    func `a field is found in every envelope`(name: String) throws {
        #expect(try Self.matches("sel: {Image|endswith: '\\a.exe'}", [name: "C:\\A.EXE"]))
    }

    @Test func `a name with blanks is found without them`() throws {
        #expect(try Self.matches("sel: {ThreatName: x}", ["Event.EventData.Threat Name": "x"]))
    }
}
