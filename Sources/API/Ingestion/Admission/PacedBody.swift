internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// A request's body in pieces as they come, while somebody watches that they come fast enough.
final class PacedBody: AsyncSequence, Sendable {
    private struct State {
        var pace: BodyPace
        var isGivenUp = false
    }

    private let body: RequestBody
    private let limits: IntakeLimits
    private let state: Mutex<State>

    init(_ body: RequestBody, _ limits: IntakeLimits) {
        self.body = body
        self.limits = limits
        state = Mutex(State(pace: BodyPace(limits)))
    }

    /// Returns when the task is cancelled, and throws once the sender is too slow.
    func watch() async throws(IntakeFailure) {
        while !Task.isCancelled {
            let allowance = state.withLock { state in
                let allowance = state.pace.allowance(at: .now)
                state.isGivenUp = allowance <= .zero
                return allowance
            }
            guard allowance > .zero else { throw tooSlow }
            // A cancelled task does not pause.
            try? await Task.sleep(for: Swift.max(allowance, .milliseconds(20)))
        }
    }

    private var tooSlow: IntakeFailure {
        IntakeFailure(.tooSlow, "the body came slower than \(limits.slowestPace) bytes per second; send it again")
    }

    func makeAsyncIterator() -> Iterator { Iterator(pieces: body.makeAsyncIterator(), body: self) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var pieces: RequestBody.AsyncIterator
        fileprivate let body: PacedBody

        @concurrent mutating func next() async throws -> [UInt8]? {
            body.state.withLock { $0.pace.startWaiting(at: .now) }
            let piece = try await pieces.next()
            let isGivenUp = body.state.withLock { state in
                state.pace.stopWaiting(at: .now, arrived: piece?.readableBytes ?? 0)
                return state.isGivenUp
            }
            // The body of whom was given up ends before its end.
            if isGivenUp { throw body.tooSlow }
            return piece.map { Array($0.readableBytesView) }
        }
    }
}
