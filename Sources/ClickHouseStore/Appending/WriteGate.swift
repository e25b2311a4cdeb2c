import EventStore

/// Lets a bounded number of writes through at once, and each delivery only once at a time.
actor WriteGate {
    private var free: Int
    private var deliveries: Set<DeliveryID> = []
    private var waiting: [(delivery: DeliveryID?, resume: CheckedContinuation<Bool, Never>)] = []
    private var underway = 0
    private var isClosed = false
    private var closing: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = max(1, count)
    }

    func pass<Value: Sendable>(
        _ delivery: DeliveryID?, _ work: @Sendable () async throws(EventStoreError) -> Value
    ) async throws(EventStoreError) -> Value {
        guard await enter(delivery) else { throw ServerFailure.closed.error }
        defer { leave(delivery) }
        return try await work()
    }

    /// Lets nobody in any more and waits for those who are.
    func close() async {
        isClosed = true
        for waiter in waiting { waiter.resume.resume(returning: false) }
        waiting = []
        if underway > 0 { await withCheckedContinuation { closing.append($0) } }
    }

    private func enter(_ delivery: DeliveryID?) async -> Bool {
        if isClosed { return false }
        if mayEnter(delivery) {
            admit(delivery)
            return true
        }
        return await withCheckedContinuation { waiting.append((delivery, $0)) }
    }

    private func mayEnter(_ delivery: DeliveryID?) -> Bool {
        free > 0 && delivery.map { !deliveries.contains($0) } ?? true
    }

    private func admit(_ delivery: DeliveryID?) {
        free -= 1
        underway += 1
        if let delivery { deliveries.insert(delivery) }
    }

    private func leave(_ delivery: DeliveryID?) {
        free += 1
        underway -= 1
        if let delivery { deliveries.remove(delivery) }
        while let next = waiting.firstIndex(where: { mayEnter($0.delivery) }) {
            let waiter = waiting.remove(at: next)
            admit(waiter.delivery)
            waiter.resume.resume(returning: true)
        }
        if underway == 0 {
            for waiter in closing { waiter.resume() }
            closing = []
        }
    }
}
