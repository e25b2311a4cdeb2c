import EventStore
import Synchronization

/// Whether a read session should stop, and why.
final class StopSignal: Sendable {
    private let reason = Mutex<EventStoreError?>(nil)
    let deadline: ContinuousClock.Instant

    init(seconds: Double) {
        deadline = ContinuousClock.now + .seconds(seconds)
    }

    func cancel() { stop(EventStoreError(.cancelled, "The query was cancelled.")) }

    /// The first reason counts.
    func stop(_ error: EventStoreError) {
        reason.withLock { if $0 == nil { $0 = error } }
    }

    /// Nil while the session may go on.
    var error: EventStoreError? {
        if ContinuousClock.now > deadline {
            stop(
                EventStoreError(
                    .timeout, "The query took too long and was stopped: narrow its time range or filter earlier."))
        }
        return reason.withLock { $0 }
    }

    /// Seconds until the deadline.
    var secondsLeft: Double { max(0.001, (deadline - ContinuousClock.now) / .seconds(1)) }
}
