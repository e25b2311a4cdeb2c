import EvtxReader
import Foundation
import TestSupport
import Testing
import Unpacking

struct EvtxFileTests {
    /// Puts bytes into a file for as long as `body` runs.
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "evtx-\(UUID().uuidString).evtx")
        try Data(bytes).write(to: url)
        defer { do { try FileManager.default.removeItem(at: url) } catch { Issue.record(error) } }
        try body(url.path)
    }

    private func captures() throws -> [URL] {
        let folder = SharedFolder.file("realdata/sigma_regression")
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        return (found ?? []).filter { $0.lastPathComponent.hasSuffix(".evtx.gz") }.sorted { $0.path < $1.path }
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `each record of a capture is an Event element in one line`() throws {
        let captures = try captures()
        #expect(captures.count > 100)
        for capture in captures {
            let (bytes, fault) = Unpacker.unpack(Array(try Data(contentsOf: capture)), limit: 1 << 28)
            #expect(fault == nil)
            try withFile(bytes) { path in
                var file = try EvtxFile(path: path)
                var records = 0
                while let record = file.next() {
                    records += 1
                    let xml = try record.content.get()
                    #expect(xml.hasPrefix("<Event ") && xml.hasSuffix("</Event>") && !xml.contains("\n"))
                    #expect(xml.contains("<EventRecordID>"))
                }
                #expect(records > 0, "\(capture.lastPathComponent)")
                var deep = try EvtxFile(path: path, includesRecovered: true)
                var all = 0
                while let record = deep.next() {
                    all += 1
                    if record.isRecovered { _ = try record.content.get() }
                }
                #expect(all >= records)
            }
        }
    }

    @Test func `a file that is no event log is refused with the reason`() throws {
        try withFile(Array("not an event log".utf8)) { path in
            #expect(throws: EvtxFault.self) { _ = try EvtxFile(path: path) }
        }
        #expect(throws: EvtxFault.self) { _ = try EvtxFile(path: "/nowhere.evtx") }
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `a cut or damaged file gives what can be read and never crashes`() throws {
        let capture = try #require(try captures().first)
        let bytes = Unpacker.unpack(Array(try Data(contentsOf: capture)), limit: 1 << 28).bytes
        var random = SystemRandomNumberGenerator()
        for round in 0..<60 {
            var damaged = Array(
                bytes.prefix(round < 20 ? Int.random(in: 1...bytes.count, using: &random) : bytes.count))
            if round >= 20 {
                for _ in 0..<50 { damaged[Int.random(in: 4096..<bytes.count, using: &random)] ^= 0x55 }
            }
            try withFile(damaged) { path in
                do {
                    var file = try EvtxFile(path: path)
                    while file.next() != nil {}
                } catch {
                    #expect(error is EvtxFault)
                }
            }
        }
    }
}
