import Casebook
import Chronology
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

    private func account(_ identifiers: [String: String]) -> Entity { Entity(kind: .account, identifiers: identifiers) }

    private func only(_ kind: EntityKind, ofAlert id: String, in fixture: CasebookFixture) async throws -> KnownEntity {
        let entities = try await fixture.casebook.entities(ofAlert: AlertID(id)).filter { $0.kind == kind }
        #expect(entities.count == 1)
        return try #require(entities.first)
    }

    @Test func `an alert with both identifiers joins two entities, whose old ids keep finding them`() async throws {
        let fixture = try CasebookFixture()
        let sid = ["Sid": "S-1-5-21-1-2-3-1001"]
        let name = ["Name": "alice", "UPNSuffix": "corp.example"]
        try await fixture.casebook.record(.sample("a", entities: [account(sid)]), by: CasebookFixture.detection)
        try await fixture.casebook.record(
            .sample("b", minute: 5, entities: [account(name)]), by: CasebookFixture.detection)
        let first = try await only(.account, ofAlert: "a", in: fixture)
        let second = try await only(.account, ofAlert: "b", in: fixture)
        #expect(first.id != second.id)
        try await fixture.casebook.record(
            .sample("c", minute: 9, entities: [account(sid.merging(name) { $1 })]), by: CasebookFixture.detection)
        let merged = try #require(try await fixture.casebook.profile(of: second.id))
        #expect(merged.id == first.id)
        #expect(merged.formerIDs == [second.id])
        #expect(merged.firstSeen == CasebookFixture.noon)
        #expect(merged.lastSeen == CasebookFixture.noon + .minutes(10))
        #expect(try await fixture.casebook.alerts(ofEntity: second.id).map(\.id.rawValue) == ["c", "b", "a"])
        #expect(try await fixture.casebook.incidents(ofEntity: second.id).count >= 1)
        let told = try await fixture.database.journal.entries(subject: first.id.rawValue).compactMap(CasebookEvent.init)
        #expect(told == [.entity(first.id, .merged(second.id))])
    }

    @Test func `what was merged can be told apart again, and stays apart`() async throws {
        let fixture = try CasebookFixture()
        let sid = ["Sid": "S-1-5-21-1-2-3-1001"]
        let name = ["Name": "alice", "UPNSuffix": "corp.example"]
        let both = account(sid.merging(name) { $1 })
        for (id, entity) in [("a", account(sid)), ("b", account(name)), ("c", both)] {
            try await fixture.casebook.record(.sample(id, entities: [entity]), by: CasebookFixture.detection)
        }
        let first = try await only(.account, ofAlert: "a", in: fixture)
        let former = try #require(try await fixture.casebook.profile(of: first.id)?.formerIDs.first)
        let apart = try await fixture.casebook.separate(former, by: CasebookFixture.ada)
        #expect(apart.id == former)
        #expect(apart.entity.identifiers == name)
        #expect(try await fixture.casebook.entity(first.id)?.entity.identifiers == sid)
        #expect(try await fixture.casebook.alerts(ofEntity: former).map(\.id.rawValue) == ["b"])
        #expect(try await fixture.casebook.alerts(ofEntity: first.id).map(\.id.rawValue) == ["a", "c"])
        try await fixture.casebook.record(.sample("d", entities: [both]), by: CasebookFixture.detection)
        #expect(try await fixture.casebook.profile(of: former)?.id == former)
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.separate(former, by: CasebookFixture.ada)
        }
        #expect(error?.code == .notFound)
        let head = try await fixture.database.journal.head()
        #expect(try await fixture.database.journal.verify() == .intact(count: head.sequence, head: head))
    }

    @Test func `an entity leads to its alerts, incidents and the entities named with it`() async throws {
        let fixture = try CasebookFixture()
        let host = Entity.host("ws1.corp.example")
        let alice = Entity.account("CORP\\alice")
        try await fixture.casebook.record(
            .sample("a", entities: [host, alice]), by: CasebookFixture.detection)
        try await fixture.casebook.record(
            .sample("b", minute: 30, entities: [host, alice, .ip("203.0.113.7")]), by: CasebookFixture.detection)
        try await fixture.casebook.record(
            .sample("c", minute: 40, entities: [.host("ws2")]), by: CasebookFixture.detection)
        let known = try await only(.host, ofAlert: "a", in: fixture)
        let around = try await fixture.casebook.expand(known.id, by: Set(EntityExpansion.allCases))
        #expect(around.alerts.map(\.id.rawValue) == ["b", "a"])
        #expect(around.entities.map(\.entity.friendlyName) == ["CORP\\alice", "203.0.113.7"])
        #expect(around.entities.map(\.sharedAlerts) == [2, 1])
        #expect(around.incidents.count == 1)
        #expect(!around.isCut)
        let first = TimeRange(start: CasebookFixture.noon, end: CasebookFixture.noon + .minutes(10))
        let early = try await fixture.casebook.expand(known.id, by: [.alerts, .relatedEntities], over: first)
        #expect(early.alerts.map(\.id.rawValue) == ["a"])
        #expect(early.entities.count == 1)
        #expect(try await fixture.casebook.expand(known.id, by: [.alerts], limit: 1).isCut)
        #expect(try await fixture.casebook.entities(kinds: [.host]).count == 2)
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.expand(EntityID("none"), by: [.alerts])
        }
        #expect(error?.code == .notFound)
    }

    @Test func `alerts and bookmarks that name an entity make its timeline`() async throws {
        let fixture = try CasebookFixture()
        try await fixture.casebook.record(
            .sample("a", minute: 20, entities: [.host("ws1.corp.example")]), by: CasebookFixture.detection)
        var content = BookmarkContent(displayName: "A logon", query: "SigninLogs")
        content.eventTime = CasebookFixture.noon + .minutes(5)
        content.entities = [BookmarkEntity(kind: .host, fields: [.init(identifier: "HostName", value: "WS1")])]
        _ = try await fixture.casebook.putBookmark(content, by: CasebookFixture.ada)
        let host = try await only(.host, ofAlert: "a", in: fixture)
        let hour = TimeRange(start: CasebookFixture.noon, end: CasebookFixture.noon + .hours(1))
        let items = try await fixture.casebook.timeline(of: host.id, over: hour)
        #expect(items.map(\.time) == [CasebookFixture.noon + .minutes(5), CasebookFixture.noon + .minutes(20)])
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
