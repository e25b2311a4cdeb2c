import Collection
import Testing

struct TextFormatTests {
    @Test func `RFC 5424 with structured data`() {
        let row = collect(
            "<165>1 2026-08-24T05:14:15.000003-07:00 web1 evntslog 8710 ID47 [ex@32473 iut=\"3\" note=\"a \\\"b\\\"\"] \u{FEFF}An event"
        ).rows("Syslog").first
        #expect(row?["TimeGenerated"] == "2026-08-24T12:14:15.0000030Z")
        #expect(row?["Facility"] == "local4")
        #expect(row?["SeverityLevel"] == "notice")
        #expect(row?["HostName"] == "web1")
        #expect(row?["ProcessName"] == "evntslog")
        #expect(row?["ProcessID"] == "8710")
        #expect(row?["SyslogMessage"] == "An event")
        #expect(row?["_AdditionalFields"]?.contains("note\":\"a \\\"b\\\"\"") == true)
    }

    @Test func `RFC 3164 takes the year that makes the time most recent`() {
        // The tests' now is in September 2026.
        let rows = collect(
            "<86>Jun  9 22:50:54 host7 sshd[4123]: Failed password for root from 203.0.113.9 port 22 ssh2\n"
                + "<38>Dec 31 23:59:59 host7 su: session opened\n"
        ).rows("Syslog")
        #expect(rows.map { $0["TimeGenerated"] } == ["2026-06-09T22:50:54.0000000Z", "2025-12-31T23:59:59.0000000Z"])
        #expect(rows.first?["ProcessName"] == "sshd")
        #expect(rows.first?["ProcessID"] == "4123")
        #expect(rows.first?["Facility"] == "authpriv")
        #expect(rows.first?["SyslogMessage"] == "Failed password for root from 203.0.113.9 port 22 ssh2")
    }

    @Test(arguments: [
        "<13>just a message", "<13>1 - - - - - - just a message", "<13>Jun  9 22:50:54 host just a message",
        "23 <13>1 - - - - - - just a message", "2026-06-09T22:50:54Z host app: just a message",
        "<189>: *Jun  9 22:50:54.123: just a message",
    ])
    func `a message in any frame`(_ line: String) {
        let chunks = collect(line)
        #expect(chunks.rows("Syslog").first?["SyslogMessage"]?.hasSuffix("just a message") == true)
    }

    @Test(arguments: [
        "<999>x", "<>x", "<1", "GET / HTTP/1.1", "<34>1 2026-01-01T00:00:00Z", "<34>1 - h a p m [x y=\"z]",
    ])
    func `what is no syslog becomes a dead letter`(_ line: String) {
        let chunks = collect(line)
        #expect(chunks.deadLetters.count == 1)
        #expect(chunks.rows("DeadLetter_CL").first?["RawData"] == line)
        #expect(chunks.rows("DeadLetter_CL").first?["Reason"]?.isEmpty == false)
    }

    @Test func `a JSON object in a message is opened for sources that come so`() {
        let known =
            #"<134>1 2026-07-14T08:45:00Z proxy1 app - - - {"code":"T1000I","event":"user.login","time":"2026-07-14T08:45:00Z","#
            + #""uid":"11f0c4a2-8b1e-4b7d-9a52-6c3d2e1f0a9b","user":"ann","addr.remote":"198.51.100.9:61000"}"#
        let chunks = collect(known)
        #expect(chunks.rows("Teleport_CL").first?["UserName"] == "ann")
        #expect(chunks.rows("Teleport_CL").first?["SrcIpAddr"] == "198.51.100.9")
        #expect(chunks.rows("Syslog").isEmpty && chunks.deadLetters.isEmpty)
    }

    @Test(arguments: [
        #"{"a":1}"#, #"{"code":"T1000I","event":"user.login""#, #"{"records":[{"a":1}]}"#, "{}", "{not json}", "{",
    ])
    func `any other object stays the message as it was written`(_ message: String) {
        let chunks = collect("<134>Jul 14 08:45:00 host app: \(message)")
        #expect(chunks.rows("Syslog").map { $0["SyslogMessage"] } == [message])
        #expect(chunks.deadLetters.isEmpty)
    }

    @Test func `CEF in syslog: header, extensions, labels, escapes and the rest`() {
        let line =
            "<134>Jun  9 22:50:54 fw1 CEF:0|Northwind|Wall \\| 7|1.0|100|Traffic \\\\ end|5|src=192.0.2.1 spt=1234 "
            + "dst=198.51.100.7 dpt=443 proto=TCP act=allow out=123456789012 msg=two words and a \\= b\\nnext "
            + "cs1=x y cs1Label=Rule request=http://a.example/?q=1&r=2 cn1=7 strange.Key=v w other=  "
        let row = collect(line).rows("CommonSecurityLog").first
        #expect(row?["DeviceVendor"] == "Northwind")
        #expect(row?["DeviceProduct"] == "Wall | 7")
        #expect(row?["Activity"] == "Traffic \\ end")
        #expect(row?["LogSeverity"] == "5")
        #expect(row?["SourceIP"] == "192.0.2.1")
        #expect(row?["SourcePort"] == "1234")
        #expect(row?["DestinationPort"] == "443")
        #expect(row?["SentBytes"] == "123456789012")
        #expect(row?["Message"] == "two words and a = b\nnext")
        #expect(row?["DeviceCustomString1"] == "x y")
        #expect(row?["DeviceCustomString1Label"] == "Rule")
        #expect(row?["RequestURL"] == "http://a.example/?q=1&r=2")
        #expect(row?["DeviceCustomNumber1"] == "7")
        #expect(row?["AdditionalExtensions"]?.hasPrefix("strange.Key=v w") == true)
        #expect(row?["Computer"] == "fw1")
        #expect(row?["TimeGenerated"] == "2026-06-09T22:50:54.0000000Z")
    }

    @Test(arguments: [
        "CEF:0|v|p|1|2|n|3|src=192.0.2.1", "<134>CEF: 0|v|p|1|2|n|3|src=192.0.2.1",
        "<134>1 2026-01-01T00:00:00Z h a - - - CEF:0|v|p|1|2|n|3|src=192.0.2.1",
        "<134>Jan  1 00:00:00 CEF:0|v|p|1|2|n|3|src=192.0.2.1",
        "Jan  1 00:00:00 h CEF:0|v|p|1|2|n|3|src=192.0.2.1",
    ])
    func `CEF in any frame`(_ line: String) {
        #expect(collect(line).rows("CommonSecurityLog").first?["SourceIP"] == "192.0.2.1")
    }

    @Test func `a value of the wrong type leaves its column empty and is kept`() {
        let chunks = collect("CEF:0|v|p|1|2|n|3|spt=many src=192.0.2.1")
        let row = chunks.rows("CommonSecurityLog").first
        #expect(row?["SourcePort"] == nil)
        #expect(row?["SourceIP"] == "192.0.2.1")
        let letter = chunks.rows("DeadLetter_CL").first
        #expect(letter?["RawData"] == "many")
        #expect(letter?["TargetTable"] == "CommonSecurityLog")
    }

    @Test func `an escape at the very end of a CEF header is no character`() {
        let chunks = collect(#"<134>Mar  1 10:00:00 fw CEF:0|Vendor|Product|1|100|Name|5\"#)
        #expect(chunks.rows("CommonSecurityLog").count == 1)
        #expect(chunks.deadLetters.isEmpty)
    }

    @Test func `a broken CEF header is a dead letter`() {
        #expect(collect("CEF:0|v|p|1").deadLetters.first?.reason == "the header of the CEF message has 3 of 7 fields")
    }
}
