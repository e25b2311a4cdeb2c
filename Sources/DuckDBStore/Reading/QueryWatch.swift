import Dispatch
import Synchronization

/// Interrupts a connection's running statement when its query should stop.
///
/// An interruption only hits a statement that runs at that moment, so it is repeated until the watch ends.
///
/// SAFETY: a dispatch source may be used from any thread; the flag is behind a mutex.
final class QueryWatch: @unchecked Sendable {
    private let isOver = Mutex(false)
    private let timer: any DispatchSourceTimer

    /// Asks `shouldStop` now and then and calls `interrupt` while it is true.
    init(shouldStop: @escaping @Sendable () -> Bool, interrupt: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource(queue: Self.queue)
        timer.schedule(deadline: .now() + .milliseconds(20), repeating: .milliseconds(20), leeway: .milliseconds(5))
        timer.setEventHandler { [self] in
            isOver.withLock { isOver in
                if !isOver, shouldStop() { interrupt() }
            }
        }
        timer.activate()
    }

    /// After this `interrupt` is not called any more.
    func end() {
        isOver.withLock { $0 = true }
        timer.cancel()
    }

    private static let queue = DispatchQueue(label: "tocsin.event-store.watch", qos: .userInitiated)
}
