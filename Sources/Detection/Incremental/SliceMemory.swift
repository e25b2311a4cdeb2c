internal import Synchronization

/// Sets of slices as the last runs left them, so that the next need not read them from the database. What is kept there
/// decides: a set is good as long as its revision is the one in the database.
final class SliceMemory: Sendable {
    private struct State {
        var sets: [String: (set: SliceSet, used: Int)] = [:]
        var bytes = 0
        var uses = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: bytes of all sets, as they are kept in the database.
    init(limit: Int) {
        self.limit = limit
    }

    func set(_ key: String) -> SliceSet? {
        state.withLock { state in
            state.uses += 1
            state.sets[key]?.used = state.uses
            return state.sets[key]?.set
        }
    }

    /// Remembers a set instead of what was known of it; those that were used longest ago make room.
    func remember(_ set: SliceSet) {
        forget(set.key)
        let bytes = set.bytes
        guard bytes <= limit else { return }
        state.withLock { state in
            while state.bytes + bytes > limit, let oldest = state.sets.min(by: { $0.value.used < $1.value.used }) {
                state.bytes -= oldest.value.set.bytes
                state.sets[oldest.key] = nil
            }
            state.uses += 1
            state.sets[set.key] = (set, state.uses)
            state.bytes += bytes
        }
    }

    func forget(_ key: String) {
        state.withLock { state in
            if let known = state.sets.removeValue(forKey: key) { state.bytes -= known.set.bytes }
        }
    }
}
