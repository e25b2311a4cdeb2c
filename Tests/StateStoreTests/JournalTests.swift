import Chronology
import Foundation
import GRDB
import JSON
import StateStore
import Testing

@Suite struct JournalTests {
    private let noon = Instant(unixSeconds: 1_700_000_000)
    private let kind = JournalKind(room: "test", event: "happened")

    private func draft(_ subject: String, _ payload: JSON = ["n": 1]) -> JournalDraft {
        JournalDraft(
            time: noon, kind: kind, subject: subject,
            actor: JournalActor(kind: .user, id: "u1", name: "Ada"), payload: payload)
    }

    private func append(_ count: Int, to database: StateDatabase) async throws {
        for index in 1...count {
            let draft = draft("s\(index)")
            try await database.write { _ = try database.journal.append(draft, in: $0) }
        }
    }

    @Test func `entries are numbered without gaps and chained`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        try await append(3, to: database)
        let entries = try await database.journal.entries(after: 0)
        #expect(entries.map(\.sequence) == [1, 2, 3])
        #expect(entries[0].previousHash == .beginning)
        #expect(entries[1].previousHash == entries[0].hash)
        #expect(entries[2].actor.name == "Ada")
        let head = try await database.journal.head()
        #expect(try await database.journal.verify() == .intact(count: 3, head: head))
    }

    @Test func `an empty journal is intact`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        let head = try await database.journal.head()
        #expect(try await database.journal.verify() == .intact(count: 0, head: head))
    }

    @Test func `a transaction that fails leaves no entry and no gap`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        struct Refusal: Error {}
        let draft = draft("s")
        await #expect(throws: Refusal.self) {
            try await database.write { (connection: Database) -> Void in
                try database.journal.append(draft, in: connection)
                throw Refusal()
            }
        }
        try await append(1, to: database)
        #expect(try await database.journal.entries(after: 0).map(\.sequence) == [1])
    }

    @Test func `entries cannot be changed or deleted through SQL`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        try await append(2, to: database)
        for sql in ["UPDATE journal_entry SET subject = 'x'", "DELETE FROM journal_entry"] {
            await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute(sql: sql) }
            }
        }
    }

    @Test(arguments: [
        ("UPDATE journal_entry SET payload = '{\"n\":2}' WHERE sequence = 3", JournalFlaw.changedContent, 3),
        ("UPDATE journal_entry SET actor_name = 'Eve' WHERE sequence = 1", .changedContent, 1),
        ("UPDATE journal_entry SET time = time + 1 WHERE sequence = 5", .changedContent, 5),
        ("DELETE FROM journal_entry WHERE sequence = 2", .missingEntry, 3),
        ("DELETE FROM journal_entry WHERE sequence = 5", .cutOff, 5),
        ("UPDATE journal_entry SET previous_hash = zeroblob(32) WHERE sequence = 4", .brokenLink, 4),
        ("UPDATE journal_entry SET payload = '{' WHERE sequence = 2", .malformed, 2),
        ("UPDATE journal_entry SET actor_kind = 'Nobody' WHERE sequence = 2", .malformed, 2),
        ("UPDATE journal_head SET sequence = 4", .appended, 5),
    ])
    func `tampering is found where it was done`(sql: String, flaw: JournalFlaw, sequence: Int) async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        try await append(5, to: database)
        try await database.write { connection in
            try connection.execute(sql: "DROP TRIGGER journal_entry_fixed; DROP TRIGGER journal_entry_kept; \(sql)")
        }
        #expect(try await database.journal.verify() == .broken(at: Int64(sequence), flaw))
    }

    @Test func `a reader goes on where it acknowledged, also after a restart`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over temporary folder harms nothing
        let path = folder.appending(path: "state.sqlite").path
        let first = try StateDatabase.open(path: path, rooms: [])
        try await append(5, to: first)
        let reader = first.journal.reader("mail")
        #expect(try await reader.nextBatch(limit: 2).map(\.sequence) == [1, 2])
        #expect(try await reader.nextBatch(limit: 2).map(\.sequence) == [1, 2])
        try await reader.acknowledge(through: 2)
        try first.close()
        let second = try StateDatabase.open(path: path, rooms: [])
        #expect(try await second.journal.reader("mail").pendingBatch().map(\.sequence) == [3, 4, 5])
        #expect(try await second.journal.reader("other").pendingBatch().count == 5)
        try await second.journal.reader("mail").acknowledge(through: 1)
        #expect(try await second.journal.reader("mail").position() == 2)
    }

    @Test func `a reader that starts at the end sees only what comes`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        try await append(2, to: database)
        let reader = database.journal.reader("live", startingAt: .end)
        #expect(try await reader.pendingBatch().isEmpty)
        try await append(1, to: database)
        #expect(try await reader.pendingBatch().map(\.sequence) == [3])
    }

    @Test func `a waiting reader is woken by a commit, and by cancellation`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        let reader = database.journal.reader("live")
        async let batch = reader.nextBatch()
        try await append(1, to: database)
        #expect(try await batch.map(\.sequence) == [1])
        try await reader.acknowledge(through: 1)
        let waiting = Task { try await reader.nextBatch() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test func `an effect and its acknowledgement in one transaction happen together or not at all`() async throws {
        let database = try StateDatabase.inMemory(rooms: [])
        try await append(3, to: database)
        let reader = database.journal.reader("effect")
        struct Crash: Error {}
        await #expect(throws: Crash.self) {
            try await database.write { (connection: Database) -> Void in
                try reader.acknowledge(through: 3, in: connection)
                throw Crash()
            }
        }
        #expect(try await reader.pendingBatch().count == 3)
    }
}
