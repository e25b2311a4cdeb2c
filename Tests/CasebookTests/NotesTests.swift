import Casebook
import StateStore
import Testing
import Vocabulary

@Suite struct NotesTests {
    private let ada = CasebookFixture.ada

    private func incident(_ fixture: CasebookFixture) async throws -> IncidentID {
        try await fixture.casebook.create(NewIncident(title: "T", severity: .low), by: ada).id
    }

    @Test func `comments are kept in order, edited and deleted`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let first = try await fixture.casebook.addComment("one", to: id, by: ada)
        try await fixture.casebook.addComment("two", to: id, by: ada)
        let edited = try await fixture.casebook.editComment(first.id, of: id, message: "uno", expecting: 1, by: ada)
        #expect(edited.version == 2)
        #expect(try await fixture.casebook.comments(of: id).map(\.message) == ["uno", "two"])
        #expect(try await fixture.casebook.deleteComment(first.id, of: id, by: ada))
        #expect(try await fixture.casebook.incident(id)?.commentCount == 1)
    }

    @Test func `a comment repeated under its id is added once`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        for _ in 0..<3 { try await fixture.casebook.addComment("once", to: id, id: CommentID("c1"), by: ada) }
        #expect(try await fixture.casebook.comments(of: id).count == 1)
        #expect(try await fixture.casebook.activity(of: id).filter { $0.kind == .commentAdded }.count == 1)
    }

    @Test func `comments end at 100 and at 30,000 characters`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let long = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.addComment(String(repeating: "x", count: 30_001), to: id, by: ada)
        }
        #expect(long?.code == .invalidField)
        for number in 1...100 { try await fixture.casebook.addComment("\(number)", to: id, by: ada) }
        let full = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.addComment("101", to: id, by: ada)
        }
        #expect(full?.code == .limitReached)
    }

    @Test func `tasks are completed, and end at 40`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let task = try await fixture.casebook.addTask(title: "Isolate the host", to: id, by: ada)
        let done = try await fixture.casebook.updateTask(task.id, of: id, status: .completed, expecting: 1, by: ada)
        #expect(done.status == .completed)
        let stale = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.updateTask(task.id, of: id, title: "x", expecting: 1, by: ada)
        }
        #expect(stale?.code == .conflict)
        for number in 2...40 { try await fixture.casebook.addTask(title: "\(number)", to: id, by: ada) }
        let full = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.addTask(title: "41", to: id, by: ada)
        }
        #expect(full?.code == .limitReached)
        #expect(try await fixture.casebook.tasks(of: id).count == 40)
        #expect(try await fixture.casebook.deleteTask(task.id, of: id, by: ada))
        #expect(try await fixture.casebook.incident(id)?.taskCount == 39)
    }
}
