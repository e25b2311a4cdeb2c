import Casebook
import Chronology
import Foundation
import Logging
import Notification
import StateStore
import Synchronization
import Testing
import Vocabulary

/// A channel that remembers, and fails as often as it is told.
final class MemoryChannel: Channel {
    let name = "memory"
    private let state: Mutex<(messages: [NotificationMessage], failures: Int)>

    init(failures: Int = 0) {
        state = Mutex(([], failures))
    }

    var messages: [NotificationMessage] { state.withLock { $0.messages } }

    func deliver(_ message: NotificationMessage) async throws(DeliveryFailure) {
        let isFailing = state.withLock { state in
            guard state.failures > 0 else {
                state.messages.append(message)
                return false
            }
            state.failures -= 1
            return true
        }
        if isFailing { throw DeliveryFailure(isPermanent: false, reason: "try later") }
    }
}

/// A clock that is moved by hand.
final class HandClock: Sendable {
    private let instant: Mutex<Instant>

    init() {
        instant = Mutex(Instant(unixMicroseconds: 1_795_000_000_000_000))
    }

    var source: TimeSource { TimeSource { self.instant.withLock { $0 } } }
    func advance(_ span: TimeSpan) { instant.withLock { $0 = $0 + span } }
}

struct EngineTests {
    let clock = HandClock()
    let database: StateDatabase
    let casebook: Casebook

    init() throws {
        database = try StateDatabase.inMemory(rooms: [Casebook.migrations, NotificationEngine.migrations])
        casebook = Casebook(database: database, time: clock.source)
    }

    func engine(_ channel: any Channel, contacts: [Contact]) -> NotificationEngine {
        NotificationEngine(
            database: database, casebook: casebook, contacts: contacts, channel: channel,
            options: .init(portalURL: "https://tocsin.example"), time: clock.source, logger: Logger(label: "test"))
    }

    func contact(_ address: String, minimum: Severity, perHour: Int = 30) throws -> Contact {
        Contact(
            name: address, addresses: [try #require(MailAddress(address))], minimumSeverity: minimum,
            maximumPerHour: perHour)
    }

    func settle(_ engine: NotificationEngine) async throws {
        try await engine.takePending()
        clock.advance(.seconds(4))
        try await engine.deliverDue()
    }

    @Test func `contacts hear of incidents from their severity on, with reasons and a link`() async throws {
        let channel = MemoryChannel()
        let engine = engine(
            channel, contacts: [try contact("all@x.org", minimum: .low), try contact("high@x.org", minimum: .high)])
        let incident = try await casebook.create(
            NewIncident(title: "Odd sign-in <b>", severity: .medium), by: .room("Detection"))
        let priority = IncidentPriority(
            score: 71, reasons: [.init(factor: "asset", points: 20, text: "Touches srv-dc01, a critical asset")])
        try await casebook.setPriority(priority, of: incident.id, by: .room("Prioritization"))
        try await settle(engine)
        let message = try #require(channel.messages.first)
        #expect(channel.messages.count == 1)
        #expect(message.recipient.text == "all@x.org")
        #expect(message.subject.contains("Medium"))
        #expect(message.text.contains("Touches srv-dc01"))
        #expect(message.text.contains("https://tocsin.example/incidents/\(incident.id)"))
        #expect(message.html.contains("Odd sign-in &lt;b&gt;"))
    }

    @Test func `a raised severity is told, a lowered one is not`() async throws {
        let channel = MemoryChannel()
        let engine = engine(channel, contacts: [try contact("high@x.org", minimum: .high)])
        let incident = try await casebook.create(NewIncident(title: "T", severity: .low), by: .room("Detection"))
        for severity in [Severity.high, .medium] {
            var change = IncidentChange()
            change.severity = severity
            try await casebook.update(incident.id, change, by: .room("Detection"))
        }
        try await settle(engine)
        #expect(channel.messages.count == 1)
        #expect(try await engine.messages(about: incident.id).map(\.occasion) == [.severityRaised])
    }

    @Test func `reading the journal again makes no second message`() async throws {
        let channel = MemoryChannel()
        let contacts = [try contact("all@x.org", minimum: .low)]
        _ = try await casebook.create(NewIncident(title: "T", severity: .high), by: .room("Detection"))
        try await settle(engine(channel, contacts: contacts))
        try await settle(engine(channel, contacts: contacts))
        #expect(channel.messages.count == 1)
    }

    @Test func `a failing channel is tried again after a pause, under the same id`() async throws {
        let channel = MemoryChannel(failures: 2)
        let engine = engine(channel, contacts: [try contact("all@x.org", minimum: .low)])
        _ = try await casebook.create(NewIncident(title: "T", severity: .high), by: .room("Detection"))
        try await settle(engine)
        #expect(channel.messages.isEmpty)
        let waiting = try #require(try await engine.newest().first)
        #expect(waiting.delivery.lastFailure == "try later")
        clock.advance(.seconds(31))
        try await engine.deliverDue()
        clock.advance(.seconds(61))
        try await engine.deliverDue()
        #expect(channel.messages.map(\.id) == [waiting.id])
        #expect(try await engine.newest().first?.delivery.attempts == 3)
    }

    @Test func `a flood is spread over the hours`() async throws {
        let channel = MemoryChannel()
        let engine = engine(channel, contacts: [try contact("all@x.org", minimum: .low, perHour: 2)])
        for number in 1...5 {
            _ = try await casebook.create(NewIncident(title: "T\(number)", severity: .high), by: .room("Detection"))
        }
        try await settle(engine)
        #expect(channel.messages.count == 2)
        clock.advance(.hours(1))
        try await engine.deliverDue()
        #expect(channel.messages.count == 4)
        clock.advance(.hours(1))
        try await engine.deliverDue()
        #expect(channel.messages.count == 5)
    }

    @Test func `the engine runs by itself and stops when it is cancelled`() async throws {
        let channel = MemoryChannel()
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, NotificationEngine.migrations])
        let casebook = Casebook(database: database)
        let engine = NotificationEngine(
            database: database, casebook: casebook, contacts: [try contact("all@x.org", minimum: .low)],
            channel: channel, options: .init(portalURL: "https://t", settleTime: .zero), logger: Logger(label: "test"))
        let running = Task { try await engine.run() }
        _ = try await casebook.create(NewIncident(title: "T", severity: .high), by: .room("Detection"))
        while channel.messages.isEmpty { await Task.yield() }
        running.cancel()
        _ = await running.result
        #expect(channel.messages.count == 1)
    }
}
