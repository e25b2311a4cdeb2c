/// Messages of one sender, one after the other in one piece of memory.
struct MessagePacket: Sendable {
    let sender: String
    private(set) var bytes: [UInt8] = []
    /// Where each message ends in `bytes`.
    private(set) var ends: [Int] = []
    /// Why a message is none, as the framing found; by its number.
    private(set) var faults: [Int: String] = [:]

    init(sender: String) {
        self.sender = sender
    }

    var count: Int { ends.count }
    var rejectedCount: Int { faults.count }

    mutating func append(_ message: UnsafeBufferPointer<UInt8>, fault: String? = nil) {
        if let fault { faults[ends.count] = fault }
        bytes.append(contentsOf: message)
        ends.append(bytes.count)
    }

    func withMessage<Result>(_ number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[(number == 0 ? 0 : ends[number - 1])..<ends[number]]))
        }
    }
}

/// Messages on their way from connections to the sink, bounded: who adds to a full queue waits, and so stops reading.
actor MessageQueue {
    private let limit: Int
    private var packets: [MessagePacket] = []
    private var byteCount = 0
    private(set) var isClosed = false
    private var consumer: CheckedContinuation<Void, Never>?
    private var producers: [CheckedContinuation<Void, Never>] = []

    /// - Parameter limit: How many bytes may wait.
    init(limit: Int) {
        self.limit = limit
    }

    /// Adds messages and waits until there is room again.
    func add(_ packet: MessagePacket) async {
        guard packet.count > 0 else { return }
        packets.append(packet)
        byteCount += packet.bytes.count + packet.count * 16 + 64
        consumer?.resume()
        consumer = nil
        if byteCount > limit, !isClosed {
            await withCheckedContinuation { producers.append($0) }
        }
    }

    /// All that wait, as soon as there are any; nil when the queue is closed and empty.
    func takeAll() async -> [MessagePacket]? {
        while packets.isEmpty {
            if isClosed { return nil }
            await withCheckedContinuation { consumer = $0 }
        }
        return takeWaiting()
    }

    /// What waits now, which may be nothing.
    func takeWaiting() -> [MessagePacket] {
        let all = packets
        packets = []
        byteCount = 0
        for producer in producers { producer.resume() }
        producers = []
        return all
    }

    /// Says that no more will be added.
    func close() {
        isClosed = true
        consumer?.resume()
        consumer = nil
        for producer in producers { producer.resume() }
        producers = []
    }
}
