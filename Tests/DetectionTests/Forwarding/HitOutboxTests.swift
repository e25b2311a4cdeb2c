import Detection
import Foundation
import JSON
import Sigma
import StateStore
import Testing

@Suite struct HitOutboxTests {
    private static func withFile(_ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "hits-\(UUID().uuidString).sqlite")
        defer { try? FileManager.default.removeItem(at: file) }  // What is left in the temporary folder hurts nobody.
        try await body(file.path)
    }

    private static func open(_ path: String, mostBytes: Int = 1 << 20) throws -> HitOutbox {
        HitOutbox(try StateDatabase.open(path: path, rooms: [HitOutbox.migrations]), mostBytes: mostBytes)
    }

    private static func hits(_ numbers: some Sequence<Int>, payload: Int = 10) -> [SigmaHit] {
        numbers.map {
            SigmaHit(
                rule: "r", time: Int64($0), event: "e\($0)", values: ["user": "\"ann\""],
                payload: String(repeating: "x", count: payload))
        }
    }

    private static func read(_ waiting: [HitOutbox.Waiting]) throws -> [SigmaHit] {
        try ForwardedHits(json: waiting.map { try JSON(parsing: $0.body) }).hits
    }

    @Test func `hits wait in order, each event once, over restarts, until they are settled`() async throws {
        try await Self.withFile { path in
            let first = try Self.open(path)
            try await first.add(Self.hits(0..<3))
            try await first.add(Self.hits(2..<5))

            let second = try Self.open(path)
            try await second.add(Self.hits(0..<1))
            let waiting = try await second.next(most: 4)
            #expect(try Self.read(waiting) == Self.hits(0..<4))
            try await second.settle(waiting)
            try await second.settle(waiting)
            #expect(try Self.read(await second.next()) == Self.hits(4..<5))
            #expect(try await second.backlog().hits == 1)
            try await second.settle(second.next())
            #expect(try await second.backlog() == HitOutbox.Backlog(hits: 0, bytes: 0, dropped: 0))
        }
    }

    @Test func `bundles are bounded by bytes and hold one hit at least`() async throws {
        try await Self.withFile { path in
            let outbox = try Self.open(path)
            try await outbox.add(Self.hits(0..<3, payload: 1_000))
            #expect(try await outbox.next(mostBytes: 2_500).count == 2)
            #expect(try await outbox.next(mostBytes: 10).count == 1)
        }
    }

    @Test func `a full outbox drops its oldest hits and counts them over restarts`() async throws {
        try await Self.withFile { path in
            let first = try Self.open(path, mostBytes: 20_000)
            for number in 0..<100 { try await first.add(Self.hits([number], payload: 1_000)) }
            let backlog = try await first.backlog()
            #expect(backlog.hits + backlog.dropped == 100 && backlog.dropped > 80 && backlog.hits > 10)
            #expect(backlog.bytes <= 20_000)
            #expect(try Self.read(await first.next()).map(\.time) == (backlog.dropped..<100).map { Int64($0) })

            let second = try Self.open(path, mostBytes: 20_000)
            #expect(try await second.backlog() == backlog)
            // What the hub refused counts as well; what made room meanwhile is not counted again.
            let waiting = try await second.next()
            try await second.drop(waiting)
            try await second.drop(waiting)
            #expect(try await second.backlog() == HitOutbox.Backlog(hits: 0, bytes: 0, dropped: 100))
        }
    }

    @Test func `who waits for hits is woken`() async throws {
        try await Self.withFile { path in
            let outbox = try Self.open(path)
            async let waiting = outbox.next()
            try await outbox.add(Self.hits([7]))
            #expect(try Self.read(await waiting) == Self.hits([7]))
        }
    }

    @Test(arguments: [
        "{}", #"{"rule": "r", "event": "e", "time": "1"}"#, #"{"rule": "", "event": "e", "time": 1}"#,
        #"{"rule": "r", "event": "e", "time": 9223372036854775807}"#, #"{"rule": "r", "event": 1, "time": 1}"#, "[]",
    ])
    func `what is no hit is refused`(text: String) throws {
        #expect(throws: InvalidHit.self) { try ForwardedHits(json: [JSON(parsing: text)]) }
    }
}
