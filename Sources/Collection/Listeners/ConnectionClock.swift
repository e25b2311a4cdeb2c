internal import NIOCore
internal import Synchronization

/// Measures how long a connection has kept its reader waiting, and closes it when that is too long.
///
/// Time in which the reader waits for the sink does not count: slowness of ours is no fault of the sender.
final class ConnectionClock: Sendable {
    private struct State {
        /// Since when the present message, or the silence between messages, lasts.
        var since: NIODeadline
        var isInsideMessage = false
        /// Since when the reader has not been reading.
        var paused: NIODeadline?
    }

    private let idle: TimeAmount
    private let message: TimeAmount
    private let state = Mutex(State(since: .now()))

    /// - Parameters:
    ///   - idle: How long there may be silence between messages.
    ///   - message: How long a message may take from its first byte to its last.
    init(idle: Duration, message: Duration) {
        self.idle = TimeAmount(idle)
        self.message = TimeAmount(message)
    }

    /// Says that bytes came, and are being handed on.
    func pause() {
        state.withLock { $0.paused = .now() }
    }

    /// Says that the reader waits for bytes again.
    ///
    /// - Parameters:
    ///   - isInsideMessage: Whether the bytes so far end inside of a message.
    ///   - isNewMessage: Whether a message ended since the last call, so that the present one began after it.
    func resume(isInsideMessage: Bool, isNewMessage: Bool) {
        state.withLock { state in
            let now = NIODeadline.now()
            if isInsideMessage, state.isInsideMessage, !isNewMessage {
                if let paused = state.paused { state.since = state.since + (now - paused) }
            } else {
                state.since = now
            }
            state.isInsideMessage = isInsideMessage
            state.paused = nil
        }
    }

    private var isOver: Bool {
        state.withLock { state in
            state.paused == nil && NIODeadline.now() - state.since > (state.isInsideMessage ? message : idle)
        }
    }

    /// Looks at the clock now and then, and closes the channel when its time is over.
    func watch(_ channel: any Channel, onTimeout: @escaping @Sendable () -> Void) -> RepeatedTask {
        let step = max(.milliseconds(20), TimeAmount.nanoseconds(min(idle, message).nanoseconds / 4))
        return channel.eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { task in
            guard self.isOver else { return }
            task.cancel()
            onTimeout()
            channel.close(promise: nil)
        }
    }
}
