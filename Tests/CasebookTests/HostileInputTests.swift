import Casebook
import Chronology
import StateStore
import Testing
import Vocabulary

@Suite struct HostileInputTests {
    private let ada = CasebookFixture.ada

    private func incident(_ fixture: CasebookFixture) async throws -> IncidentID {
        try await fixture.casebook.create(NewIncident(title: "T", severity: .low), by: ada).id
    }

    /// Ten million bytes: plain, and one character made of marks without end.
    private static let huge = [
        String(repeating: "x", count: 10_000_000), "e" + String(repeating: "\u{301}", count: 5_000_000),
    ]

    @Test(arguments: 0..<2)
    func `ten megabytes are refused wherever a text is taken, and change nothing`(index: Int) async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let id = try await incident(fixture)
        let text = Self.huge[index]
        let head = try await fixture.database.journal.head().sequence
        let writes: [(field: String, write: @Sendable () async throws -> Void)] = [
            ("message", { try await casebook.addComment(text, to: id, by: ada) }),
            ("title", { try await casebook.addTask(title: text, to: id, by: ada) }),
            ("note", { try await casebook.addTime(minutes: 1, note: text, to: id, by: ada) }),
            ("teamName", { try await casebook.createTeam(NewIncidentTeam(name: text), for: id, by: ada) }),
            ("query", { try await casebook.putBookmark(BookmarkContent(displayName: "b", query: text), by: ada) }),
            ("name", { try await casebook.relate(id, to: .alert(AlertID("a")), named: RelationName(text), by: ada) }),
            (
                "classificationComment",
                {
                    var change = IncidentChange()
                    change.classificationComment = text
                    try await casebook.update(id, change, by: ada)
                }
            ),
            (
                "owner.assignedTo",
                {
                    var change = IncidentChange()
                    change.owner = .assign(IncidentOwner(assignedTo: text))
                    try await casebook.update(id, change, by: ada)
                }
            ),
        ]
        for (field, write) in writes {
            let refused = await #expect(throws: CasebookError.self) { try await write() }
            #expect(refused?.field == field)
            #expect((refused?.message.utf8.count ?? 0) < 1_000)
        }
        #expect(try await fixture.database.journal.head().sequence == head)
    }

    @Test func `ten thousand labels are refused at once`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let labels = (0..<10_000).map { IncidentLabel(name: "l\($0)") }
        for isAdding in [false, true] {
            var change = IncidentChange()
            if isAdding { change.addedLabels = labels } else { change.labels = labels }
            let wanted = change
            let refused = await #expect(throws: CasebookError.self) {
                try await fixture.casebook.update(id, wanted, by: ada)
            }
            #expect(refused?.code == .limitReached)
            #expect(refused?.field == "labels")
        }
    }

    @Test(arguments: [
        "O'Brien \"the\" `x`", "🔥👩‍👩‍👧‍👦", "\u{202E}txt.exe", "\u{1B}[31mred\u{7}", "a\tb\r\nc", "'); DROP TABLE x;--",
        "<script>alert(1)</script>", "%_\\", "\u{FFFF}\u{200B}",
    ])
    func `any other text comes back as it was given`(text: String) async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let id = try await incident(fixture)
        let comment = try await casebook.addComment(text, to: id, by: ada)
        #expect(comment.message == text)
        var change = IncidentChange()
        change.title = "T " + text + "."
        change.labels = [IncidentLabel(name: text)]
        let changed = try await casebook.update(id, change, by: ada)
        #expect(changed.title == "T " + text + ".")
        #expect(try await casebook.incident(id)?.labels.map(\.name) == [text])
        var mark = BookmarkContent(displayName: "m", query: text)
        mark.labels = [text]
        #expect(try await casebook.putBookmark(mark, by: ada).value.content == mark)
        _ = try await casebook.search(text)
        guard case .intact = try await fixture.database.journal.verify() else {
            Issue.record("the journal does not verify")
            return
        }
    }

    @Test func `of writers who saw the same version one wins, and nothing is lost`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        let id = try await incident(fixture)
        let other = try await incident(fixture)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    var change = IncidentChange()
                    change.title = "by \(number)"
                    do {
                        try await casebook.update(id, change, expecting: 1, by: ada)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        let merges = await withTaskGroup(of: Bool.self) { group in
            for turn in 0..<20 {
                group.addTask {
                    do {
                        try await casebook.merge(
                            [turn.isMultiple(of: 2) ? id : other], into: turn.isMultiple(of: 2) ? other : id, by: ada)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(merges == 1)
        guard case .intact = try await fixture.database.journal.verify() else {
            Issue.record("the journal does not verify")
            return
        }
    }
}
