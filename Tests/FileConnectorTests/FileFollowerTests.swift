import Chronology
import FileConnector
import Foundation
import Logging
import StateStore
import Synchronization
import TestSupport
import Testing

/// A folder with files that grow, the follower's positions, and a store that keeps each delivery once.
private final class Site: Sendable {
    struct Crash: Error {}

    let folder: URL
    let positions: FilePositions
    private let state = Mutex(State())

    private struct State {
        var deliveries: [String: String] = [:]
        var order: [String] = []
        var faults: [String] = []
        /// How many more parts are taken before the process "dies", after or before storing.
        var lives: Int?
        var clock = Instant(unixSeconds: Date().timeIntervalSince1970)
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "follow-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        positions = FilePositions(try StateDatabase.inMemory(rooms: [FilePositions.migrations]))
    }

    deinit {
        // A folder that is left behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    func settings(_ pattern: String = "*.log*") -> FollowSettings {
        var settings = FollowSettings(name: "test", paths: ["\(folder.path)/\(pattern)"])
        settings.pollInterval = .milliseconds(20)
        return settings
    }

    func follower(_ settings: FollowSettings? = nil) -> FileFollower {
        FileFollower(
            settings ?? self.settings(), positions: positions, now: { self.state.withLock(\.clock) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { part in try self.take(part) }
    }

    private func take(_ part: FilePart) throws {
        try state.withLock { state in
            if state.lives == 0 { throw Crash() }
            switch part.content {
            case .records(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                if let before = state.deliveries[part.delivery] {
                    #expect(before == text, "the same delivery brings the same records")
                } else {
                    state.deliveries[part.delivery] = text
                    state.order.append(part.delivery)
                }
            case .fault(let reason): state.faults.append(reason)
            }
            if let lives = state.lives {
                state.lives = lives - 1
                // Stored, but the follower is not told.
                if lives % 2 == 0 { throw Crash() }
            }
        }
    }

    func dieAfter(_ parts: Int?) { state.withLock { $0.lives = parts } }
    func pass(_ seconds: Double) { state.withLock { $0.clock = $0.clock + .seconds(seconds) } }

    var text: String { state.withLock { state in state.order.compactMap { state.deliveries[$0] }.joined() } }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
    var faults: [String] { state.withLock { $0.faults } }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    func append(_ name: String, _ text: String) throws {
        let handle = try FileHandle(forWritingTo: folder.appending(path: name))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    func shell(_ script: String) async throws {
        let ended = try await Command.shell(script, in: folder)
        #expect(ended.status == 0, "\(ended.errors)")
    }
}

private func numbered(_ range: Range<Int>) -> String { range.map { "line \($0)\n" }.joined() }

struct FileFollowerTests {
    @Test func `what is appended comes once, and half a line waits for its rest`() async throws {
        let site = try Site()
        try site.write("a.log", "line 0\nline")
        try await site.follower().catchUp()
        #expect(site.lines == ["line 0"])
        try site.append("a.log", " 1\nline 2\n")
        try await site.follower().catchUp()
        #expect(site.text == numbered(0..<3))
        try await site.follower().catchUp()
        #expect(site.text == numbered(0..<3))
    }

    @Test func `an unfinished last line is taken once the file has rested`() async throws {
        let site = try Site()
        try site.write("a.log", "line 0\nline 1")
        site.pass(3600)
        try await site.follower().catchUp()
        #expect(site.lines == ["line 0", "line 1"])
    }

    @Test func `rotation by renaming loses and doubles nothing, even beyond the sight of the patterns`() async throws {
        for pattern in ["*.log*", "a.log"] {
            let site = try Site()
            let settings = site.settings(pattern)
            try site.write("a.log", numbered(0..<5))
            try await site.follower(settings).catchUp()
            try site.append("a.log", numbered(5..<8))
            try await site.shell("mv a.log a.log.1")
            try site.write("a.log", numbered(8..<10))
            try await site.follower(settings).catchUp()
            #expect(site.lines.sorted() == numbered(0..<10).split(separator: "\n").map(String.init))
        }
    }

    @Test func `rotation by copying and truncating loses and doubles nothing`() async throws {
        let site = try Site()
        try site.write("a.log", numbered(0..<50))
        try await site.follower().catchUp()
        try site.append("a.log", numbered(50..<60))
        try await site.shell("cp a.log a.log.1; : > a.log")
        try site.append("a.log", numbered(60..<62))
        try await site.follower().catchUp()
        #expect(site.text == numbered(0..<62))
        // A copy of a file that is still followed is no new file.
        try await site.shell("cp a.log a.log.bak")
        try await site.follower().catchUp()
        #expect(site.text == numbered(0..<62))
    }

    @Test(arguments: ["gzip", "zstd -q --rm"])
    func `rotated files that are compressed are known again`(packer: String) async throws {
        let site = try Site()
        try site.write("a.log", numbered(0..<500))
        try await site.follower().catchUp()
        try site.append("a.log", numbered(500..<600))
        try await site.shell("mv a.log a.log.1; \(packer) a.log.1")
        try site.write("a.log", numbered(600..<700))
        try await site.follower().catchUp()
        #expect(site.lines.count == 700)
        #expect(Set(site.lines).count == 700)
    }

    @Test func `however often the process dies, each line comes exactly once`() async throws {
        let site = try Site()
        var settings = site.settings()
        settings.partBytes = 100
        var expected = 0
        for round in 0..<12 {
            let more = numbered(expected..<(expected + 40))
            if round == 0 { try site.write("a.log", more) } else { try site.append("a.log", more) }
            expected += 40
            if round == 6 { try await site.shell("mv a.log a.log.1; touch a.log") }
            site.dieAfter(round % 5)
            do {
                try await site.follower(settings).catchUp()
            } catch {
                #expect(error is Site.Crash)
            }
        }
        site.dieAfter(nil)
        try await site.follower(settings).catchUp()
        #expect(site.lines.count == expected)
        #expect(Set(site.lines).count == expected)
    }

    @Test func `a document that grows inside of its array gives each record once`() async throws {
        let site = try Site()
        let path = "y=2026/m=11/d=22/h=10/m=00/macAddress=002248/PT1H.json"
        try await site.shell("mkdir -p \((path as NSString).deletingLastPathComponent)")
        let settings = site.settings("y=*/m=*/d=*/h=*/m=*/macAddress=*/PT1H.json")
        for count in [1, 2, 5] {
            let records = (0..<count).map { #"{"n":\#($0),"t":"]}"}"# }.joined(separator: ",\n  ")
            try site.write(path, #"{ "records": ["# + records + "]}")
            try await site.follower(settings).catchUp()
        }
        #expect(site.lines == (0..<5).map { #"{"n":\#($0),"t":"]}"}"# })
    }

    @Test func `a document over several lines is one record, and one without a line end comes when it is whole`()
        async throws
    {
        let site = try Site()
        try site.write("a.log", "{\n \"a\": 1\n}\n{\n \"a\":")
        try await site.follower().catchUp()
        #expect(site.text == "{\n \"a\": 1\n}")
        try site.append("a.log", " 2\n}")
        try await site.follower().catchUp()
        #expect(site.text.filter { !$0.isWhitespace } == #"{"a":1}{"a":2}"#)
    }

    @Test func `a line that is too long is given up to the limit, and the next is read`() async throws {
        let site = try Site()
        var settings = site.settings()
        settings.partBytes = 1000
        settings.lineBytes = 5000
        try site.write("a.log", "first\n" + String(repeating: "x", count: 20_000) + "\nlast\n")
        try await site.follower(settings).catchUp()
        #expect(site.lines.first == "first" && site.text.hasSuffix("last\n"))
        #expect(site.text.utf8.count < 6000)
    }

    @Test func `of a broken packed file comes what is readable, then the fault, once`() async throws {
        let site = try Site()
        try site.write("full.txt", numbered(0..<50_000))
        try await site.shell("gzip -c full.txt | head -c 40000 > cut.log.gz")
        try await site.follower().catchUp()
        #expect(site.faults.isEmpty)
        site.pass(3600)
        try await site.follower().catchUp()
        try await site.follower().catchUp()
        #expect(site.faults.count == 1)
        #expect(site.lines.count > 1000)
        #expect(numbered(0..<50_000).hasPrefix(site.text))
    }

    @Test func `header lines go before each part`() async throws {
        let site = try Site()
        try site.write("a.csv", "name,age\neva,30\n")
        try await site.follower(site.settings("*.csv")).catchUp()
        try site.append("a.csv", "tom,31\n")
        try await site.follower(site.settings("*.csv")).catchUp()
        #expect(site.lines == ["name,age", "eva,30", "name,age", "tom,31"])
    }

    @Test func `files that were there may be begun at their end; other encodings are read`() async throws {
        let site = try Site()
        var settings = site.settings()
        settings.start = .end
        settings.encoding = .utf16LittleEndian
        try "old\nhal".data(using: .utf16LittleEndian)?.write(to: site.folder.appending(path: "a.log"))
        try await site.follower(settings).catchUp()
        let handle = try FileHandle(forWritingTo: site.folder.appending(path: "a.log"))
        try handle.seekToEnd()
        try handle.write(contentsOf: "f\nnéw\n".data(using: .utf16LittleEndian) ?? Data())
        try handle.close()
        try "another\n".data(using: .utf16LittleEndian)?.write(to: site.folder.appending(path: "b.log"))
        try await site.follower(settings).catchUp()
        #expect(Set(site.lines) == ["néw", "another"])
    }

    @Test(.timeLimit(.minutes(1))) func `a running follower hears of changes`() async throws {
        let site = try Site()
        var settings = site.settings()
        settings.pollInterval = .seconds(3600)
        let follower = site.follower(settings)
        try site.write("a.log", "one\n")
        let task = Task { try await follower.run() }
        while site.lines.isEmpty { await Task.yield() }
        try site.append("a.log", "two\n")
        while site.lines.count < 2 { await Task.yield() }
        #expect(site.lines == ["one", "two"])
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
