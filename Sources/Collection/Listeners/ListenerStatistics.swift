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
        var timedOutConnections = 0
        var connections = 0
    }

    /// Senders beyond this number are counted together under `*`.
    private static let senderLimit = 10_000
    private let state = Mutex(State())

    public init() {}

    public var bySender: [String: Counts] { state.withLock { $0.bySender } }
    /// Connections closed at once: too many, or without the certificate that is asked for.
    public var refusedConnections: Int { state.withLock { $0.refusedConnections } }
    /// Connections closed because nothing more of a message came, or no message for long.
    public var timedOutConnections: Int { state.withLock { $0.timedOutConnections } }
    public var connections: Int { state.withLock { $0.connections } }

    func note(_ packets: [MessagePacket], at now: Instant) {
        state.withLock { state in
            for packet in packets {
                let isKnown = state.bySender[packet.sender] != nil
                let isFull = !isKnown && state.bySender.count >= ListenerStatistics.senderLimit
                let sender = isFull ? "*" : packet.sender
                state.bySender[sender, default: Counts()].add(packet, at: now)
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

    func refuse() { state.withLock { $0.refusedConnections += 1 } }

    func noteTimeout() { state.withLock { $0.timedOutConnections += 1 } }

    func close() {
        state.withLock { $0.connections -= 1 }
    }
}

extension ListenerStatistics.Counts {
    fileprivate mutating func add(_ packet: MessagePacket, at now: Instant) {
        messages += packet.count
        bytes += packet.bytes.count
        rejected += packet.rejectedCount
        last = now
    }
}
