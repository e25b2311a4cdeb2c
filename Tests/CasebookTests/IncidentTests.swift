import Casebook
import Chronology
import JSON
import StateStore
import Testing
import Vocabulary

@Suite struct IncidentTests {
    private let ada = CasebookFixture.ada

    private func opened(_ fixture: CasebookFixture) async throws -> Incident {
        try await fixture.casebook.create(NewIncident(title: "Suspicious sign-in", severity: .medium), by: ada)
    }

    private func change(_ edit: (inout IncidentChange) -> Void) -> IncidentChange {
        var change = IncidentChange()
        edit(&change)
        return change
    }

    @Test func `an update is one journal entry with the fields before and after`() async throws {
        let fixture = try CasebookFixture()
        let incident = try await opened(fixture)
        fixture.advance(by: .minutes(5))
        let updated = try await fixture.casebook.update(
            incident.id,
            change {
                $0.status = .active
                $0.severity = .high
                $0.owner = .assign(IncidentOwner(objectID: "u-ada", assignedTo: "Ada"))
                $0.addedLabels = [IncidentLabel(name: "vip")]
            }, by: ada)
        #expect(updated.status == .active)
        #expect(updated.version == 2)
        #expect(updated.firstModifiedTime == CasebookFixture.noon + .minutes(5))
        let activity = try await fixture.casebook.activity(of: incident.id)
        #expect(activity.map(\.kind) == [.incidentUpdated, .incidentCreated])
        guard case .incidentUpdated(_, let changes) = CasebookEvent(activity[0]) else {
            Issue.record("the newest entry is no update")
            return
        }
        #expect(
            changes == [
                FieldChange(.severity, old: "Medium", new: "High"), FieldChange(.status, old: "New", new: "Active"),
                FieldChange(.owner, old: "", new: "Ada"), FieldChange(.labels, old: "", new: "vip"),
            ])
        #expect(try await fixture.casebook.incident(incident.id) == updated)
    }

    @Test func `a change that changes nothing leaves no trace`() async throws {
        let fixture = try CasebookFixture()
        let incident = try await opened(fixture)
        let same = try await fixture.casebook.update(incident.id, change { $0.severity = .medium }, by: ada)
        #expect(same.version == incident.version)
        #expect(try await fixture.database.journal.head().sequence == 1)
    }

    @Test func `a stale version is a conflict and changes nothing`() async throws {
        let fixture = try CasebookFixture()
        let incident = try await opened(fixture)
        let seen = try #require(Incident.version(etag: incident.etag))
        try await fixture.casebook.update(incident.id, change { $0.title = "A" }, expecting: seen, by: ada)
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.update(incident.id, change { $0.title = "B" }, expecting: seen, by: ada)
        }
        #expect(error?.code == .conflict)
        #expect(try await fixture.casebook.incident(incident.id)?.title == "A")
    }

    @Test func `closing needs a classification and notes the time, reopening takes both back`() async throws {
        let fixture = try CasebookFixture()
        let incident = try await opened(fixture)
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.update(incident.id, change { $0.status = .closed }, by: ada)
        }
        #expect(error?.code == .invalidClassification)
        let closed = try await fixture.casebook.update(
            incident.id,
            change {
                $0.status = .closed
                $0.classification = .truePositive
                $0.classificationComment = "confirmed"
            }, by: ada)
        #expect(closed.closedTime == CasebookFixture.noon)
        let reopened = try await fixture.casebook.update(incident.id, change { $0.status = .active }, by: ada)
        #expect(reopened.closedTime == nil)
        #expect(reopened.classification == nil)
        #expect(reopened.classificationComment.isEmpty)
    }

    @Test func `fields that someone set are not overwritten by later alerts`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await fixture.casebook.record(
            .sample("a", entities: [.host("ws1")]), by: CasebookFixture.detection)
        let id = try #require(recorded.incidentID)
        try await fixture.casebook.update(
            id,
            change {
                $0.severity = .low
                $0.title = "Ours"
            }, by: ada)
        try await fixture.casebook.record(
            .sample("b", severity: .high, entities: [.host("ws1")]), by: CasebookFixture.detection)
        let incident = try #require(try await fixture.casebook.incident(id))
        #expect(incident.severity == .low)
        #expect(incident.title == "Ours")
        #expect(incident.alertIDs.count == 2)
    }

    @Test(arguments: [
        ("title", String(repeating: "x", count: 501)), ("title", "  "),
        ("description", String(repeating: "x", count: 5001)),
    ])
    func `a text out of bounds is refused with its field`(field: String, text: String) async throws {
        let fixture = try CasebookFixture()
        let incident = try await opened(fixture)
        let change = change { if field == "title" { $0.title = text } else { $0.description = text } }
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.update(incident.id, change, by: ada)
        }
        #expect(error?.code == .invalidField)
        #expect(error?.field == field)
    }

    @Test func `unknown incidents are not found`() async throws {
        let fixture = try CasebookFixture()
        let error = await #expect(throws: CasebookError.self) {
            try await fixture.casebook.update(IncidentID("none"), change { $0.title = "x" }, by: ada)
        }
        #expect(error?.code == .notFound)
        #expect(try await fixture.casebook.incident(IncidentID("none")) == nil)
        #expect(try await fixture.casebook.delete(IncidentID("none"), by: ada) == false)
    }

    @Test func `alerts are moved by hand between incidents`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await fixture.casebook.record(
            .sample("a", severity: .high, entities: [.host("ws1")]), by: CasebookFixture.detection)
        let first = try #require(recorded.incidentID)
        let other = try await opened(fixture)
        let target = try await fixture.casebook.add(alert: AlertID("a"), to: other.id, by: ada)
        #expect(target.alertIDs == [AlertID("a")])
        #expect(target.severity == .medium)
        #expect(try await fixture.casebook.incident(first)?.alertIDs.isEmpty == true)
        let left = try await fixture.casebook.remove(alert: AlertID("a"), from: other.id, by: ada)
        #expect(left.alertIDs.isEmpty)
        #expect(try await fixture.casebook.alert(AlertID("a"))?.incidentID == nil)
    }

    @Test func `deleting an incident keeps its alerts`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await fixture.casebook.record(.sample("a"), by: CasebookFixture.detection)
        let id = try #require(recorded.incidentID)
        try await fixture.casebook.addComment("c", to: id, by: ada)
        #expect(try await fixture.casebook.delete(id, by: ada))
        #expect(try await fixture.casebook.alert(AlertID("a"))?.incidentID == nil)
        #expect(try await opened(fixture).number == 2)
    }

    @Test func `a priority changes the score but not the version`() async throws {
        let fixture = try CasebookFixture()
        let incident = try await opened(fixture)
        let priority = IncidentPriority(
            score: 71, reasons: [.init(factor: "severity", points: 20, text: "Medium severity")])
        let scorer = JournalActor.room("Prioritization")
        #expect(try await fixture.casebook.setPriority(priority, of: incident.id, by: scorer))
        #expect(try await !fixture.casebook.setPriority(priority, of: incident.id, by: scorer))
        let scored = try #require(try await fixture.casebook.incident(incident.id))
        #expect(scored.priority == priority)
        #expect(scored.version == incident.version)
        #expect(
            try await fixture.casebook.activity(of: incident.id).map(\.kind) == [.incidentScored, .incidentCreated])
    }
}
