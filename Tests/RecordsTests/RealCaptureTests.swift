import Foundation
import JSON
import Records
import TestSupport
import Testing

struct RealCaptureTests {
    private static func captures() throws -> [(path: String, format: String, events: Int?)] {
        let index = try JSON(parsing: Data(contentsOf: SharedFolder.file("realdata/index.json")))
        return (index["entries"]?.arrayValue ?? []).compactMap { entry in
            guard let path = entry["path"]?.stringValue, let format = entry["format"]?.stringValue else { return nil }
            return (path, format, entry["events"]?.intValue.map(Int.init))
        }
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `every JSON capture is read to the last event`() throws {
        var read = 0
        var wrong: [String] = []
        for capture in try RealCaptureTests.captures() where capture.path.contains("json") {
            guard capture.events ?? 0 <= 600 else { continue }
            let bytes = try [UInt8](Data(contentsOf: SharedFolder.file("realdata/" + capture.path)))
            let found = blocks(of: bytes)
            let count = found.reduce(0) { $0 + $1.records.count }
            read += 1
            if let events = capture.events, events != count { wrong.append("\(capture.path): \(count) of \(events)") }
        }
        #expect(read > 300)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `captures of other kinds are rejected line by line without a crash`() throws {
        for capture in try RealCaptureTests.captures() where !capture.path.contains("json") {
            let bytes = try [UInt8](Data(contentsOf: SharedFolder.file("realdata/" + capture.path)))
            _ = blocks(of: Array(bytes.prefix(1 << 18)))
        }
    }
}
