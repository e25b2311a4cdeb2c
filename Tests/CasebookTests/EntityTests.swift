import Casebook
import StateStore
import Testing
import Vocabulary

@Suite struct EntityTests {
    @Test(arguments: [
        (Entity.account("CORP\\alice"), "CORP\\alice", ["Account|Name=alice|NTDomain=corp"]),
        (.account("alice@corp.example"), "alice@corp.example", ["Account|Name=alice|UPNSuffix=corp.example"]),
        (.account("alice"), "alice", []),
        (
            Entity(kind: .account, identifiers: ["Sid": "S-1-5-21-1-2-3-1001", "Name": "bob"]), "bob",
            ["Account|Sid=s-1-5-21-1-2-3-1001"]
        ),
        (Entity(kind: .account, identifiers: ["Sid": "S-1-5-18"]), "S-1-5-18", []),
        (.host("srv-dc01.corp.example"), "srv-dc01", ["Host|HostName=srv-dc01|DnsDomain=corp.example"]),
        (.host("srv-dc01"), "srv-dc01", []),
        (.ip("203.0.113.7"), "203.0.113.7", ["IP|Address=203.0.113.7"]),
        (.ip("10.0.0.5"), "10.0.0.5", []),
        (.ip("fd00::1"), "fd00::1", []),
        (.ip("2001:db8::1"), "2001:db8::1", ["IP|Address=2001:db8::1"]),
        (
            Entity(kind: .fileHash, identifiers: ["Algorithm": "SHA256", "Value": "AB"]), "AB",
            ["FileHash|Algorithm=sha256|Value=ab"]
        ),
    ])
    func `identifiers give a name and strong keys`(entity: Entity, name: String, strong: [String]) {
        #expect(entity.friendlyName == name)
        #expect(entity.keys.strong == strong)
    }

    @Test(arguments: [
        (Entity.account("CORP\\alice"), Entity.account("alice"), true),
        (.account("CORP\\alice"), .account("corp\\ALICE"), true),
        (.account("CORP\\alice"), .account("LAB\\alice"), false),
        (.account("CORP\\alice"), .account("alice@corp.example"), true),
        (.host("ws1"), .host("WS1.corp.example"), true),
        (.host("ws1.lab.example"), .host("ws1.corp.example"), false),
        (.ip("10.0.0.5"), .ip("10.0.0.5"), true), (.ip("10.0.0.5"), .ip("10.0.0.6"), false),
        (.host("ws1"), .account("ws1"), false),
    ])
    func `entities match when nothing tells them apart`(left: Entity, right: Entity, same: Bool) {
        #expect(left.matches(right) == same)
        #expect(right.matches(left) == same)
    }

    @Test func `entities merge as strong identifiers show that they are one`() async throws {
        let fixture = try CasebookFixture()
        let account = { (identifiers: [String: String]) in Entity(kind: .account, identifiers: identifiers) }
        for (id, entity) in [
            ("a", account(["Sid": "S-1-5-21-1-2-3-1001", "Name": "alice"])),
            ("b", account(["Name": "alice", "UPNSuffix": "corp.example"])),
            ("c", account(["Name": "alice", "UPNSuffix": "corp.example", "Sid": "S-1-5-21-1-2-3-1001"])),
        ] {
            try await fixture.casebook.record(.sample(id, entities: [entity]), by: CasebookFixture.detection)
        }
        let incidents = try await fixture.casebook.incidents().incidents
        let entities = Set(incidents.flatMap(\.entities))
        #expect(entities.count == 1)
        let entity = try #require(entities.first)
        #expect(entity.friendlyName == "alice@corp.example")
        #expect(entity.entity["Sid"] == "S-1-5-21-1-2-3-1001")
        #expect(try await fixture.casebook.alerts(ofEntity: entity.id).count == 3)
        #expect(try await fixture.casebook.entity(entity.id) == entity)
    }

    @Test func `accounts known only by a name that says nothing are left out`() async throws {
        let fixture = try CasebookFixture()
        try await fixture.casebook.record(
            .sample("a", entities: [.account("SYSTEM"), .account("Administrator"), .account("CORP\\Administrator")]),
            by: CasebookFixture.detection)
        let incident = try #require(try await fixture.casebook.incidents().incidents.first)
        #expect(incident.entities.map(\.friendlyName) == ["CORP\\Administrator"])
    }
}
