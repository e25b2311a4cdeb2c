import Chronology
import JSON
import Testing
import ThreatIntelligence

@Suite struct IndicatorReaderTests {
    private static let now = Instant(ticks: 639_000_000_000_000_000)
    private let reader = IndicatorReader(.init(source: "test feed", now: now))

    @Test func `a STIX bundle gives its indicators and leaves other objects out`() throws {
        let reading = reader.read(
            """
            {"type": "bundle", "id": "bundle--1", "objects": [
              {"type": "malware", "id": "malware--1", "name": "X"},
              {"type": "indicator", "id": "indicator--1", "name": "C2", "pattern_type": "stix",
               "pattern": "[domain-name:value = 'c2.example']", "valid_from": "2026-01-01T00:00:00Z",
               "valid_until": "2026-06-01T00:00:00.000Z", "confidence": 85, "labels": ["apt"],
               "indicator_types": ["malicious-activity"],
               "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "command-and-control"}]},
              {"type": "indicator", "id": "indicator--2", "pattern_type": "yara", "pattern": "rule x {}",
               "valid_from": "2026-01-01T00:00:00Z"},
              {"type": "indicator", "id": "indicator--3", "pattern": "[mutex:name = 'm']",
               "valid_from": "2026-01-01T00:00:00Z", "revoked": true}]}
            """)
        let indicator = try #require(reading.indicators.first)
        #expect(reading.indicators.count == 1)
        #expect(indicator.id == "indicator--1")
        #expect(indicator.terms == [IndicatorTerm(try Observable(.domain, "c2.example"))])
        #expect(indicator.confidence == 85)
        #expect(indicator.source == "test feed")
        #expect(indicator.phases == [.init(chain: "mitre-attack", name: "command-and-control")])
        #expect(indicator.validUntil == Instant(iso8601: "2026-06-01T00:00:00Z"))
        #expect(reading.faults.map(\.place) == ["object 3", "object 4"])
        #expect(indicator.isActive(at: try #require(Instant(iso8601: "2026-03-01T00:00:00Z"))))
        #expect(!indicator.isActive(at: try #require(Instant(iso8601: "2026-06-01T00:00:00Z"))))
    }

    @Test func `the body of the upload API names its source`() throws {
        let reading = reader.read(
            """
            {"sourcesystem": "MISP", "stixobjects": [{"type": "indicator", "id": "indicator--9",
              "pattern": "[ipv4-addr:value = '203.0.113.5']", "valid_from": "2026-01-01T00:00:00Z"}]}
            """)
        #expect(reading.indicators.map(\.source) == ["MISP"])
    }

    @Test func `an indicator without a beginning that has ended already is kept as one that has ended`() throws {
        let reading = reader.read(
            """
            {"kind": "indicator", "properties": {"displayName": "Over", "source": "Analyst", "patternType": "ipv4-addr",
              "pattern": "[ipv4-addr:value = '203.0.113.5']", "validUntil": "2020-01-01T00:00:00Z"}}
            """)
        let indicator = try #require(reading.indicators.first, "\(reading.faults)")
        #expect(indicator.validFrom < (try #require(indicator.validUntil)))
        #expect(!indicator.isActive(at: Self.now))
    }

    @Test func `the body of createIndicator is an indicator`() throws {
        let reading = reader.read(
            """
            {"kind": "indicator", "properties": {"displayName": "Bad URL", "source": "Analyst", "confidence": 60,
              "pattern": "[url:value = 'https://evil.example/a']", "patternType": "url", "revoked": false,
              "threatIntelligenceTags": ["x"], "threatTypes": ["phishing"], "validFrom": "2026-01-01T00:00:00Z",
              "killChainPhases": [{"killChainName": "lm", "phaseName": "delivery"}]}}
            """)
        let indicator = try #require(reading.indicators.first)
        #expect(indicator.name == "Bad URL")
        #expect(indicator.source == "Analyst")
        #expect(indicator.labels == ["x"])
        #expect(indicator.threatTypes == ["phishing"])
        #expect(reading.faults.isEmpty)
    }

    @Test func `CSV tells kinds by header or by form, and each bad line is told`() throws {
        let reading = reader.read(
            """
            type,value,confidence,tags,valid_until
            domain,evil[.]example,90,"c2;apt",2027-01-01T00:00:00Z
            ,198.51.100.0/24,,,
            hash,\(String(repeating: "A", count: 40)),,,
            ip-dst,203.0.113.300,,,
            url,"hxxp://a.example/x,y",,,
            """)
        #expect(reading.indicators.map { $0.terms[0].key.kind } == [.domain, .ipv4, .sha1, .url])
        #expect(reading.indicators.first?.labels == ["c2", "apt"])
        #expect(reading.indicators.last?.terms[0].key.value == "a.example/x,y")
        #expect(reading.faults.map(\.place) == ["line 5"])
    }

    @Test func `a plain list of values needs no header`() {
        let reading = reader.read("# feed\nevil.example\nbob@evil.example\n203.0.113.9\n\nnonsense\n")
        #expect(reading.indicators.map { $0.terms[0].key.kind } == [.domain, .email, .ipv4])
        #expect(reading.faults.map(\.place) == ["line 6"])
    }

    @Test(arguments: ["com", "0.0.0.0/0", "10.0.0.0/4", "::/3", "evil..example", "a b.example"])
    func `what would match far too much is refused`(text: String) {
        #expect(throws: ObservableError.self) { try Observable(detecting: text) }
    }

    @Test func `an indicator written as STIX is read back the same`() throws {
        let first = try #require(reader.read("name,value,confidence\nx,it's.evil/a'b,40").indicators.first)
        var named = first
        named.id = "indicator--7"
        let again = try #require(reader.read(named.stix).indicators.first)
        #expect(again == named)
    }

    @Test(arguments: [
        "{", "[]", "{}", "[1,2]", "null", "{\"objects\": 5}", "{\"type\":\"indicator\"}", "\u{FEFF}", "\"\"\"\n\"",
        ",,,",
    ])
    func `hostile input is answered, not crashed upon`(text: String) {
        #expect(reader.read(text).indicators.isEmpty)
    }
}
