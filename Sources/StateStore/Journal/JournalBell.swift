internal import Synchronization

/// Wakes the journal's readers when an entry was committed. It holds no queue: it only remembers how far the journal
/// has come, so a slow reader costs nothing.
final class JournalBell: Sendable {
    private struct State {
        var latest: Int64 = 0
        var nextTicket = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    func ring(sequence: Int64) {
        let woken = state.withLock { state in
            state.latest = max(state.latest, sequence)
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns once an entry above `sequence` was committed in this process, or the task is cancelled.
    func wait(after sequence: Int64) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.latest > sequence || Task.isCancelled { return true }
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
