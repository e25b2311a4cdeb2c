import Access
import Chronology
import StateStore
import Synchronization

/// Access in memory with the cheapest password hash and a clock that moves only when told.
struct AccessFixture {
    let database: StateDatabase
    let access: AccessControl
    private let clock: ManualClock

    static let password = Secret("a long enough sentence")

    init() throws {
        let clock = ManualClock(Instant(unixSeconds: 1_700_000_000))
        self.clock = clock
        database = try StateDatabase.inMemory(rooms: [AccessControl.migrations])
        access = AccessControl(database: database, passwordCost: .least, time: TimeSource { clock.now })
    }

    func advance(by span: TimeSpan) { clock.advance(by: span) }

    /// The first administrator, signed up.
    func administrator() async throws -> OpenedSession {
        guard let link = try await access.firstAdministratorInvitation() else { throw NoInvitation() }
        return try await access.accept(
            invitation: link, name: "ada", displayName: "Ada", password: AccessFixture.password)
    }

    /// A further user, invited by the administrator.
    func user(_ name: String, _ role: Role, invitedBy administrator: User) async throws -> OpenedSession {
        let link = try await access.invite(role: role, by: administrator)
        return try await access.accept(
            invitation: link, name: name, displayName: "", password: AccessFixture.password)
    }

    struct NoInvitation: Error {}
}

/// A clock that moves only when told.
final class ManualClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ start: Instant) { instant = Mutex(start) }

    var now: Instant { instant.withLock { $0 } }

    func advance(by span: TimeSpan) { instant.withLock { $0 = $0 + span } }
}
