import Collection
import Foundation
import KQLValues
import Records
import Testing

/// What the text formats make of lines, seen as the fields of the records.
struct FormatTests {
    private func fields(_ bytes: [UInt8], source: String? = nil) -> [[String: String]] {
        collect(bytes, CollectionOptions(origin: "test", source: source)).flatMap { chunk in
            (0..<chunk.records.count).map { record in
                var values: [String: String] = [:]
                for entry in chunk.records.fields(of: record) {
                    values[chunk.records.fieldNames[Int(entry.field)]] = chunk.records.text(entry)
                }
                return values
            }
        }
    }

    private func fields(_ text: String, source: String? = nil) -> [[String: String]] {
        fields(Array(text.utf8), source: source)
    }

    @Test func `delimited values with quotes, line ends in them, and a header`() {
        let rows = fields("Name,Note,Count\r\n\"a, b\",\"two\nlines \"\"x\"\"\",3\r\n  c,,\r\n")
        #expect(rows == [["Name": "a, b", "Note": "two\nlines \"x\"", "Count": "3"], ["Name": "  c"]])
    }

    @Test func `a quoted value that is never closed is a dead letter`() {
        let chunks = collect("a,b,c\n1,\"2,3\n4,5,6\n")
        #expect(chunks.deadLetters.map(\.raw) == ["1,\"2,3\n4,5,6"])
        #expect(chunks.deadLetters.first?.line == 2)
    }

    @Test func `Zeek logs say how they are written`() {
        let rows = fields(
            "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
                + "#fields\tts\tid.orig_h\tquery\tanswers\tRD\tcount\n#types\ttime\taddr\tstring\tvector[string]\tbool\tcount\n"
                + "1591367999.305988\t192.0.2.1\ta\\x09b\tx,y\tT\t7\n1591368000.0\t192.0.2.2\t(empty)\t-\tF\t-\n"
                + "#close\t2020-06-05-14-40-00\nbad\tline\n")
        #expect(rows.count == 2)
        #expect(rows[0]["_path"] == "dns")
        #expect(rows[0]["query"] == "a\tb")
        #expect(rows[0]["answers"] == #"["x","y"]"#)
        #expect(rows[0]["RD"] == "true")
        #expect(rows[1]["query"] == nil)
        #expect(rows[1]["count"] == nil)
    }

    @Test func `W3C extended logs name their fields`() {
        let rows = fields(
            "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-method cs(User-Agent)\n"
                + "2026-01-02 03:04:05 GET Mozilla/5.0+(X11)\n2026-01-02 03:04:06 POST -\n")
        #expect(rows[0]["cs(User-Agent)"] == "Mozilla/5.0+(X11)")
        #expect(rows[1]["cs(User-Agent)"] == nil)
        #expect(rows[1]["w3c.software"] == "Microsoft Internet Information Services 10.0")
    }

    @Test func `lines of one audit event are joined and decoded`() {
        let rows = fields(
            "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exe=\"/usr/bin/id\" key=\"exec\"\n"
                + "type=EXECVE msg=audit(1700000000.123:7): argc=2 a0=\"id\" a1=2D6E20622063\n"
                + "type=USER_LOGIN msg=audit(1700000001.000:8): pid=1 msg='op=login acct=726F6F7420 res=failed'\n"
                + "type=PATH msg=audit(1700000000.123:7): item=0 name=\"/usr/bin/id\"\n"
                + "type=PATH msg=audit(1700000000.123:7): item=1 name=2F746D702F6120\n"
                + "type=PROCTITLE msg=audit(1700000000.123:7): proctitle=6964002D6E\n")
        #expect(rows.count == 2)
        let process = rows.first { $0["audit.serial"] == "7" }
        #expect(process?["audit.type"] == "SYSCALL")
        #expect(process?["audit.types"] == "SYSCALL,EXECVE,PATH,PATH,PROCTITLE")
        #expect(process?["audit.command"] == "id -n b c")
        #expect(process?["audit.proctitle"] == "id -n")
        #expect(process?["audit.path2.name"] == "/tmp/a ")
        #expect(process?["audit.timestamp"] == "2023-11-14T22:13:20.1230000Z")
        let login = rows.first { $0["audit.serial"] == "8" }
        #expect(login?["audit.acct"] == "root ")
        #expect(login?["audit.res"] == "failed")
    }

    @Test func `the journal's export format, with a value that has its length`() {
        var bytes = Array("__CURSOR=a\n__REALTIME_TIMESTAMP=1700000000000000\n_COMM=x\nMESSAGE\n".utf8)
        bytes += [10, 0, 0, 0, 0, 0, 0, 0] + Array("two\nlines!\n\n__CURSOR=b\nMESSAGE= one\n".utf8)
        let rows = fields(bytes)
        #expect(rows.map { $0["MESSAGE"] } == ["two\nlines!", " one"])
        #expect(rows[0]["_COMM"] == "x")
    }

    @Test(arguments: [
        "LEEF:1.0|V|P|1|e1|src=192.0.2.1\tmsg=a b = c", "LEEF:2.0|V|P|1|e1|^|src=192.0.2.1^msg=a b = c",
        "<13>Jan  1 00:00:00 host LEEF:2.0|V|P|1|e1|x5E|src=192.0.2.1^msg=a b = c",
    ])
    func `LEEF in any form`(_ line: String) {
        let row = fields(line).first
        #expect(row?["leef.deviceVendor"] == "V")
        #expect(row?["leef.eventId"] == "e1")
        #expect(row?["leef.ext.src"] == "192.0.2.1")
        #expect(row?["leef.ext.msg"] == "a b = c")
    }

    @Test func `pairs alone and in syslog`() {
        let line = #"date=2026-01-02 time=03:04:05 msg="say \"hi\" to=x" user=a b, n=1"#
        for row in [fields(line).first, fields("<189>" + line).first] {
            #expect(row?["kv.msg"] == #"say "hi" to=x"#)
            #expect(row?["kv.user"] == "a b,")
            #expect(row?["kv.n"] == "1")
        }
    }

    @Test(arguments: [
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>%</Event>\n",
        "\u{FEFF}<?xml version=\"1.0\"?>\n<Events>\n<Event>\n%\n</Event>\n<Event>%</Event>\n</Events>\n",
    ])
    func `Windows events as XML are mapped as their JSON is`(_ frame: String) {
        let body =
            "<System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'/>"
            + "<EventID>4624</EventID><TimeCreated SystemTime='2026-01-02T03:04:05.123456700Z'/><Channel>Security</Channel>"
            + "<Computer>h1</Computer></System><EventData><Data Name='TargetUserName'>a&amp;b</Data>"
            + "<Data Name='LogonType'>3</Data><Data Name='IpAddress'>192.0.2.1</Data></EventData>"
        let rows = collect(frame.replacingOccurrences(of: "%", with: body)).rows("SecurityEvent")
        #expect(rows.count == frame.components(separatedBy: "%").count - 1)
        for row in rows {
            #expect(row["TargetUserName"] == "a&b")
            #expect(row["LogonType"] == "3")
            #expect(row["EventID"] == "4624")
            #expect(row["TimeGenerated"] == "2026-01-02T03:04:05.1234567Z")
        }
    }

    @Test func `UTF-16 with a byte order mark, cut anywhere`() {
        let text = "Name,Note,Value\nä😀,b,1\n"
        let little: [UInt8] =
            [0xFF, 0xFE] + text.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(fields(little).first?["Name"] == "ä😀")
        for cut in 1..<little.count {
            var reader = Shipped.collector.reader(CollectionOptions(origin: "test"), now: Shipped.now)
            reader.feed(Array(little[..<cut]))
            _ = reader.next()
            reader.feed(Array(little[cut...]))
            reader.finish()
            let block = reader.next()
            #expect(block?.records.count == 1, "cut at \(cut)")
        }
    }
}
