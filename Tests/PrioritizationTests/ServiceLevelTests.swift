import Casebook
import Chronology
import Prioritization
import StateStore
import Synchronization
import Testing
import Vocabulary

@Suite struct BusinessCalendarTests {
    private static func time(_ text: String) throws -> Instant { try #require(Instant(iso8601: text)) }

    private static func berlin() throws -> BusinessCalendar {
        let hours: [BusinessCalendar.Hours] = [480..<1_080]
        return try #require(
            BusinessCalendar(
                zone: "Europe/Berlin", week: [1: hours, 2: hours, 3: hours, 4: hours, 5: hours],
                holidays: [BusinessCalendar.Day(year: 2026, month: 12, day: 25)]))
    }

    @Test(arguments: [
        // Within a day; over a night; over a weekend; over a holiday and a weekend.
        ("2026-06-10T07:00:00Z", 60, "2026-06-10T08:00:00Z"), ("2026-06-10T15:30:00Z", 60, "2026-06-11T06:30:00Z"),
        ("2026-06-12T15:30:00Z", 60, "2026-06-15T06:30:00Z"), ("2026-12-24T16:30:00Z", 60, "2026-12-28T07:30:00Z"),
        // Before opening, and on a Sunday.
        ("2026-06-10T01:00:00Z", 30, "2026-06-10T06:30:00Z"), ("2026-06-14T12:00:00Z", 30, "2026-06-15T06:30:00Z"),
        // Friday before the clocks go forward and back: Monday begins at 06:00 and 07:00 UTC.
        ("2026-03-27T16:30:00Z", 60, "2026-03-30T06:30:00Z"), ("2026-10-23T15:30:00Z", 60, "2026-10-26T07:30:00Z"),
    ])
    func `working time ends when the team has worked so long`(start: String, minutes: Int, end: String) throws {
        let calendar = try Self.berlin()
        let (start, end) = (try Self.time(start), try Self.time(end))
        #expect(calendar.instant(after: start, working: .minutes(Int64(minutes))) == end)
        #expect(calendar.open(from: start, to: end) == .minutes(Int64(minutes)))
    }

    @Test func `a night with a change of clocks has an hour less or more`() throws {
        let night = try #require(BusinessCalendar(zone: "Europe/Berlin", week: [0: [0..<1_440]]))
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-18", 24)] {
            let noon = try Self.time(day + "T12:00:00Z")
            let worked = night.open(from: noon - .days(2), to: noon + .days(2))
            #expect(worked == .hours(Int64(hours)))
        }
    }

    @Test func `a calendar that never opens within ten years ends nothing`() throws {
        let calendar = try #require(BusinessCalendar(zone: "UTC", week: [:]))
        #expect(calendar.instant(after: try Self.time("2026-01-01"), working: .minutes(1)) == nil)
        #expect(BusinessCalendar(zone: "Mars/Olympus", week: [:]) == nil)
    }
}

@Suite struct ServiceLevelTimerTests {
    private static let start = Instant(unixSeconds: 1_700_000_000)
    private static let policy = ServiceLevelPolicy(levels: [
        ServiceLevel(
            name: "Urgent", severities: [.high], limits: [.acknowledge: .minutes(10), .close: .hours(10)],
            warning: 0.5),
        ServiceLevel(name: "Other", limits: [.acknowledge: .minutes(60), .contain: .hours(4)]),
    ])

    @Test func `it warns once, breaches once, and tells when the target was met`() {
        var timer = ServiceLevelTimer(opened: Self.start, severity: .high, Self.policy)
        let due = Self.start + .minutes(10)
        #expect(timer.nextDue(Self.policy) == Self.start + .minutes(5))
        #expect(timer.passed(to: Self.start + .minutes(4), Self.policy) == [])
        #expect(timer.passed(to: Self.start + .minutes(5), Self.policy) == [.warned(.acknowledge, due: due)])
        #expect(timer.passed(to: Self.start + .minutes(6), Self.policy) == [])
        #expect(timer.passed(to: due, Self.policy) == [.breached(.acknowledge, due: due)])
        #expect(timer.passed(to: due + .minutes(1), Self.policy) == [])
        #expect(
            timer.acknowledged(at: due + .minutes(2), Self.policy) == [
                .met(.acknowledge, used: .minutes(12), isWithin: false)
            ])
        #expect(timer.acknowledged(at: due + .minutes(3), Self.policy) == [])
    }

    @Test func `what was done in time is met, however late it is told`() {
        var timer = ServiceLevelTimer(opened: Self.start, severity: .high, Self.policy)
        #expect(
            timer.acknowledged(at: Self.start + .minutes(9), Self.policy) == [
                .met(.acknowledge, used: .minutes(9), isWithin: true)
            ])
        #expect(timer.passed(to: Self.start + .minutes(30), Self.policy) == [])
    }

    @Test func `the time to close stands still while the incident is closed`() {
        var timer = ServiceLevelTimer(opened: Self.start, severity: .high, Self.policy)
        let closing = timer.closed(at: Self.start + .minutes(2), Self.policy)
        #expect(closing.contains(.met(.close, used: .minutes(2), isWithin: true)))
        #expect(timer.nextDue(Self.policy) == nil)
        timer.reopened(at: Self.start + .days(3))
        #expect(timer.due(.close, Self.policy) == Self.start + .days(3) + .hours(10) - .minutes(2))
        #expect(timer.due(.acknowledge, Self.policy) == nil)
    }

    @Test func `another level counts what was used up`() {
        var timer = ServiceLevelTimer(opened: Self.start, severity: .low, Self.policy)
        #expect(timer.level == "Other")
        timer.ranked(severity: .high, at: Self.start + .minutes(4), Self.policy)
        #expect(timer.level == "Urgent")
        #expect(timer.due(.acknowledge, Self.policy) == Self.start + .minutes(10))
        #expect(timer.next(at: Self.start + .minutes(5), Self.policy)?.share == 0.5)
    }

    @Test func `any order of events keeps the clocks sound`() {
        for seed in 0..<200 {
            var state = UInt64(seed &* 2_654_435_761 &+ 1)
            func pick(_ bound: UInt64) -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) % bound
            }
            var timer = ServiceLevelTimer(opened: Self.start, severity: .medium, Self.policy)
            var now = Self.start
            var breaches: [ServiceTarget: Int] = [:]
            for _ in 0..<60 {
                now = now + .minutes(Int64(pick(90)))
                let actions: [ServiceLevelTimer.Action]
                switch pick(6) {
                case 0: actions = timer.acknowledged(at: now, Self.policy)
                case 1: actions = timer.contained(at: now, Self.policy)
                case 2: actions = timer.closed(at: now, Self.policy)
                case 3:
                    timer.reopened(at: now)
                    actions = []
                case 4:
                    timer.ranked(severity: Severity.allCases[Int(pick(4))], at: now, Self.policy)
                    actions = []
                default: actions = timer.passed(to: now, Self.policy)
                }
                for case .breached(let target, _) in actions { breaches[target, default: 0] += 1 }
                for target in ServiceTarget.allCases {
                    #expect(timer.used(target, at: now, Self.policy) <= now - Self.start)
                }
            }
            #expect(breaches.values.allSatisfy { $0 == 1 })
        }
    }
}

@Suite struct ServiceLevelsTests {
    private static let start = Instant(unixSeconds: 1_700_000_000)
    private let ada = JournalActor(kind: .user, id: "1", name: "Ada")
    private let policy = ServiceLevelPolicy(levels: [
        ServiceLevel(
            name: "All", limits: [.acknowledge: .minutes(10), .contain: .hours(1), .close: .hours(2)], warning: 0.5)
    ])

    private final class ManualClock: Sendable {
        let now = Mutex(ServiceLevelsTests.start)
        func advance(_ span: TimeSpan) { now.withLock { $0 = $0 + span } }
        var source: TimeSource { TimeSource { self.now.withLock { $0 } } }
    }

    private func events(_ database: StateDatabase) async throws -> [ServiceLevelEvent] {
        try await database.journal.entries(after: 0, limit: 1_000).compactMap(ServiceLevelEvent.init)
    }

    @Test func `warnings and breaches are noted once, over restarts`() async throws {
        let clock = ManualClock()
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, PrioritizationTables.migrations])
        let casebook = Casebook(database: database, time: clock.source)
        func levels() -> ServiceLevels {
            ServiceLevels(casebook: casebook, database: database, policy: policy, time: clock.source)
        }
        let incident = try await casebook.create(NewIncident(title: "A", severity: .medium), by: ada)
        try await levels().processPending()
        clock.advance(.minutes(6))
        #expect(try await levels().noteDue() == 1)
        #expect(try await levels().noteDue() == 0)
        clock.advance(.minutes(5))
        #expect(try await levels().noteDue() == 1)
        try await levels().processPending()
        let due = Self.start + .minutes(10)
        #expect(
            try await events(database) == [
                .warned(.acknowledge, level: "All", due: due), .breached(.acknowledge, level: "All", due: due),
            ])
        var change = IncidentChange()
        change.status = .active
        try await casebook.update(incident.id, change, by: ada)
        try await levels().markContained(incident.id, by: ada)
        try await levels().processPending()
        #expect(
            try await events(database).suffix(2) == [
                .met(.acknowledge, level: "All", used: .minutes(11), isWithin: false),
                .met(.contain, level: "All", used: .minutes(11), isWithin: true),
            ])
        #expect(try await levels().dueNext(limit: 10) == [incident.id])
        #expect(try await levels().deadlines(of: [incident.id])[incident.id]?.target == "close")
        #expect(try await database.journal.activity(of: incident.id) == 4)
    }

    @Test func `a completed task of containment contains`() async throws {
        let clock = ManualClock()
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, PrioritizationTables.migrations])
        let casebook = Casebook(database: database, time: clock.source)
        let levels = ServiceLevels(casebook: casebook, database: database, policy: policy, time: clock.source)
        let incident = try await casebook.create(NewIncident(title: "A", severity: .medium), by: ada)
        let task = try await casebook.addTask(title: "Contain the host", to: incident.id, by: ada)
        clock.advance(.minutes(3))
        _ = try await casebook.updateTask(task.id, of: incident.id, status: .completed, by: ada)
        try await levels.processPending()
        #expect(
            try await events(database) == [.met(.contain, level: "All", used: .minutes(3), isWithin: true)])
        try await casebook.delete(incident.id, by: ada)
        try await levels.processPending()
        #expect(try await levels.timers(of: [incident.id]).isEmpty)
    }

    @Test(arguments: [
        ("levels:\n  - {acknowledge: 5m}", 2), ("levels:\n  - {name: A}", 2), ("levels:\n  - {name: A, close: 5x}", 2),
        ("levels:\n  - {name: A, close: 5m, calendar: office}", 2),
        ("calendars:\n  office:\n    zone: Mars\n    hours: {mon: \"08:00-18:00\"}", 3),
        ("calendars:\n  office:\n    zone: UTC\n    hours: {mon: \"18:00-08:00\"}", 4),
        ("calendars:\n  office:\n    zone: UTC\n    hours: {someday: \"08:00-18:00\"}", 4), ("leveles: []", 1),
        ("levels:\n  - {name: A, close: 5m}\n  - {name: A, close: 6m}", 2),
    ])
    func `a bad file is refused with the line`(yaml: String, line: Int) {
        let fault = #expect(throws: ContentFault.self) { try ServiceLevelPolicy(yaml: yaml, file: "levels.yaml") }
        #expect(fault?.line == line)
    }
}

extension Journal {
    /// How many entries service levels wrote about an incident.
    fileprivate func activity(of incident: IncidentID) async throws -> Int {
        try await entries(subject: incident.rawValue, limit: 100).count { ServiceLevelEvent($0) != nil }
    }
}
