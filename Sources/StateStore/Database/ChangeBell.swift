internal import Synchronization

/// Wakes whoever waits for something to have changed. It holds no queue: it only remembers how far things have come, so a
/// slow reader costs nothing.
public final class ChangeBell: Sendable {
    private struct State {
        var position: Int64 = 0
        var nextTicket = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// How far things have come; to be read before looking at what may have changed.
    public var position: Int64 { state.withLock(\.position) }

    /// Says that something changed: the position rises by one.
    public func ring() { ring { $0 + 1 } }

    /// Says that things have come as far as `position`, unless they were further already.
    public func ring(at position: Int64) { ring { max($0, position) } }

    private func ring(_ advance: (Int64) -> Int64) {
        let woken = state.withLock { state in
            state.position = advance(state.position)
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns once things have come further than `position`, or the task is cancelled.
    public func wait(after position: Int64) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.position > position || Task.isCancelled { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }
}
