import Casebook
import Chronology
import StateStore
import Suppression
import Testing
import Vocabulary

private let ada = JournalActor(kind: .user, id: "ada", name: "Ada")
private let noon = Instant.unixEpoch + .hours(12)

struct SuppressionTests {
    private func alert(_ type: String, address: String) -> NewAlert {
        var alert = NewAlert(displayName: "x", severity: .low, startTime: noon, endTime: noon, generatedTime: noon)
        alert.alertType = type
        alert.compromisedEntity = address
        return alert
    }

    private func rule(_ change: (inout SuppressionRule) -> Void = { _ in }) -> SuppressionRule {
        var rule = SuppressionRule(
            name: "scanner", alertType: "Scan", reason: "Other", state: .enabled,
            conditions: [.init(field: "compromisedEntity", test: .isOne(of: ["10.0.0.5"]))])
        change(&rule)
        return rule
    }

    @Test func `an alert that a rule covers is dismissed, and no other`() async throws {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, SuppressionRules.migrations])
        let casebook = Casebook(database: database, time: .fixed(noon))
        let rules = SuppressionRules(database, time: .fixed(noon))
        let suppressor = Suppressor(casebook: casebook, rules: rules, journal: database.journal)
        try await rules.save(rule(), by: ada)
        let covered = try await casebook.record(alert("scan", address: "10.0.0.5"), by: ada)
        let other = try await casebook.record(alert("scan", address: "10.0.0.6"), by: ada)
        try await suppressor.drain()
        #expect(try await casebook.alert(covered.alertID)?.status == .dismissed)
        #expect(try await casebook.alert(other.alertID)?.status == .new)
        #expect(try await rules.delete("SCANNER", by: ada))
        #expect(try await rules.all().isEmpty)
    }

    @Test func `an incident that holds nothing but what rules cover is closed, and says why`() async throws {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, SuppressionRules.migrations])
        let casebook = Casebook(database: database, time: .fixed(noon))
        let rules = SuppressionRules(database, time: .fixed(noon))
        let suppressor = Suppressor(casebook: casebook, rules: rules, journal: database.journal)
        try await rules.save(rule { $0.comment = "ticket 7" }, by: ada)
        let covered = try await casebook.record(alert("scan", address: "10.0.0.5"), by: ada)
        let mixed = try await casebook.record(alert("scan", address: "10.0.0.5"), by: ada)
        let other = try await casebook.record(alert("scan", address: "10.0.0.6"), by: ada)
        let closed = try #require(covered.incidentID)
        let open = try #require(other.incidentID)
        let moved = try #require(mixed.incidentID)
        try await casebook.merge([moved], into: open, by: ada)
        try await suppressor.drain()
        let incident = try #require(try await casebook.incident(closed))
        #expect(incident.status == .closed && incident.classification == .benignPositive)
        #expect(incident.classificationComment.contains("'scanner'"))
        #expect(incident.classificationComment.hasSuffix("Other (ticket 7)"))
        #expect(try await casebook.incident(open)?.isOpen == true)
        let entries = try await casebook.activity(of: closed)
        #expect(entries.contains { $0.actor.name == "Suppression" })
    }

    @Test func `a rule that is disabled or over dismisses nothing`() {
        let covered = alert("Scan", address: "10.0.0.5")
        #expect(rule().matches(covered, at: noon))
        #expect(!rule { $0.state = .disabled }.matches(covered, at: noon))
        #expect(!rule { $0.expires = noon }.matches(covered, at: noon))
        #expect(rule { $0.expires = noon }.state(at: noon) == .expired)
        #expect(rule { $0.alertType = "*" }.matches(covered, at: noon))
        #expect(!rule { $0.conditions[0].test = .contains("172.") }.matches(covered, at: noon))
    }

    @Test func `refusals name the member at fault`() async throws {
        let database = try StateDatabase.inMemory(rooms: [SuppressionRules.migrations])
        let rules = SuppressionRules(database)
        for (faulty, target) in [
            (rule { $0.name = "x" }, "name"), (rule { $0.alertType = "" }, "alertType"),
            (rule { $0.conditions[0].field = "entities.ip" }, "suppressionAlertsScope.allOf[0].field"),
        ] {
            let fault = await #expect(throws: SuppressionFault.self) { try await rules.save(faulty, by: ada) }
            #expect(fault?.target == target)
        }
        #expect(try await rules.all().isEmpty)
    }
}
