public import Chronology
internal import Synchronization

/// What came from each sender to a listener.
public final class ListenerStatistics: Sendable {
    public struct Counts: Sendable, Hashable {
        public var messages = 0
        public var bytes = 0
        public var rejected = 0
        public var last: Instant?
    }

    private struct State {
        var bySender: [String: Counts] = [:]
        var refusedConnections = 0
        var connections = 0
    }

    /// Senders beyond this number are counted together under `*`.
    private static let senderLimit = 10_000
    private let state = Mutex(State())

    public init() {}

    public var bySender: [String: Counts] { state.withLock { $0.bySender } }
    public var refusedConnections: Int { state.withLock { $0.refusedConnections } }
    public var connections: Int { state.withLock { $0.connections } }

    func note(_ messages: [MessageQueue.Message], at now: Instant) {
        state.withLock { state in
            for message in messages {
                let isKnown = state.bySender[message.sender] != nil
                let isFull = !isKnown && state.bySender.count >= ListenerStatistics.senderLimit
                let sender = isFull ? "*" : message.sender
                state.bySender[sender, default: Counts()].add(message, at: now)
            }
        }
    }

    /// Counts a connection in, unless there are `limit` already.
    func open(limit: Int) -> Bool {
        state.withLock { state in
            guard state.connections < limit else {
                state.refusedConnections += 1
                return false
            }
            state.connections += 1
            return true
        }
    }

    func close() {
        state.withLock { $0.connections -= 1 }
    }
}

extension ListenerStatistics.Counts {
    fileprivate mutating func add(_ message: MessageQueue.Message, at now: Instant) {
        messages += 1
        bytes += message.bytes.count
        if message.fault != nil { rejected += 1 }
        last = now
    }
}
