import Chronology
import Testing
import ThreatIntelligence

@Suite struct StixPatternTests {
    private func reduce(_ text: String) throws -> PatternReduction { PatternReduction(try StixPattern(parsing: text)) }

    private func values(_ text: String) throws -> [String] { try reduce(text).terms.map(\.key.value) }

    @Test(arguments: [
        ("[ipv4-addr:value = '203.0.113.7']", ["203.0.113.7"]),
        ("[ipv4-addr:value ISSUBSET '203.0.113.77/24']", ["203.0.113.0/24"]),
        ("[ipv6-addr:value = '2001:DB8:0:0::1']", ["2001:db8::1"]),
        ("[domain-name:value = 'Evil.Example.']", ["evil.example"]),
        ("[domain-name:value LIKE '%.evil.example']", ["evil.example"]),
        ("[url:value = 'hxxps://EVIL[.]example:443/Path?q=1#top']", ["evil.example/Path?q=1"]),
        ("[url:value IN ('http://a.example/x', 'http://b.example/y')]", ["a.example/x", "b.example/y"]),
        ("[email-message:from_ref.value = 'Bad@Evil.example']", ["bad@evil.example"]),
        ("[user-account:account_login = 'CORP\\\\svc']", ["corp\\svc"]),
        (
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.9']",
            ["203.0.113.9"]
        ),
        ("[ipv4-addr:value = '203.0.113.1'] OR [domain-name:value = 'a.example']", ["203.0.113.1", "a.example"]),
    ])
    func `a pattern comes down to its observables`(pattern: String, expected: [String]) throws {
        #expect(try values(pattern) == expected)
    }

    @Test func `each hash of a file suffices, and its name adds nothing`() throws {
        let md5 = String(repeating: "a", count: 32)
        let sha = String(repeating: "B", count: 64)
        let reduction = try reduce(
            "[file:hashes.MD5 = '\(md5)' AND file:hashes.'SHA-256' = '\(sha)' AND file:name = 'x.exe']")
        #expect(
            reduction.terms == [
                IndicatorTerm(try Observable(.md5, md5)), IndicatorTerm(try Observable(.sha256, sha)),
            ])
    }

    @Test func `conditions that hold together are companions, the most specific is looked for`() throws {
        let reduction = try reduce(
            "[domain-name:value = 'a.example' AND (url:value = 'http://a.example/x' OR url:value = 'http://a.example/y')]"
        )
        let domain = try Observable(.domain, "a.example")
        #expect(reduction.terms.map(\.key.value) == ["a.example/x", "a.example/y"])
        #expect(reduction.terms.allSatisfy { $0.companions == [domain] })
    }

    @Test func `what cannot be looked at is told`() throws {
        let port = try reduce("[ipv4-addr:value = '203.0.113.1' AND network-traffic:dst_port != 443]")
        #expect(port.terms.first?.unchecked == ["network-traffic:dst_port != '443'"])
        let sequence = try reduce("([a:b = 'c'] FOLLOWEDBY [ipv4-addr:value = '203.0.113.1']) WITHIN 300 SECONDS")
        #expect(sequence.terms.first?.unchecked == ["WITHIN 300.0 SECONDS", "FOLLOWEDBY another observation"])
        #expect(sequence.unmatched == ["a:b = 'c'"])
    }

    @Test func `START and STOP bound the time`() throws {
        let reduction = try reduce(
            "[ipv4-addr:value = '203.0.113.1'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'")
        #expect(reduction.start == Instant(iso8601: "2026-01-01T00:00:00Z"))
        #expect(reduction.stop == Instant(iso8601: "2026-02-01T00:00:00Z"))
    }

    @Test(arguments: [
        "", "[", "[ipv4-addr:value]", "[ipv4-addr:value = ]", "[ipv4-addr:value = '1.2.3.4'", "ipv4-addr:value = '1'",
        "[ipv4-addr:value = '1.2.3.4] ", "[ipv4-addr:value = '1.2.3.4'] WITHIN SECONDS", "[a:b = 'c'] garbage",
        String(repeating: "(", count: 10_000) + "[a:b = 'c']", "[a:b IN ()]", "[a:b = 'c'] REPEATS 1e999 TIMES",
    ])
    func `a faulty pattern is refused with its place`(pattern: String) {
        let error = #expect(throws: StixPatternError.self) { try StixPattern(parsing: pattern) }
        #expect(error?.message.isEmpty == false)
    }

    @Test func `a pattern of too many combinations is not unfolded`() throws {
        let clause = "(" + (1...20).map { "url:value = 'http://a.example/\($0)'" }.joined(separator: " OR ") + ")"
        let reduction = try reduce("[" + Array(repeating: clause, count: 6).joined(separator: " AND ") + "]")
        #expect(reduction.terms.isEmpty)
        #expect(!reduction.unmatched.isEmpty)
    }
}
