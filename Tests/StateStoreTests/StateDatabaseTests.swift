import Foundation
import GRDB
import StateStore
import Testing

@Suite struct StateDatabaseTests {
    private func room(_ name: String, table: String) -> RoomMigrations {
        var room = RoomMigrations(room: name)
        room.add("first") { try $0.execute(sql: "CREATE TABLE \(table) (id INTEGER PRIMARY KEY)") }
        return room
    }

    @Test func `a room makes tables under its own name only`() throws {
        _ = try StateDatabase.inMemory(rooms: [room("mail", table: "mail_outbox")])
        let error = #expect(throws: StateStoreError.self) {
            try StateDatabase.inMemory(rooms: [room("mail", table: "outbox")])
        }
        #expect(error?.code == .migrationFailed)
    }

    @Test func `a database of a newer Tocsin is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over temporary folder harms nothing
        let path = folder.appending(path: "state.sqlite").path
        try StateDatabase.open(path: path, rooms: [room("mail", table: "mail_outbox")]).close()
        let error = #expect(throws: StateStoreError.self) { try StateDatabase.open(path: path, rooms: []) }
        #expect(error?.code == .newerDatabase)
    }

    @Test func `a database can be inspected while another process writes it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a left-over temporary folder harms nothing
        let path = folder.appending(path: "state.sqlite").path
        let writing = try StateDatabase.open(path: path, rooms: [room("mail", table: "mail_outbox")])
        let reading = try StateDatabase.inspect(path: path)
        let verification = try await reading.journal.verify()
        #expect(verification.description.hasPrefix("the journal is intact: 0 entries"))
        await #expect(throws: DatabaseError.self) {
            try await reading.write { try $0.execute(sql: "DELETE FROM mail_outbox") }
        }
        try writing.close()
        #expect(throws: StateStoreError.self) { try StateDatabase.inspect(path: path + ".missing") }
    }

    @Test func `a path that cannot be opened is said with the path`() {
        let error = #expect(throws: StateStoreError.self) {
            try StateDatabase.open(path: "/nonexistent/state.sqlite", rooms: [])
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("/nonexistent/state.sqlite") == true)
    }
}
