import Casebook
import Chronology
import StateStore
import Testing

@testable import Collection
@testable import Server

/// What becomes of sources, in a casebook in memory.
struct HealthIncidentTests {
    private static let start = Instant(iso8601: "2026-11-02T10:00:00Z") ?? .unixEpoch
    private let casebook: Casebook
    private let health: HealthIncidents

    init() throws {
        casebook = Casebook(
            database: try StateDatabase.inMemory(rooms: [Casebook.migrations]),
            time: .fixed(Self.start + .hours(1)))
        health = HealthIncidents(casebook: casebook)
    }

    private func key(_ sender: String = "") -> SourceKey {
        SourceKey(origin: "syslog udp", source: "windows", table: "SecurityEvent", sender: sender)
    }

    private func silent(_ sender: String = "") -> SourceChange {
        SourceChange(key: key(sender), kind: .silence(.fellSilent(since: Self.start, interval: .minutes(1))))
    }

    private func speaking(_ sender: String = "") -> SourceChange {
        SourceChange(key: key(sender), kind: .silence(.spokeAgain(since: Self.start)))
    }

    private func incidents() async throws -> [Incident] { try await casebook.incidents().incidents }

    @Test func `a source that falls silent opens one incident, told twice or not, which closes when it speaks`()
        async throws
    {
        let now = Self.start + .minutes(20)
        try await health.record(silent("srv-01"), at: now)
        try await health.record(silent("srv-01"), at: now)
        let incident = try #require(try await incidents().first)
        #expect(try await incidents().count == 1)
        #expect(incident.title.contains("srv-01"))
        #expect(try await casebook.alerts(of: incident.id).first?.content.entities.first?["HostName"] == "srv-01")
        try await health.record(speaking("srv-01"), at: now + .minutes(5))
        let after = try #require(try await casebook.incident(incident.id))
        #expect(after.status == .closed)
        #expect(try await casebook.comments(of: incident.id).count == 1)
        #expect(try await casebook.alerts(of: incident.id).allSatisfy { $0.status == .resolved })
    }

    @Test func `senders of one feed share an incident, which stays open until all speak`() async throws {
        for name in ["a", "b", "c"] { try await health.record(silent(name), at: Self.start + .minutes(20)) }
        #expect(try await incidents().count == 1)
        try await health.record(speaking("a"), at: Self.start + .minutes(30))
        try await health.record(speaking("b"), at: Self.start + .minutes(30))
        #expect(try await incidents().first?.status == .new)
        try await health.record(speaking("c"), at: Self.start + .minutes(31))
        #expect(try await incidents().first?.status == .closed)
    }

    @Test func `an incident that someone works on is commented on and left open`() async throws {
        try await health.record(silent(), at: Self.start + .minutes(20))
        let incident = try #require(try await incidents().first)
        var change = IncidentChange()
        change.status = .active
        change.owner = .assign(IncidentOwner(assignedTo: "Ada"))
        try await casebook.update(incident.id, change, by: JournalActor(kind: .user, id: "ada", name: "Ada"))
        try await health.record(speaking(), at: Self.start + .minutes(30))
        #expect(try await incidents().first?.status == .active)
        #expect(try await casebook.comments(of: incident.id).count == 1)
    }

    @Test func `a burst of dead letters opens an incident of its own and ends it`() async throws {
        let burst = SourceChange(key: key(), kind: .failures(.burst(failures: 200, events: 50)))
        try await health.record(silent(), at: Self.start + .minutes(20))
        try await health.record(burst, at: Self.start + .minutes(21))
        #expect(try await incidents().count == 2)
        try await health.record(
            SourceChange(key: key(), kind: .failures(.over)), at: Self.start + .minutes(30))
        #expect(
            try await incidents().filter { $0.status == .closed }.map(\.title) == [
                "Much of windows by syslog udp cannot be read"
            ])
    }
}
