import Casebook
import Chronology
import StateStore
import Testing
import Vocabulary

@Suite struct BookmarkTests {
    private let ada = CasebookFixture.ada

    private func incident(_ fixture: CasebookFixture, _ title: String = "T") async throws -> IncidentID {
        try await fixture.casebook.create(NewIncident(title: title, severity: .low), by: ada).id
    }

    private var content: BookmarkContent {
        var content = BookmarkContent(displayName: "Odd sign-in", query: "SigninLogs | take 1")
        content.queryResult = #"{"UserPrincipalName":"al\"ice@corp.example","Note":"🔥 ''quoted''"}"#
        content.notes = "Looks wrong"
        content.labels = ["vip", "it's"]
        content.eventTime = CasebookFixture.noon
        content.queryStartTime = CasebookFixture.noon - .hours(24)
        content.queryEndTime = CasebookFixture.noon
        content.entities = [
            BookmarkEntity(
                kind: .account,
                fields: [
                    .init(identifier: "UPNSuffix", value: "corp.example"), .init(identifier: "Name", value: "alice"),
                ])
        ]
        content.tactics = [.initialAccess]
        content.techniques = ["T1078.004"]
        return content
    }

    @Test func `a bookmark keeps everything that was written in it, with or without an incident`() async throws {
        let fixture = try CasebookFixture()
        let alone = try await fixture.casebook.putBookmark(content, by: ada)
        #expect(alone.isNew)
        #expect(alone.value.content == content)
        #expect(alone.value.incident == nil)
        let id = try await incident(fixture, "Sign-ins")
        let kept = try await fixture.casebook.putBookmark(content, id: BookmarkID("b1"), in: id, by: ada).value
        #expect(kept.incident?.incidentID == id)
        #expect(kept.incident?.title == "Sign-ins")
        #expect(kept.incident?.relationName == RelationName("b1"))
        #expect(try await fixture.casebook.bookmark(BookmarkID("b1")) == kept)
        #expect(try await fixture.casebook.incident(id)?.bookmarkIDs == [BookmarkID("b1")])
        #expect(try await fixture.casebook.bookmarks().map(\.id) == [BookmarkID("b1"), alone.value.id])
        #expect(try await fixture.casebook.bookmarks(of: id) == [kept])
    }

    @Test func `a bookmark is replaced under its version, and the incident's activity tells how`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let first = try await fixture.casebook.putBookmark(content, in: id, by: ada).value
        var changed = content
        changed.notes = "Confirmed"
        let second = try await fixture.casebook.putBookmark(
            changed, id: first.id, expecting: first.version, by: ada)
        #expect(!second.isNew)
        #expect(second.value.version == 2)
        #expect(second.value.incident?.incidentID == id)
        let stale = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.putBookmark(content, id: first.id, expecting: 1, by: ada)
        }
        #expect(stale?.code == .conflict)
        let newest = try #require(try await fixture.casebook.activity(of: id).first)
        let change = FieldChange(.notes, old: "Looks wrong", new: "Confirmed")
        #expect(CasebookEvent(newest) == .bookmark(first.id, id, .changed([change])))
        let same = try await fixture.casebook.putBookmark(changed, id: first.id, by: ada).value
        #expect(same.version == 2)
    }

    @Test func `an incident holds 20 bookmarks, and a 21st is refused whole`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        for _ in 0..<20 { try await fixture.casebook.putBookmark(content, in: id, by: ada) }
        let full = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.putBookmark(content, id: BookmarkID("over"), in: id, by: ada)
        }
        #expect(full?.code == .limitReached)
        #expect(full?.field == "bookmarks")
        #expect(try await fixture.casebook.bookmark(BookmarkID("over")) == nil)
    }

    @Test func `a deleted bookmark leaves its incident, and a deleted incident leaves its bookmark`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let gone = try await fixture.casebook.putBookmark(content, in: id, by: ada).value
        let stays = try await fixture.casebook.putBookmark(content, in: id, by: ada).value
        let stale = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.deleteBookmark(gone.id, expecting: 7, by: ada)
        }
        #expect(stale?.code == .conflict)
        #expect(try await fixture.casebook.deleteBookmark(gone.id, by: ada))
        #expect(try await !fixture.casebook.deleteBookmark(gone.id, by: ada))
        #expect(try await fixture.casebook.incident(id)?.bookmarkIDs == [stays.id])
        #expect(try await fixture.casebook.relations(of: id).map(\.related) == [.bookmark(stays.id)])
        try await fixture.casebook.delete(id, by: ada)
        #expect(try await fixture.casebook.bookmark(stays.id)?.incident == nil)
    }

    /// An edit that makes a bookmark wrong, by the field at fault.
    private static let faults: [(field: String, edit: @Sendable (inout BookmarkContent) -> Void)] = [
        ("displayName", { $0.displayName = " " }),
        ("query", { $0.query = String(repeating: "x", count: 10_001) }),
        ("queryResult", { $0.queryResult = String(repeating: "e\u{301}", count: 200_000) }),
        ("notes", { $0.notes = "a\0b" }),
        ("labels", { $0.labels = (0...100).map(String.init) }),
        ("entityMappings", { $0.entities = [BookmarkEntity(kind: .ip, fields: [.init(identifier: "", value: "x")])] }),
        ("techniques", { $0.techniques = ["T1 110"] }),
        ("queryEndTime", { $0.queryEndTime = CasebookFixture.noon - .hours(48) }),
    ]

    @Test(arguments: faults.indices)
    func `what is out of bounds is refused with its field`(index: Int) async throws {
        let fixture = try CasebookFixture()
        let fault = BookmarkTests.faults[index]
        var edited = content
        fault.edit(&edited)
        let wrong = edited
        let refused = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.putBookmark(wrong, by: ada)
        }
        #expect(refused?.field == fault.field)
        #expect(try await fixture.casebook.bookmarks().isEmpty)
        #expect(try await fixture.database.journal.head().sequence == 0)
    }
}
