import Chronology
import Collection
import EventStore
import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct CaptureTests {
    struct Capture {
        var path: String
        var format: String
        var events: Int?
    }

    static func captures() throws -> [Capture] {
        let index = try JSON(parsing: Data(contentsOf: SharedFolder.file("realdata/index.json")))
        return (index["entries"]?.arrayValue ?? []).compactMap { entry in
            guard let path = entry["path"]?.stringValue, let format = entry["format"]?.stringValue else { return nil }
            return Capture(path: path, format: format, events: entry["events"]?.intValue.map(Int.init))
        }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: SharedFolder.file("realdata/" + path)))
    }

    @Test func `every event of the Windows captures becomes a row`() throws {
        var read = 0
        for capture in try CaptureTests.captures() {
            let isWindows =
                capture.format.contains("flat Windows events") || capture.format.contains("Event.System")
                || capture.format.contains("Event.EventData")
            guard isWindows, let events = capture.events, events <= 300 else { continue }
            let chunks = try collect(CaptureTests.bytes(capture.path))
            let rows = chunks.reduce(0) { $0 + $1.rows.count { $0 != nil } }
            #expect(rows == events, "\(capture.path): \(chunks.deadLetters.prefix(3).map(\.reason))")
            #expect(chunks.deadLetters.isEmpty, "\(capture.path): \(chunks.deadLetters.prefix(3))")
            for chunk in chunks { for batch in chunk.batches { #expect(batch.fault == nil) } }
            read += 1
        }
        #expect(read > 200)
        #expect(Shipped.content.faults.isEmpty, "\(Shipped.content.faults)")
    }
}
