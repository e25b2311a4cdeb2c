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
