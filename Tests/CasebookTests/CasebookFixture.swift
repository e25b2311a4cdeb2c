import Casebook
import Chronology
import Foundation
import StateStore
import Synchronization
import Vocabulary

/// A casebook in memory with a clock that stands still unless it is moved, and counted identifiers.
struct CasebookFixture {
    static let noon = Instant(unixSeconds: 1_700_000_000)

    let database: StateDatabase
    let casebook: Casebook
    private let clock: ManualClock

    init(database: StateDatabase? = nil) throws {
        let database = try database ?? StateDatabase.inMemory(rooms: [Casebook.migrations])
        let clock = ManualClock(CasebookFixture.noon)
        self.database = database
        self.clock = clock
        casebook = Casebook(database: database, time: TimeSource { clock.now })
    }

    func advance(by span: TimeSpan) {
        clock.advance(by: span)
    }

    static let detection = JournalActor.room("Detection")
    static let ada = JournalActor(kind: .user, id: "u-ada", name: "Ada")
}

/// A clock that moves only when told.
final class ManualClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ start: Instant) { instant = Mutex(start) }

    var now: Instant { instant.withLock { $0 } }

    func advance(by span: TimeSpan) { instant.withLock { $0 = $0 + span } }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension NewAlert {
    /// An alert that starts so many minutes after noon and lasts one.
    static func sample(
        _ id: String,
        minute: Int64 = 0,
        severity: Severity = .medium,
        rule: String = "r1",
        tactics: [Tactic] = [],
        entities: [Entity] = []
    ) -> NewAlert {
        let start = CasebookFixture.noon + .minutes(minute)
        var alert = NewAlert(
            displayName: "Alert of \(rule)", severity: severity, startTime: start, endTime: start + .minutes(1),
            generatedTime: start + .minutes(2))
        alert.id = AlertID(id)
        alert.ruleID = rule
        alert.tactics = tactics
        alert.entities = entities
        return alert
    }
}

extension Entity {
    static func host(_ name: String) -> Entity { Entity(kind: .host, identifiers: ["HostName": name]) }
    static func account(_ name: String) -> Entity { Entity(kind: .account, identifiers: ["FullName": name]) }
    static func ip(_ address: String) -> Entity { Entity(kind: .ip, identifiers: ["Address": address]) }
}
