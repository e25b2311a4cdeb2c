import Casebook
import Chronology
import GRDB
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct SearchTests {
    private let ada = CasebookFixture.ada

    /// Incident 1 of an alert, 2 with a comment, a task and a label, 3 with a bookmark, and an alert in none.
    private func filled() async throws -> CasebookFixture {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        var alert = NewAlert.sample("a1", entities: [.host("srv-dc01"), .account("CORP\\müller"), .ip("203.0.113.7")])
        alert.description = "LSASS memory was read by an unusual process"
        alert.customDetails["Tool"] = ["mimikatz.exe"]
        alert.extendedProperties["Query"] = "DeviceProcessEvents | where Secretword"
        try await casebook.record(alert, by: CasebookFixture.detection)
        var second = NewIncident(title: "Invoice fraud in accounting", severity: .low)
        second.labels = [IncidentLabel(name: "Crown-Jewel")]
        let two = try await casebook.create(second, by: ada).id
        try await casebook.addComment("Called the bank; \"wire transfer\" was stopped", to: two, by: ada)
        try await casebook.addTask(title: "Collect mailbox", description: "Export to evidence share", to: two, by: ada)
        let three = try await casebook.create(NewIncident(title: "Odd sign-ins", severity: .low), by: ada).id
        var mark = BookmarkContent(displayName: "From Zürich", query: "SigninLogs | where City == 'Zurich'")
        mark.notes = "kerberoasting suspected"
        try await casebook.putBookmark(mark, in: three, by: ada)
        var lone = NewAlert.sample("lone", entities: [.host("kiosk-17")])
        lone.displayName = "Beacon"
        try await casebook.record(lone, createIncident: false, by: CasebookFixture.detection)
        return fixture
    }

    @Test(arguments: [
        ("lsass", [1]), ("LSASS MEMORY", [1]), ("\"memory was read\"", [1]), ("\"read memory\"", []),
        ("srv-dc01", [1]), ("203.0.113.7", [1]), ("muller", [1]), ("MÜLLER", [1]), ("mimikatz.exe", [1]),
        ("mimik", []), ("mimik*", [1]), ("secretword", []), ("invoice", [2]), ("bank stopped", [2]),
        ("\"wire transfer\"", [2]), ("mailbox", [2]), ("evidence share", [2]), ("crown-jewel", [2]),
        ("zurich", [3]), ("kerberoast*", [3]), ("odd -bookmark", [3]), ("invoice -accounting", []), ("#2", [2]),
        ("3", [3]), ("accounting OR lsass", []),
    ])
    func `everything that incidents hold is found`(text: String, numbers: [Int]) async throws {
        let fixture = try await filled()
        #expect(try await fixture.casebook.search(text).hits.compactMap(\.incident?.number) == numbers)
        #expect(try await fixture.casebook.incidents(IncidentQuery(.search(text))).incidents.map(\.number) == numbers)
    }

    @Test func `a hit says where the words stand, and shows them`() async throws {
        let fixture = try await filled()
        let hit = try #require(try await fixture.casebook.search("bank").hits.first)
        guard case .comment = hit.place else {
            Issue.record("found in \(hit.place)")
            return
        }
        #expect(hit.incident?.title == "Invoice fraud in accounting")
        #expect(hit.snippet.filter(\.isMatch).map(\.text) == ["bank"])
        #expect(hit.snippet.map(\.text).joined() == "Called the bank; \"wire transfer\" was stopped")
        let alert = try #require(try await fixture.casebook.search("mimikatz.exe").hits.first)
        #expect(alert.place == .alert(AlertID("a1")))
        #expect(alert.snippet.contains { $0.isMatch && $0.text == "mimikatz.exe" })
        let lone = try #require(try await fixture.casebook.search("kiosk-17").hits.first)
        #expect(lone.incident == nil)
        #expect(lone.heading == "Beacon")
    }

    @Test func `the title counts more than a remark, and an incident is found once`() async throws {
        let fixture = try CasebookFixture()
        let casebook = fixture.casebook
        for title in ["Something else", "Ransomware on ws1"] {
            let id = try await casebook.create(NewIncident(title: title, severity: .low), by: ada).id
            try await casebook.addComment("could this be ransomware after all, I wonder", to: id, by: ada)
        }
        let hits = try await casebook.search("ransomware").hits
        #expect(hits.map(\.incident?.number) == [2, 1])
        #expect(hits.first?.matchCount == 2)
    }

    @Test func `the index follows every change`() async throws {
        let fixture = try await filled()
        let casebook = fixture.casebook
        func found(_ text: String) async throws -> [Int] {
            try await casebook.search(text).hits.compactMap(\.incident?.number)
        }
        let two = try #require(try await casebook.incident(number: 2)).id
        let comment = try #require(try await casebook.comments(of: two).first)
        try await casebook.editComment(comment.id, of: two, message: "Nothing to see", by: ada)
        #expect(try await found("bank") == [])
        #expect(try await found("nothing") == [2])
        var change = IncidentChange()
        change.title = "Renamed"
        change.owner = .assign(IncidentOwner(assignedTo: "Grace Hopper"))
        try await casebook.update(two, change, by: ada)
        #expect(try await found("invoice") == [])
        #expect(try await found("renamed") == [2])
        #expect(try await found("hopper") == [2])
        var grown = NewAlert.sample("a1", entities: [.host("ws-grown")])
        grown.description = "x"
        try await casebook.record(grown, growing: true, by: CasebookFixture.detection)
        #expect(try await found("ws-grown") == [1])
        try await casebook.delete(two, by: ada)
        #expect(try await found("renamed") == [])
        #expect(try await found("mailbox") == [])
        #expect(try await found("nothing") == [])
        for table in ["casebook_search", "casebook_alert_search"] {
            try await fixture.database.write { database in
                try database.execute(sql: "INSERT INTO \(table) (\(table)) VALUES ('integrity-check')")
            }
        }
    }

    @Test(arguments: [
        "", " ", "\"", "\"\"", "*", "-", "-x", "NOT", "AND OR NEAR", "title:", "{title}: x", "^x", "a AND", "(", ")",
        "x NEAR/3 y", "'; DROP TABLE casebook_incident; --", "\u{0}\u{1}", "a\u{0}b", "🔥", "\u{202E}abc", "#", "#-1",
        "99999999999999999999", "\"unclosed", "a*b*", "--", "col:\"x\" OR *", "\\", "%_%",
    ])
    func `no text is wrong`(text: String) async throws {
        let fixture = try await filled()
        _ = try await fixture.casebook.search(text)
        _ = try await fixture.casebook.incidents(IncidentQuery(.search(text)))
    }

    @Test func `ten million characters are a search like any other`() async throws {
        let fixture = try await filled()
        let long = String(repeating: "lsass ", count: 1_700_000)
        #expect(try await fixture.casebook.search(long).hits.count == 1)
        #expect(try await fixture.casebook.search(String(repeating: "x", count: 10_000_000)).hits.isEmpty)
    }
}
