import Chronology
import EventStore
import Synchronization

/// The instants that appends are stamped with: each its own, rising, so that a session can tell by them what was there when
/// it began.
final class Stamps: Sendable {
    private struct State {
        var last = Instant.min
        var underway: Set<Instant> = []
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Instant

    init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    /// The stamp of an append that begins.
    func begin() -> Instant {
        let now = now()
        return state.withLock { state in
            state.last = max(now, state.last + TimeSpan(ticks: 1))
            state.underway.insert(state.last)
            return state.last
        }
    }

    /// An append has ended, well or not.
    func end(_ stamp: Instant) {
        state.withLock { _ = $0.underway.remove(stamp) }
    }

    /// What a session that begins now may see of what is appended: all up to now but what is under way. What bears an
    /// instant that the session cannot live to see was stamped by a clock that is wrong, and is seen too.
    func horizon(seconds: Double) -> IngestionHorizon {
        let now = now()
        return state.withLock { state in
            state.last = max(now, state.last)
            return IngestionHorizon(
                until: state.last, except: state.underway.sorted(), beyond: state.last + .seconds(seconds + 60))
        }
    }
}
