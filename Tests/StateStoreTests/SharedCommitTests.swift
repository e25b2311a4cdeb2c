import Chronology
import GRDB
import JSON
import StateStore
import Testing

@Suite struct SharedCommitTests {
    private struct Refused: Error {}

    private static let room: RoomMigrations = {
        var room = RoomMigrations(room: "sample")
        room.add("first") {
            try $0.execute(sql: "CREATE TABLE sample_row (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
        }
        return room
    }()

    private static func add(_ name: String, to database: StateDatabase) async throws {
        let journal = database.journal
        try await database.write { connection in
            try connection.execute(sql: "INSERT INTO sample_row (name) VALUES (?)", arguments: [name])
            try journal.append(
                JournalDraft(
                    time: Instant(unixSeconds: 0), kind: JournalKind(room: "sample", event: "added"), subject: name,
                    actor: .room("Sample"), payload: [:]), in: connection)
            if name.hasPrefix("refused") { throw Refused() }
        }
    }

    @Test func `of changes made at once each is made wholly or not at all`() async throws {
        let database = try StateDatabase.inMemory(rooms: [Self.room])
        let refused = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    do {
                        try await Self.add(index.isMultiple(of: 3) ? "refused\(index)" : "row\(index)", to: database)
                        return false
                    } catch {
                        return true
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 67)
        let rows = try await database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM sample_row") }
        #expect(rows == 133)
        let head = try await database.journal.head()
        #expect(head.sequence == 133)
        #expect(try await database.journal.verify() == .intact(count: 133, head: head))
    }

    @Test func `a statement that undoes the whole transaction undoes its own change only`() async throws {
        let database = try StateDatabase.inMemory(rooms: [Self.room])
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<50 {
                group.addTask {
                    if index == 25 {
                        await #expect(throws: DatabaseError.self) {
                            try await database.write { connection in
                                try connection.execute(sql: "INSERT INTO sample_row (name) VALUES ('twice')")
                                try connection.execute(
                                    sql: "INSERT OR ROLLBACK INTO sample_row (name) VALUES ('twice')")
                            }
                        }
                    } else {
                        await #expect(throws: Never.self) { try await Self.add("row\(index)", to: database) }
                    }
                }
            }
        }
        let names = try await database.read { try String.fetchAll($0, sql: "SELECT name FROM sample_row") }
        #expect(names.count == 49)
        #expect(!names.contains("twice"))
        #expect(try await database.journal.head().sequence == 49)
    }

    @Test func `who waits for the journal is not woken by what was undone`() async throws {
        let database = try StateDatabase.inMemory(rooms: [Self.room])
        let reader = database.journal.reader("sample")
        await #expect(throws: Refused.self) { try await Self.add("refused", to: database) }
        async let batch = reader.nextBatch()
        try await Self.add("row", to: database)
        #expect(try await batch.map(\.subject) == ["row"])
    }
}
