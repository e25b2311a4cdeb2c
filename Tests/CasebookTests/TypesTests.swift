import Casebook
import Chronology
import Foundation
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct TypesTests {
    private let ada = CasebookFixture.ada

    private static let yaml = """
        name: phishing
        title: Phishing
        labels: [phishing]
        fields:
          - {name: note, type: text}
          - {name: count, type: number}
          - {name: day, type: date}
          - {name: way, type: choice, choices: [Mail, Chat]}
          - {name: kinds, type: multipleChoice, choices: [A, B, C]}
          - {name: who, type: user}
          - {name: entered, type: boolean}
        tasks:
          - title: Find recipients
            description: All of them
          - title: Block sender
        """

    private func type() throws -> IncidentType {
        try #require(IncidentTypes(files: [("p.yaml", Self.yaml)])["PHISHING"])
    }

    private func incident(_ fixture: CasebookFixture) async throws -> IncidentID {
        try await fixture.casebook.create(NewIncident(title: "T", severity: .low), by: ada).id
    }

    @Test func `a type gives its incident labels and tasks, once`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        try await fixture.casebook.addTask(title: "Block sender", to: id, by: ada)
        let typed = try await fixture.casebook.apply(try type(), to: id, by: ada)
        #expect(typed.typeName == "phishing")
        #expect(typed.labels == [IncidentLabel(name: "phishing", kind: .autoAssigned)])
        let again = try await fixture.casebook.apply(try type(), to: id, by: ada)
        #expect(again.version == typed.version)
        #expect(try await fixture.casebook.tasks(of: id).map(\.title) == ["Block sender", "Find recipients"])
    }

    @Test func `fields keep values in their form, and tell what changed`() async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        let typed = try await fixture.casebook.apply(try type(), to: id, by: ada)
        let values: [String: JSON] = [
            "note": "it's \"odd\" 🔥", "count": "12", "day": "2026-01-31", "way": "mail", "kinds": ["c", "A", "c"],
            "who": "ada", "entered": "true",
        ]
        let kept = try await fixture.casebook.setFields(
            values, of: id, as: try type(), expecting: typed.version, by: ada)
        #expect(kept.map(\.name) == ["count", "day", "entered", "kinds", "note", "way", "who"])
        #expect(kept.first?.value == 12)
        #expect(kept.first { $0.name == "kinds" }?.value == ["C", "A"])
        #expect(kept.first { $0.name == "way" }?.value == "Mail")
        #expect(kept.first { $0.name == "entered" }?.value == true)
        #expect(kept.first { $0.name == "day" }?.value == "2026-01-31")
        let fewer = try await fixture.casebook.setFields(["note": .null, "count": 13], of: id, as: try type(), by: ada)
        #expect(fewer.count == 6)
        let newest = try #require(try await fixture.casebook.activity(of: id).first)
        guard case .typed(_, .fieldsChanged(let changes)) = CasebookEvent(newest) else {
            Issue.record("the newest entry tells of no field")
            return
        }
        #expect(changes.map(\.name) == ["count", "note"])
        #expect(changes.map(\.new) == ["13", ""])
        #expect(try await fixture.casebook.search("mail").hits.map(\.place) == [.field("way")])
    }

    @Test(arguments: [
        ("count", JSON.string("many")), ("count", .double(.infinity)), ("day", "soon"), ("way", "Pigeon"),
        ("kinds", "A"), ("kinds", .array(["Z"])), ("entered", "perhaps"), ("note", 7), ("note", " "), ("other", "x"),
    ])
    func `a wrong value is refused with its field`(name: String, value: JSON) async throws {
        let fixture = try CasebookFixture()
        let id = try await incident(fixture)
        try await fixture.casebook.apply(try type(), to: id, by: ada)
        let refused = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.setFields(["who": "fine", name: value], of: id, as: try type(), by: ada)
        }
        #expect(refused?.field == "fields.\(name)")
        #expect(try await fixture.casebook.fields(of: id).isEmpty)
    }

    @Test(arguments: [
        "", "- x", "name: a b", "name: x\nfields: [{name: f, type: colour}]",
        "name: x\nfields: [{name: f, type: choice}]",
        "name: x\nfields: [{name: f, type: text}, {name: f, type: text}]", "name: x\ntasks: [{title: ' '}]", "{{{",
    ])
    func `a faulty file declares nothing and is told of`(text: String) {
        let types = IncidentTypes(files: [("bad.yaml", text), ("p.yaml", Self.yaml)])
        #expect(types.all.map(\.name) == ["phishing"])
        #expect(types.faults.map(\.file) == ["bad.yaml"])
    }

    @Test func `files are kept by their digest, and damage shows`() async throws {
        let fixture = try CasebookFixture()
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        let casebook = Casebook(database: fixture.database, attachments: AttachmentFolder(root))
        let id = try await incident(fixture)
        let page = Data("<html><script>alert(1)</script>".utf8)
        let kept = try await casebook.addAttachment(page, named: "..\\../etc/evil \"x\".html", to: id, by: ada)
        #expect(kept.name == "evil \"x\".html")
        #expect(kept.mediaType == "text/plain")
        #expect(kept.digest.count == 64)
        let again = try await casebook.addAttachment(page, named: "copy", to: id, by: ada)
        #expect(again.digest == kept.digest)
        let image = try await casebook.addAttachment(
            Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1]), named: "a.html", to: id, by: ada)
        #expect(image.mediaType == "image/png")
        #expect(try await casebook.attachment(kept.id, of: id)?.bytes == page)
        #expect(try await casebook.attachments(of: id).map(\.id) == [kept.id, again.id, image.id])
        let told = try await casebook.activity(of: id).compactMap { CasebookEvent($0) }
        #expect(
            told.contains(
                .attachment(id, .added(kept.id, name: kept.name, digest: kept.digest, bytes: page.count))))
        let file = root.appending(path: String(kept.digest.prefix(2))).appending(path: kept.digest)
        try Data("other".utf8).write(to: file)
        let damaged = await #expect(throws: CasebookError.self) { try await casebook.attachment(kept.id, of: id) }
        #expect(damaged?.code == .storage)
        #expect(try await casebook.deleteAttachment(kept.id, of: id, by: ada))
        #expect(try await casebook.attachment(kept.id, of: id) == nil)
    }

    @Test func `files that are empty, nameless, too large or for nobody are refused`() async throws {
        let fixture = try CasebookFixture()
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        let casebook = Casebook(database: fixture.database, attachments: AttachmentFolder(root))
        let id = try await incident(fixture)
        let one = Data([1])
        let wrong: [(Data, String, IncidentID, CasebookError.Code)] = [
            (Data(), "a", id, .invalidField), (one, "", id, .invalidField), (one, "/", id, .invalidField),
            (one, "a\u{0}b", id, .invalidField), (one, String(repeating: "x", count: 300), id, .invalidField),
            (Data(count: (25 << 20) + 1), "big", id, .limitReached), (one, "a", IncidentID("none"), .notFound),
        ]
        for (bytes, name, incident, code) in wrong {
            let refused = await #expect(throws: CasebookError.self) {
                try await casebook.addAttachment(bytes, named: name, to: incident, by: ada)
            }
            #expect(refused?.code == code)
        }
        #expect(try await casebook.attachments(of: id).isEmpty)
    }
}
