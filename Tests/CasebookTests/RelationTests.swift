import Casebook
import StateStore
import Testing
import Vocabulary

@Suite struct RelationTests {
    private let ada = CasebookFixture.ada

    private func incident(_ fixture: CasebookFixture) async throws -> IncidentID {
        try await fixture.casebook.create(NewIncident(title: "T", severity: .low), by: ada).id
    }

    @Test func `every alert and bookmark of an incident is a relation, by its name or by its own id`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let recorded = try await casebook.record(.sample("a1"), grouping: .separate, by: CasebookFixture.detection)
        let id = try #require(recorded.incidentID)
        try await casebook.record(.sample("a2"), grouping: .separate, by: CasebookFixture.detection)
        let made = try await casebook.relate(id, to: .alert(AlertID("a2")), named: RelationName("second"), by: ada)
        #expect(made.isNew)
        let bookmark = try await casebook.putBookmark(BookmarkContent(displayName: "b", query: "T"), by: ada).value
        try await casebook.relate(id, to: .bookmark(bookmark.id), named: RelationName("mark"), by: ada)
        #expect(
            try await casebook.relations(of: id).map(\.related) == [
                .alert(AlertID("a1")), .alert(AlertID("a2")), .bookmark(bookmark.id),
            ])
        #expect(try await casebook.relations(of: id).map(\.name.rawValue) == ["a1", "second", "mark"])
        #expect(try await casebook.relation(RelationName("a1"), of: id)?.related == .alert(AlertID("a1")))
        #expect(try await casebook.relation(RelationName("a2"), of: id) == nil)
        #expect(try await casebook.bookmark(bookmark.id)?.incident?.relationName == RelationName("mark"))
    }

    @Test func `putting a relation adds the alert, and deleting it takes the alert out`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let id = try await incident(fixture)
        try await casebook.record(.sample("a"), createIncident: false, by: CasebookFixture.detection)
        let first = try await casebook.relate(id, to: .alert(AlertID("a")), named: RelationName("r"), by: ada)
        let again = try await casebook.relate(id, to: .alert(AlertID("a")), named: RelationName("r"), by: ada)
        #expect(!again.isNew)
        #expect(again.value == first.value)
        #expect(try await casebook.incident(id)?.alertIDs == [AlertID("a")])
        #expect(try await casebook.deleteRelation(RelationName("r"), of: id, expecting: first.value.version, by: ada))
        #expect(try await !casebook.deleteRelation(RelationName("r"), of: id, by: ada))
        #expect(try await casebook.incident(id)?.alertIDs == [])
        #expect(try await casebook.alert(AlertID("a"))?.incidentID == nil)
    }

    @Test func `an alert that goes to another incident loses the name it had`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let first = try await incident(fixture)
        let second = try await incident(fixture)
        try await casebook.record(.sample("a"), createIncident: false, by: CasebookFixture.detection)
        try await casebook.relate(first, to: .alert(AlertID("a")), named: RelationName("r"), by: ada)
        try await casebook.add(alert: AlertID("a"), to: second, by: ada)
        #expect(try await casebook.relations(of: first).isEmpty)
        #expect(try await casebook.relations(of: second).map(\.name.rawValue) == ["a"])
    }

    @Test func `a bookmark belongs to one incident at a time`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let first = try await incident(fixture)
        let second = try await incident(fixture)
        let mark = try await casebook.putBookmark(BookmarkContent(displayName: "b", query: "T"), in: first, by: ada)
            .value
        try await casebook.relate(second, to: .bookmark(mark.id), by: ada)
        #expect(try await casebook.incident(first)?.bookmarkIDs == [])
        #expect(try await casebook.bookmark(mark.id)?.incident?.incidentID == second)
        let told = try await casebook.activity(of: first).compactMap { CasebookEvent($0) }
        #expect(told.contains(.relation(first, .removed(RelationName(mark.id.rawValue), .bookmark(mark.id)))))
    }

    @Test(arguments: IncidentLink.allCases)
    func `a link shows at both ends and goes at both ends`(link: IncidentLink) async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let first = try await incident(fixture)
        let second = try await incident(fixture)
        try await casebook.relate(first, to: .incident(second, link), by: ada)
        #expect(try await casebook.relations(of: first).map(\.related) == [.incident(second, link)])
        let back = try #require(try await casebook.relations(of: second).first)
        #expect(back.related == .incident(first, link.counterpart))
        let twice = await #expect(throws: CasebookError.self) {
            try await casebook.relate(second, to: .incident(first, .related), named: RelationName("other"), by: ada)
        }
        #expect(twice?.code == .conflict)
        #expect(try await casebook.deleteRelation(back.name, of: second, by: ada))
        #expect(try await casebook.relations(of: first).isEmpty)
    }

    @Test func `a link dies with the incident at its other end`() async throws {
        let fixture = try CasebookFixture()
        let first = try await incident(fixture)
        let second = try await incident(fixture)
        try await fixture.casebook.relate(first, to: .incident(second, .causedBy), by: ada)
        try await fixture.casebook.delete(second, by: ada)
        #expect(try await fixture.casebook.relations(of: first).isEmpty)
    }

    @Test func `what cannot be related is refused with its field and changes nothing`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let id = try await incident(fixture)
        let other = try await incident(fixture)
        try await casebook.relate(id, to: .incident(other, .related), named: RelationName("r"), by: ada)
        let head = try await fixture.database.journal.head().sequence
        let refusals: [(IncidentRelation.Related, String?, CasebookError.Code)] = [
            (.alert(AlertID("none")), nil, .notFound), (.bookmark(BookmarkID("none")), nil, .notFound),
            (.incident(IncidentID("none"), .related), nil, .notFound), (.incident(id, .related), "self", .invalidField),
            (.incident(other, .causedBy), "r", .conflict), (.alert(AlertID("none")), "r", .conflict),
            (.alert(AlertID("a")), "", .invalidField), (.alert(AlertID("a")), "a\nb", .invalidField),
        ]
        for (related, name, code) in refusals {
            let refused = await #expect(throws: CasebookError.self) {
                try await casebook.relate(id, to: related, named: name.map { RelationName($0) }, by: ada)
            }
            #expect(refused?.code == code, "\(related)")
        }
        #expect(try await fixture.database.journal.head().sequence == head)
    }

    @Test func `only the author changes or deletes a comment`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let bob = JournalActor(kind: .user, id: "u-bob", name: "Bob")
        let id = try await incident(fixture)
        let put = try await casebook.putComment(CommentID("c"), of: id, message: "mine", by: ada)
        #expect(put.isNew)
        let edit = await #expect(throws: CasebookError.self) {
            try await casebook.putComment(CommentID("c"), of: id, message: "ours", by: bob)
        }
        #expect(edit?.code == .forbidden)
        let delete = await #expect(throws: CasebookError.self) {
            try await casebook.deleteComment(CommentID("c"), of: id, by: bob)
        }
        #expect(delete?.code == .forbidden)
        let changed = try await casebook.putComment(CommentID("c"), of: id, message: "mine too", expecting: 1, by: ada)
        #expect(!changed.isNew)
        #expect(changed.value.message == "mine too")
    }

    @Test func `a task is put under its id in one step, whatever its state`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let id = try await incident(fixture)
        let made = try await casebook.putTask(TaskID("t"), of: id, title: "Isolate", status: .completed, by: ada)
        #expect(made.isNew)
        #expect(made.value.status == .completed)
        let again = try await casebook.putTask(TaskID("t"), of: id, title: "Isolate", status: .completed, by: ada)
        #expect(again.value.version == made.value.version)
        let stale = await #expect(throws: CasebookError.self) {
            try await casebook.putTask(TaskID("t"), of: id, title: "x", expecting: 99, by: ada)
        }
        #expect(stale?.code == .conflict)
    }
}
