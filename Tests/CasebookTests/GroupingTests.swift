import Casebook
import Chronology
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct GroupingTests {
    private func record(
        _ alerts: [NewAlert], _ grouping: AlertGrouping, in fixture: CasebookFixture
    ) async throws -> [RecordedAlert] {
        var recorded: [RecordedAlert] = []
        for alert in alerts {
            recorded.append(
                try await fixture.casebook.record(alert, grouping: grouping, by: CasebookFixture.detection))
        }
        return recorded
    }

    @Test func `alerts of different rules that share a host make one incident`() async throws {
        let fixture = try CasebookFixture()
        let alerts: [NewAlert] = [
            .sample("a", rule: "r1", tactics: [.execution], entities: [.host("ws1.corp.example")]),
            .sample(
                "b", minute: 30, severity: .high, rule: "r2", tactics: [.credentialAccess], entities: [.host("WS1")]),
            .sample("c", minute: 40, rule: "r3", entities: [.host("ws2")]),
        ]
        let recorded = try await record(alerts, .sharedEntities(), in: fixture)
        #expect(recorded[0].incidentID == recorded[1].incidentID)
        #expect(recorded[1].wasGrouped)
        #expect(recorded[2].incidentID != recorded[0].incidentID)
        let id = try #require(recorded[0].incidentID)
        let incident = try #require(try await fixture.casebook.incident(id))
        #expect(incident.severity == .high)
        #expect(incident.title == "Alert of r2 on WS1")
        #expect(incident.tactics == [.execution, .credentialAccess])
        #expect(incident.ruleIDs == ["r1", "r2"])
        #expect(incident.firstActivityTime == CasebookFixture.noon)
        #expect(incident.lastActivityTime == CasebookFixture.noon + .minutes(31))
    }

    @Test func `alerts too far apart stay apart`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.sharedEntities(SharedEntityGrouping(window: .hours(1)))
        let recorded = try await record(
            [
                .sample("a", entities: [.host("ws1")]), .sample("b", minute: 61, entities: [.host("ws1")]),
                .sample("c", minute: 200, entities: [.host("ws1")]),
            ], grouping, in: fixture)
        #expect(recorded[0].incidentID == recorded[1].incidentID)
        #expect(recorded[2].incidentID != recorded[0].incidentID)
    }

    @Test(arguments: [
        Entity.account("NT AUTHORITY\\SYSTEM"), .account("SYSTEM"), .ip("127.0.0.1"), .ip("::1"), .ip("-"),
        Entity(kind: .account, identifiers: ["Sid": "S-1-5-18"]),
        Entity(kind: .file, identifiers: ["Name": "cmd.exe", "Directory": "C:\\Windows"]),
    ])
    func `what every machine has ties nothing together`(entity: Entity) async throws {
        let fixture = try CasebookFixture()
        let recorded = try await record(
            [.sample("a", entities: [entity]), .sample("b", entities: [entity])], .sharedEntities(), in: fixture)
        #expect(recorded[0].incidentID != recorded[1].incidentID)
    }

    @Test func `an alert that names very many accounts is tied by its address only`() async throws {
        let fixture = try CasebookFixture()
        let sprayed = (0..<40).map { Entity.account("CORP\\user\($0)") }
        let recorded = try await record(
            [
                .sample("spray", entities: [.ip("203.0.113.7")] + sprayed),
                .sample("noise", minute: 5, entities: [.account("CORP\\user3")]),
                .sample("entry", minute: 9, entities: [.ip("203.0.113.7"), .account("CORP\\user8")]),
            ], .sharedEntities(), in: fixture)
        #expect(recorded[1].incidentID != recorded[0].incidentID)
        #expect(recorded[2].incidentID == recorded[0].incidentID)
    }

    @Test func `an account of the same name in another domain is another account`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await record(
            [.sample("a", entities: [.account("CORP\\bob")]), .sample("b", entities: [.account("LAB\\bob")])],
            .sharedEntities(), in: fixture)
        #expect(recorded[0].incidentID != recorded[1].incidentID)
    }

    @Test func `an alert that ties two incidents together merges them`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await record(
            [
                .sample("a", entities: [.host("ws1")]), .sample("b", entities: [.host("ws2")]),
                .sample("c", entities: [.host("ws1"), .host("ws2")]),
            ], .sharedEntities(), in: fixture)
        let first = try #require(recorded[0].incidentID)
        let second = try #require(recorded[1].incidentID)
        #expect(recorded[2].incidentID == first)
        let survivor = try #require(try await fixture.casebook.incident(first))
        let absorbed = try #require(try await fixture.casebook.incident(second))
        #expect(Set(survivor.alertIDs.map(\.rawValue)) == ["a", "b", "c"])
        #expect(absorbed.alertIDs.isEmpty)
        #expect(absorbed.status == .closed)
        #expect(absorbed.mergedInto == first)
        let error = await #expect(throws: CasebookError.self) {
            var change = IncidentChange()
            change.status = .active
            try await fixture.casebook.update(second, change, by: CasebookFixture.ada)
        }
        #expect(error?.code == .invalidTransition)
    }

    @Test func `an incident that someone works on is not absorbed`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await record(
            [.sample("a", entities: [.host("ws1")]), .sample("b", entities: [.host("ws2")])], .sharedEntities(),
            in: fixture)
        let second = try #require(recorded[1].incidentID)
        try await fixture.casebook.addComment("mine", to: second, by: CasebookFixture.ada)
        let tie = try await record(
            [.sample("c", entities: [.host("ws1"), .host("ws2")])], .sharedEntities(), in: fixture)
        #expect(tie[0].incidentID == second)
        #expect(try await fixture.casebook.incident(second)?.alertIDs.count == 3)
    }

    @Test func `AnyAlert takes every alert of the rule within the look-back`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(GroupingConfiguration(matchingMethod: .anyAlert, lookback: .hours(1)))
        let recorded = try await record(
            [
                .sample("a"), .sample("b", minute: 50), .sample("c", minute: 100), .sample("d", minute: 300),
                .sample("e", rule: "r2"),
            ], grouping, in: fixture)
        #expect(recorded[1].incidentID == recorded[0].incidentID)
        #expect(recorded[2].incidentID == recorded[0].incidentID)
        #expect(recorded[3].incidentID != recorded[0].incidentID)
        #expect(recorded[4].incidentID != recorded[0].incidentID)
    }

    @Test func `AllEntities wants the same entities, whatever their order`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(GroupingConfiguration(matchingMethod: .allEntities))
        let recorded = try await record(
            [
                .sample("a", entities: [.host("ws1"), .ip("203.0.113.7")]),
                .sample("b", entities: [.ip("203.0.113.7"), .host("WS1")]), .sample("c", entities: [.host("ws1")]),
            ], grouping, in: fixture)
        #expect(recorded[1].incidentID == recorded[0].incidentID)
        #expect(recorded[2].incidentID != recorded[0].incidentID)
    }

    @Test func `Selected compares the listed kinds and details only`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(
            GroupingConfiguration(
                matchingMethod: .selected(
                    .init(entityKinds: [.host], alertDetails: [.severity], customDetails: ["Process"]))))
        func alert(_ id: String, host: String, ip: String, severity: Severity, process: String) -> NewAlert {
            var alert = NewAlert.sample(id, severity: severity, entities: [.host(host), .ip(ip)])
            alert.customDetails["Process"] = [process]
            return alert
        }
        let recorded = try await record(
            [
                alert("a", host: "ws1", ip: "203.0.113.7", severity: .high, process: "x"),
                alert("b", host: "ws1", ip: "203.0.113.8", severity: .high, process: "x"),
                alert("c", host: "ws1", ip: "203.0.113.7", severity: .low, process: "x"),
                alert("d", host: "ws1", ip: "203.0.113.7", severity: .high, process: "y"),
                alert("e", host: "ws2", ip: "203.0.113.7", severity: .high, process: "x"),
            ], grouping, in: fixture)
        #expect(recorded[1].incidentID == recorded[0].incidentID)
        #expect(Set(recorded.map(\.incidentID)).count == 4)
    }

    @Test(arguments: [true, false])
    func `a closed incident is reopened when the rule says so`(reopens: Bool) async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(
            GroupingConfiguration(matchingMethod: .anyAlert, reopensClosedIncident: reopens))
        let opened = try await record([.sample("a")], grouping, in: fixture)[0].incidentID
        let first = try #require(opened)
        var closing = IncidentChange()
        closing.status = .closed
        closing.classification = .truePositive
        try await fixture.casebook.update(first, closing, by: CasebookFixture.ada)
        let second = try await record([.sample("b", minute: 10)], grouping, in: fixture)[0]
        #expect((second.incidentID == first) == reopens)
        let incident = try #require(try await fixture.casebook.incident(first))
        #expect(incident.status == (reopens ? .active : .closed))
    }

    @Test func `the alert after the 150th opens a new incident, which the next ones join`() async throws {
        let fixture = try CasebookFixture()
        let grouping = AlertGrouping.rule(GroupingConfiguration(matchingMethod: .anyAlert))
        _ = try await record((1...155).map { NewAlert.sample("a\($0)") }, grouping, in: fixture)
        let sizes = try await fixture.casebook.incidents().incidents.map(\.alertCount).sorted()
        #expect(sizes == [5, 150])
    }

    @Test func `an alert can be kept without an incident`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await fixture.casebook.record(
            .sample("a", entities: [.host("ws1")]), createIncident: false, by: CasebookFixture.detection)
        #expect(recorded.incidentID == nil)
        #expect(try await fixture.casebook.incidents().total == 0)
        #expect(try await fixture.casebook.alert(AlertID("a")) != nil)
    }
}
