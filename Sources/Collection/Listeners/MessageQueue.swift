/// Messages on their way from connections to the sink, bounded: who adds to a full queue waits, and so stops reading.
actor MessageQueue {
    struct Message: Sendable {
        var bytes: [UInt8]
        var sender: String
        /// Set when the framing already found it to be no message.
        var fault: String?
    }

    private let limit: Int
    private var messages: [Message] = []
    private var byteCount = 0
    private var isClosed = false
    private var consumer: CheckedContinuation<Void, Never>?
    private var producers: [CheckedContinuation<Void, Never>] = []

    /// - Parameter limit: How many bytes may wait.
    init(limit: Int) {
        self.limit = limit
    }

    /// Adds messages and waits until there is room again.
    func add(_ new: [Message]) async {
        guard !new.isEmpty else { return }
        messages.append(contentsOf: new)
        for message in new { byteCount += message.bytes.count + 64 }
        consumer?.resume()
        consumer = nil
        if byteCount > limit, !isClosed {
            await withCheckedContinuation { producers.append($0) }
        }
    }

    /// All that wait, as soon as there are any; nil when the queue is closed and empty.
    func takeAll() async -> [Message]? {
        while messages.isEmpty {
            if isClosed { return nil }
            await withCheckedContinuation { consumer = $0 }
        }
        let all = messages
        messages = []
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
