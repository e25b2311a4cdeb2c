import Casebook
import Chronology
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct AlertGrowthTests {
    @Test(arguments: [
        AlertGrouping.separate, .sharedEntities(SharedEntityGrouping(window: .hours(3), kinds: [.host, .url])),
        .rule(GroupingConfiguration(matchingMethod: .anyAlert, lookback: .hours(7), reopensClosedIncident: true)),
        .rule(GroupingConfiguration(matchingMethod: .allEntities)),
        .rule(
            GroupingConfiguration(
                matchingMethod: .selected(
                    .init(entityKinds: [.account], alertDetails: [.severity], customDetails: ["Key"])))),
    ])
    func `a grouping travels as JSON without loss`(grouping: AlertGrouping) throws {
        #expect(AlertGrouping(json: try JSON(parsing: grouping.json.description)) == grouping)
    }

    @Test func `what is no grouping is refused`() {
        #expect(AlertGrouping(json: ["method": "magic"]) == nil)
        #expect(AlertGrouping(json: .null) == nil)
    }

    @Test func `an alert that grows keeps its incident, which learns of what is new`() async throws {
        let fixture = try CasebookFixture()
        var first = NewAlert.sample("a", rule: "r1", entities: [.host("ws1.corp.example")])
        first.evidence = [["n": 1]]
        first.customDetails = ["User": ["ann"]]
        let opened = try await fixture.casebook.record(first, growing: true, by: CasebookFixture.detection)
        var second = NewAlert.sample("a", minute: 20, rule: "r1", entities: [.host("ws2.corp.example")])
        second.evidence = [["n": 1], ["n": 2]]
        second.customDetails = ["User": ["ann", "bob"]]
        let grown = try await fixture.casebook.record(second, growing: true, by: CasebookFixture.detection)
        #expect(!grown.isNew && grown.incidentID == opened.incidentID)

        let alert = try #require(try await fixture.casebook.alert(opened.alertID)).content
        #expect(alert.entities.count == 2 && alert.evidence.count == 2)
        #expect(alert.customDetails == ["User": ["ann", "bob"]])
        #expect(alert.startTime == first.startTime && alert.endTime == second.endTime)
        let id = try #require(opened.incidentID)
        let incident = try #require(try await fixture.casebook.incident(id))
        #expect(incident.lastActivityTime == second.endTime)

        // What shares only the later host now joins too.
        let other = NewAlert.sample("b", minute: 25, rule: "r2", entities: [.host("ws2.corp.example")])
        let joined = try await fixture.casebook.record(other, by: CasebookFixture.detection)
        #expect(joined.incidentID == opened.incidentID)
    }

    @Test func `recording again without growing changes nothing`() async throws {
        let fixture = try CasebookFixture()
        let first = NewAlert.sample("a", rule: "r1", entities: [.host("ws1")])
        let opened = try await fixture.casebook.record(first, by: CasebookFixture.detection)
        let second = NewAlert.sample("a", minute: 20, rule: "r1", entities: [.host("ws2")])
        try await fixture.casebook.record(second, by: CasebookFixture.detection)
        let alert = try #require(try await fixture.casebook.alert(opened.alertID)).content
        #expect(alert.entities.count == 1 && alert.endTime == first.endTime)
    }
}
