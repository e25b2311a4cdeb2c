import Chronology
import Collection
import EventStore
import Foundation
import Records
import TestSupport
import Testing

struct RobustnessTests {
    private static let seeds = [
        #"{"EventID":4625,"Channel":"Security","TargetUserName":"a\u00e4","LogonType":"3","x":{"y":[1,{"z":null}]}}"#,
        ##"{"Event":{"System":{"EventID":{"#text":1},"Channel":"a/b"},"EventData":{"Data":[{"@Name":"n","#text":"v"},3]}}}"##,
        #"{"records":[{"category":"SignInLogs","time":"2026-01-01T00:00:00Z","properties":{"location":{"city":"x"}}}]}"#,
        #"<34>1 2026-01-01T00:00:00Z h a 1 m [id a="b"] text"#,
        "<34>Jan  1 00:00:00 h CEF:0|v|p|1|2|n|3|src=192.0.2.1 cs1=a\\=b cs1Label=c",
        #"{"TimeGenerated":"x","Type":"Mine_CL","n":1e5,"t":"2026-01-01T00:00:00.123456789+01:00"}"#,
    ]

    private static let formats = [
        "a,b,c\n1,\"x\n,y\",3\n4,5,6\n",
        "#separator \\x09\n#path\tconn\n#fields\tts\tuid\n#types\ttime\tstring\n1.5\tC\n",
        "#Fields: date time cs-method cs-uri-stem sc-status\n2026-01-01 00:00:00 GET /a 200\n",
        "__CURSOR=a\n__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE\n\u{5}\0\0\0\0\0\0\0ab\ncd\n\nMESSAGE=x\n\n",
        "type=SYSCALL msg=audit(1700000000.1:7): a0=6162 exe=\"/x\"\ntype=EXECVE msg=audit(1700000000.1:7): argc=1 a0=6364\n",
        "<Events><Event><System><EventID>1</EventID><Channel>c</Channel></System><EventData><Data Name='a'>b</Data></EventData></Event></Events>\n",
        "LEEF:2.0|V|P|1|e|^|a=b^c=d\n<13>a=b c=\"d e\" f=g\n",
        "192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n",
    ]

    @Test func `damaged text of any format never crashes, and no line is lost`() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<400 {
            var text = Array(RobustnessTests.formats[round % RobustnessTests.formats.count].utf8)
            if round.isMultiple(of: 5) { text = [0xFF, 0xFE] + text.flatMap { byte -> [UInt8] in [byte, 0] } }
            for _ in 0..<Int.random(in: 0...6, using: &random) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text[place] = UInt8.random(in: 0...255, using: &random)
                case 1: text.remove(at: place)
                case 2: text.insert(Array("\"<>=|#\n\t\0,".utf8).randomElement(using: &random) ?? 0, at: place)
                default: text += text[place...]
                }
            }
            // A mark that no format gives a meaning must come out somewhere.
            let mark = Array("\nunmistakable-\(round)\n".utf8)
            let isWide = text.starts(with: [0xFF, 0xFE])
            if !isWide { text += mark }
            let chunks = collect(text)
            for chunk in chunks {
                for batch in chunk.batches { #expect(batch.fault == nil) }
                #expect(chunk.lines.count == chunk.records.count)
            }
            guard !isWide else { continue }
            let wanted = "unmistakable-\(round)"
            let isInRecord = chunks.contains { chunk in
                (0..<chunk.records.count).contains { record in
                    chunk.records.fields(of: record).contains { chunk.records.text($0).contains(wanted) }
                }
            }
            #expect(
                isInRecord || chunks.deadLetters.contains { $0.raw.contains(wanted) },
                "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test func `damaged lines never crash, and every record is a row or a dead letter`() {
        var random = SystemRandomNumberGenerator()
        var lines: [UInt8] = []
        for _ in 0..<2000 {
            var line = Array(RobustnessTests.seeds.randomElement(using: &random)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 0...4, using: &random) where !line.isEmpty {
                let place = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: line[place] = UInt8.random(in: 0...255, using: &random)
                case 1: line.remove(at: place)
                case 2: line.insert(Array("{}[]\":,\\|= 0".utf8).randomElement(using: &random) ?? 0, at: place)
                default: line.removeSubrange(place...)
                }
            }
            lines += line + [0x0A]
        }
        for chunk in collect(lines) {
            for batch in chunk.batches { #expect(batch.fault == nil) }
            #expect(chunk.rows.count == chunk.records.count)
            let lost = chunk.rows.count { $0 == nil }
            #expect(lost <= chunk.deadLetters.count)
        }
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `every capture of any format is taken without a crash`() throws {
        for capture in try CaptureTests.captures() {
            let bytes = try CaptureTests.bytes(capture.path)
            let isCompressed = bytes.starts(with: [0x1F, 0x8B])
            for chunk in collect(Array(bytes.prefix(isCompressed ? 3000 : 20_000))) {
                for batch in chunk.batches { #expect(batch.fault == nil, "\(capture.path)") }
            }
        }
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `rows of Sentinel tables are taken as rows of the table that is named`() throws {
        var filesWithTimes = 0
        for capture in try CaptureTests.captures() {
            let isCEF = capture.format == "CommonSecurityLog rows as JSON"
            let isSyslog = capture.format == "Syslog rows as JSON"
            guard isCEF || isSyslog, let events = capture.events else { continue }
            let table = isCEF ? "CommonSecurityLog" : "Syslog"
            let chunks = try collect(CaptureTests.bytes(capture.path), CollectionOptions(origin: "x", table: table))
            #expect(chunks.rows(table).count == events, "\(capture.path)")
            let own = chunks.rows(table).count { $0["TimeGenerated"] != Shipped.now.description }
            if own == events { filesWithTimes += 1 }
        }
        // One has its times in a zone that is only named, one has none.
        #expect(filesWithTimes >= 9)
    }
}
