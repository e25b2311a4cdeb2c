import Casebook
import Chronology
import StateStore
import Testing
import Vocabulary

@Suite struct MergingTests {
    private let ada = CasebookFixture.ada

    /// An incident with two alerts, a comment, a task, a label and a bookmark, all named after it.
    private func incident(_ fixture: CasebookFixture, _ name: String, severity: Severity = .low) async throws
        -> IncidentID
    {
        let casebook = fixture.casebook
        var new = NewIncident(title: name, severity: severity)
        new.labels = [IncidentLabel(name: "l-\(name)"), IncidentLabel(name: "both")]
        let id = try await casebook.create(new, by: ada).id
        for number in 1...2 {
            let alert = NewAlert.sample("\(name)\(number)", severity: severity)
            try await casebook.record(alert, createIncident: false, by: CasebookFixture.detection)
            try await casebook.relate(
                id, to: .alert(AlertID("\(name)\(number)")), named: RelationName("r\(number)"), by: ada)
        }
        try await casebook.addComment("of \(name)", to: id, id: CommentID("c"), by: ada)
        try await casebook.addTask(title: "of \(name)", to: id, id: TaskID("t"), by: ada)
        try await casebook.putBookmark(
            BookmarkContent(displayName: name, query: "T"), id: BookmarkID("b-\(name)"), in: id, by: ada)
        return id
    }

    @Test func `a merge moves everything, closes the source and points it to the target`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let target = try await incident(fixture, "a")
        let source = try await incident(fixture, "b", severity: .high)
        try await casebook.merge([source], into: target, by: ada)
        let merged = try #require(try await casebook.incident(target))
        #expect(Set(merged.alertIDs.map(\.rawValue)) == ["a1", "a2", "b1", "b2"])
        #expect(Set(merged.bookmarkIDs.map(\.rawValue)) == ["b-a", "b-b"])
        #expect(merged.labels.map(\.name) == ["l-a", "both", "l-b"])
        #expect(Set(try await casebook.comments(of: target).map(\.message)) == ["of a", "of b"])
        #expect(Set(try await casebook.tasks(of: target).map(\.title)) == ["of a", "of b"])
        #expect(try await casebook.relations(of: target).count == 6)
        let gone = try #require(try await casebook.incident(source))
        #expect(gone.status == .closed)
        #expect(gone.mergedInto == target)
        #expect(gone.mergedIntoNumber == 1)
        #expect(gone.alertIDs.isEmpty && gone.bookmarkIDs.isEmpty && gone.commentCount == 0 && gone.taskCount == 0)
        #expect(try await casebook.activity(of: target).contains { $0.kind == .incidentMerged })
    }

    @Test func `an undone merge leaves both incidents as they were`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let target = try await incident(fixture, "a")
        let source = try await incident(fixture, "b")
        let before = try await [casebook.incident(target), casebook.incident(source)].compactMap(\.self)
        let transfer = try #require(try await casebook.merge([source], into: target, by: ada).first)
        let undone = try await casebook.undo(transfer.id, by: ada)
        #expect(undone.left.isEmpty)
        #expect(undone.transfer.undoneTime == CasebookFixture.noon)
        for old in before {
            let new = try #require(try await casebook.incident(old.id))
            #expect(new.alertIDs == old.alertIDs)
            #expect(new.bookmarkIDs == old.bookmarkIDs)
            #expect(new.labels == old.labels)
            #expect(new.status == old.status)
            #expect(new.classification == old.classification)
            #expect(new.mergedInto == nil)
            #expect(new.commentCount == old.commentCount)
            #expect(new.taskCount == old.taskCount)
        }
        let twice = await #expect(throws: CasebookError.self) { try await casebook.undo(transfer.id, by: ada) }
        #expect(twice?.code == .conflict)
    }

    @Test func `what was moved on since a merge stays there when it is undone`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let target = try await incident(fixture, "a")
        let source = try await incident(fixture, "b")
        let third = try await incident(fixture, "c")
        let transfer = try #require(try await casebook.merge([source], into: target, by: ada).first)
        try await casebook.add(alert: AlertID("b1"), to: third, by: ada)
        try await casebook.deleteBookmark(BookmarkID("b-b"), by: ada)
        let later = NewAlert.sample("later")
        try await casebook.record(later, createIncident: false, by: CasebookFixture.detection)
        try await casebook.add(alert: AlertID("later"), to: target, by: ada)
        let undone = try await casebook.undo(transfer.id, by: ada)
        #expect(undone.left.alerts == [AlertID("b1")])
        #expect(undone.left.bookmarks == [BookmarkID("b-b")])
        #expect(undone.incident.alertIDs == [AlertID("b2")])
        #expect(try await casebook.incident(target)?.alertIDs.contains(AlertID("later")) == true)
    }

    @Test func `merges are undone from the last to the first`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let ids = [
            try await incident(fixture, "a"), try await incident(fixture, "b"), try await incident(fixture, "c"),
        ]
        let first = try #require(try await casebook.merge([ids[0]], into: ids[1], by: ada).first)
        let second = try #require(try await casebook.merge([ids[1]], into: ids[2], by: ada).first)
        let early = await #expect(throws: CasebookError.self) { try await casebook.undo(first.id, by: ada) }
        #expect(early?.code == .invalidTransition)
        #expect(early?.message.contains("undo that first") == true)
        try await casebook.undo(second.id, by: ada)
        try await casebook.undo(first.id, by: ada)
        for (id, name) in zip(ids, ["a", "b", "c"]) {
            #expect(try await casebook.incident(id)?.alertIDs.map(\.rawValue) == ["\(name)1", "\(name)2"])
            #expect(try await casebook.comments(of: id).map(\.message) == ["of \(name)"])
        }
    }

    @Test func `a merge without room is refused, names the field and changes nothing`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let target = try await incident(fixture, "a")
        let source = try await incident(fixture, "b")
        for number in 0..<39 { try await casebook.addTask(title: "\(number)", to: target, by: ada) }
        let head = try await fixture.database.journal.head().sequence
        let full = await #expect(throws: CasebookError.self) {
            try await casebook.merge([source], into: target, by: ada)
        }
        #expect(full?.code == .limitReached)
        #expect(full?.field == "tasks")
        #expect(try await fixture.database.journal.head().sequence == head)
        #expect(try await casebook.incident(source)?.mergedInto == nil)
    }

    @Test func `a split takes the named parts, and its undoing brings back all that has come since`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let source = try await incident(fixture, "a")
        let parts = MovedParts(alerts: [AlertID("a2")], comments: [CommentID("c")])
        let split = try await casebook.split(source, taking: parts, title: "Apart", by: ada)
        let child = try #require(try await casebook.incident(split.target))
        #expect(child.title == "Apart")
        #expect(child.alertIDs == [AlertID("a2")])
        #expect(child.commentCount == 1)
        #expect(try await casebook.incident(source)?.alertIDs == [AlertID("a1")])
        #expect(try await casebook.activity(of: source).contains { $0.kind == .incidentSplit })
        try await casebook.addComment("since", to: child.id, by: ada)
        let undone = try await casebook.undo(split.id, by: ada)
        #expect(undone.incident.alertIDs == [AlertID("a1"), AlertID("a2")])
        #expect(try await casebook.comments(of: source).map(\.message).contains("since"))
        #expect(try await casebook.incident(child.id)?.mergedInto == source)
    }

    @Test func `a split that makes no sense is refused`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let source = try await incident(fixture, "a")
        let wrong: [(MovedParts, CasebookError.Code)] = [
            (MovedParts(), .invalidField), (MovedParts(comments: [CommentID("c")]), .invalidField),
            (MovedParts(alerts: [AlertID("a1"), AlertID("a2")]), .invalidField),
            (MovedParts(alerts: [AlertID("zzz")]), .notFound),
        ]
        for (parts, code) in wrong {
            let refused = await #expect(throws: CasebookError.self) {
                try await casebook.split(source, taking: parts, by: ada)
            }
            #expect(refused?.code == code)
        }
    }

    @Test func `nothing is added to a merged incident`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let target = try await incident(fixture, "a")
        let source = try await incident(fixture, "b")
        try await casebook.merge([source], into: target, by: ada)
        for work in [
            { _ = try await casebook.add(alert: AlertID("a1"), to: source, by: ada) },
            { _ = try await casebook.merge([source], into: target, by: ada) },
            { _ = try await casebook.merge([target], into: source, by: ada) },
            { _ = try await casebook.relate(source, to: .incident(target, .related), by: ada) },
        ] as [@Sendable () async throws -> Void] {
            let refused = await #expect(throws: CasebookError.self) { try await work() }
            #expect(refused?.code == .invalidTransition)
        }
    }

    @Test func `a merge that grouping made is undone like one by hand`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let detection = CasebookFixture.detection
        let first = try await casebook.record(.sample("a", entities: [.host("ws1")]), by: detection).incidentID
        let second = try await casebook.record(.sample("b", entities: [.host("ws2")]), by: detection).incidentID
        try await casebook.record(.sample("c", entities: [.host("ws1"), .host("ws2")]), by: detection)
        let target = try #require(first)
        let source = try #require(second)
        let transfer = try #require(try await casebook.transfers(of: target).first)
        #expect(transfer.source == source)
        let undone = try await casebook.undo(transfer.id, by: ada)
        #expect(undone.incident.alertIDs == [AlertID("b")])
        #expect(undone.incident.isOpen)
        #expect(try await casebook.incident(target)?.alertIDs == [AlertID("a"), AlertID("c")])
    }
}
