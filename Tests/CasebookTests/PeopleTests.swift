import Casebook
import Chronology
import StateStore
import Testing
import Vocabulary

@Suite struct PeopleTests {
    private let ada = CasebookFixture.ada
    private let bob = JournalActor(kind: .user, id: "u-bob", name: "Bob")

    private func casebook(_ fixture: CasebookFixture) -> Casebook {
        Casebook(
            database: fixture.database, time: TimeSource { CasebookFixture.noon },
            people: PeopleDirectory { [ada, bob] name in
                switch name.lowercased() {
                case "bob", "bob@corp.example", "bob builder": bob
                case "ada": ada
                default: nil
                }
            })
    }

    private func incident(_ casebook: Casebook) async throws -> IncidentID {
        try await casebook.create(NewIncident(title: "T", severity: .low), by: ada).id
    }

    @Test func `who watches is told once, and may stop`() async throws {
        let fixture = try CasebookFixture()
        let casebook = casebook(fixture)
        let id = try await incident(casebook)
        try await casebook.watch(id, by: bob)
        try await casebook.watch(id, by: bob)
        #expect(try await casebook.watchers(of: id).map(\.person) == [bob])
        #expect(try await casebook.unwatch(id, by: bob))
        #expect(try await !casebook.unwatch(id, by: bob))
        let told = try await casebook.activity(of: id).compactMap { CasebookEvent($0) }
        #expect(Array(told.prefix(2)) == [.watching(id, .ended(bob)), .watching(id, .began(bob, .own))])
    }

    @Test(arguments: [
        "@bob please look", "thanks (@Bob).", "ask @bob@corp.example, he knows", "cc @\"Bob Builder\"", "@bob and @BOB",
    ])
    func `a mention makes a watcher and a journal fact`(text: String) async throws {
        let fixture = try CasebookFixture()
        let casebook = casebook(fixture)
        let id = try await incident(casebook)
        let comment = try await casebook.addComment(text, to: id, by: ada)
        #expect(try await casebook.watchers(of: id).map(\.reason) == [.mention])
        let told = try await casebook.activity(of: id).compactMap { CasebookEvent($0) }
        #expect(told.filter { $0 == .watching(id, .mentioned(bob, comment.id)) }.count == 1)
    }

    @Test(arguments: [
        "mail bob@bob", "@nobody", "@", "@@@bob@", "@ada myself", "a@bob", String(repeating: "@", count: 99),
    ])
    func `what only looks like a mention is none`(text: String) async throws {
        let fixture = try CasebookFixture()
        let casebook = casebook(fixture)
        let id = try await incident(casebook)
        try await casebook.addComment(text, to: id, by: ada)
        #expect(try await casebook.watchers(of: id).isEmpty)
    }

    @Test func `an edit mentions only whom the comment did not name before`() async throws {
        let fixture = try CasebookFixture()
        let casebook = casebook(fixture)
        let id = try await incident(casebook)
        let comment = try await casebook.addComment("@bob look", to: id, by: ada)
        try await casebook.editComment(comment.id, of: id, message: "@bob look again", by: ada)
        let told = try await casebook.activity(of: id).filter { $0.kind == .mentioned }
        #expect(told.count == 1)
    }

    @Test func `time is noted per person and deleted by its maker`() async throws {
        let fixture = try CasebookFixture()
        let casebook = casebook(fixture)
        let id = try await incident(casebook)
        let entry = try await casebook.addTime(minutes: 45, note: "log review", to: id, by: ada)
        try await casebook.addTime(minutes: 15, to: id, by: bob)
        #expect(try await casebook.timeEntries(of: id).map(\.minutes) == [45, 15])
        let stranger = await #expect(throws: CasebookError.self) {
            try await casebook.deleteTime(entry.id, of: id, by: bob)
        }
        #expect(stranger?.code == .forbidden)
        #expect(try await casebook.deleteTime(entry.id, of: id, by: ada))
        for minutes in [0, -5, 1_441, Int.max] {
            let wrong = await #expect(throws: CasebookError.self) {
                try await casebook.addTime(minutes: minutes, to: id, by: ada)
            }
            #expect(wrong?.field == "minutes")
        }
    }

    @Test func `an incident has one team`() async throws {
        let fixture = try CasebookFixture()
        let casebook = casebook(fixture)
        let id = try await incident(casebook)
        var new = NewIncidentTeam(name: "War room")
        new.channelURL = "https://chat.example/1"
        new.memberIDs = ["u-ada", "u-bob"]
        let team = try await casebook.createTeam(new, for: id, by: ada)
        #expect(try await casebook.team(of: id) == team)
        let second = await #expect(throws: CasebookError.self) { try await casebook.createTeam(new, for: id, by: ada) }
        #expect(second?.code == .conflict)
        var wrong = new
        wrong.channelURL = "javascript:alert(1)"
        let script = wrong
        let refused = await #expect(throws: CasebookError.self) {
            try await casebook.createTeam(script, for: id, by: ada)
        }
        #expect(refused?.field == "primaryChannelUrl")
    }

    @Test func `reopening is counted`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture.casebook)
        for _ in 1...2 {
            var close = IncidentChange()
            close.status = .closed
            close.classification = .truePositive
            try await fixture.casebook.update(id, close, by: ada)
            fixture.advance(by: .hours(1))
            var reopen = IncidentChange()
            reopen.status = .active
            try await fixture.casebook.update(id, reopen, by: ada)
        }
        let incident = try #require(try await fixture.casebook.incident(id))
        #expect(incident.reopenedCount == 2)
        #expect(incident.lastReopenedTime == CasebookFixture.noon + .hours(2))
    }

    @Test func `a bulk change has an outcome for each incident`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let first = try await incident(casebook)
        let second = try await incident(casebook)
        var change = IncidentChange()
        change.severity = .high
        let outcomes = try await casebook.update(
            [BulkTarget(first), BulkTarget(IncidentID("none")), BulkTarget(second, version: 7)], change, by: ada)
        #expect(outcomes.map(\.id) == [first, IncidentID("none"), second])
        let codes = outcomes.map { outcome -> CasebookError.Code? in
            if case .failure(let error) = outcome.result { error.code } else { nil }
        }
        #expect(codes == [nil, .notFound, .conflict])
        #expect(try await casebook.incident(first)?.severity == .high)
        #expect(try await casebook.incident(second)?.severity == .low)
    }
}
