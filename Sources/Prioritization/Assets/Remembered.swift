internal import Synchronization

/// Values that were worked out before, of a bounded number of keys: incidents touch the same assets again and again.
final class Remembered<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Mutex<[Key: Value]>([:])
    private let most: Int

    init(most: Int = 10_000) {
        self.most = most
    }

    func value(of key: Key, _ make: () -> Value) -> Value {
        if let value = known.withLock({ $0[key] }) { return value }
        let value = make()
        known.withLock { known in
            if known.count >= most { known = [:] }
            known[key] = value
        }
        return value
    }
}
