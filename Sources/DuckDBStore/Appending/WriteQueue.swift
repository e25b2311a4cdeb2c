import Chronology
import Dispatch
import EventStore
import KQLValues
import Synchronization

/// Brings writes of any number of tasks to the one writer, on a thread of its own; appends that wait at the same time are
/// committed together.
///
/// SAFETY: `writer` is only touched on `queue`, which is serial; everything else is behind the mutex.
final class WriteQueue: @unchecked Sendable {
    private typealias Outcome<Value> = Result<Value, EventStoreError>

    private struct Waiting {
        var lots: [EventLot]
        var rowCount: Int
        var done: CheckedContinuation<Outcome<[AppendOutcome]>, Never>
    }

    private struct State {
        var pending: [Waiting] = []
        var isDraining = false
        var isClosed = false
        var layout: StoreLayout
        var version: Int
    }

    /// More rows than this are not put into one transaction with others.
    private static let rowsPerCommit = 500_000

    private let queue = DispatchQueue(label: "tocsin.event-store.writer")
    private var writer: Writer?
    private let state: Mutex<State>

    init(_ writer: Writer) {
        self.writer = writer
        state = Mutex(State(layout: writer.catalogue.layout, version: writer.catalogue.version))
    }

    var layout: StoreLayout { state.withLock { $0.layout } }

    /// The layout of what a reader sees that pins its snapshot in `pin`: no row in it has a value in a column that the
    /// layout does not have, and no column of the layout is missing from it.
    func layout<Failure>(pinnedBy pin: () throws(Failure) -> Void) throws(Failure) -> StoreLayout {
        while true {
            let (layout, version) = state.withLock { ($0.layout, $0.version) }
            try pin()
            if state.withLock({ $0.version }) == version { return layout }
        }
    }

    /// Appends lots in their order, in one transaction; gives the outcome of each.
    func append(_ lots: [EventLot]) async throws(EventStoreError) -> [AppendOutcome] {
        let rowCount = lots.reduce(0) { $0 + $1.rowCount }
        let outcome = await withCheckedContinuation { done in
            let action = state.withLock { state -> Action in
                if state.isClosed { return .refuse }
                state.pending.append(Waiting(lots: lots, rowCount: rowCount, done: done))
                defer { state.isDraining = true }
                return state.isDraining ? .wait : .drain
            }
            switch action {
            case .refuse: done.resume(returning: .failure(.closed))
            case .wait: break
            case .drain: queue.async { self.drain() }
            }
        }
        return try outcome.get()
    }

    private enum Action { case refuse, wait, drain }

    /// Runs other work of the writer.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable (Writer) throws(EventStoreError) -> Value
    ) async throws(EventStoreError) -> Value {
        let outcome: Outcome<Value> = await withCheckedContinuation { done in
            queue.async { [self] in
                guard let writer else { return done.resume(returning: .failure(.closed)) }
                let outcome = Outcome { () throws(EventStoreError) in try work(writer) }
                publishLayout()
                done.resume(returning: outcome)
            }
        }
        return try outcome.get()
    }

    /// Finishes what is pending, folds the log into the file and lets the connection go.
    func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { done in
            queue.async { [self] in
                drain()
                // A failed checkpoint loses nothing: the log stays and is read when the store is opened again.
                try? writer?.checkpoint()
                writer = nil
                done.resume()
            }
        }
    }

    // MARK: - On the queue

    private func drain() {
        while let group = nextGroup() {
            switch commit(group.flatMap(\.lots)) {
            case .success(let outcomes):
                var start = 0
                for waiting in group {
                    let end = start + waiting.lots.count
                    waiting.done.resume(returning: .success(Array(outcomes[start..<end])))
                    start = end
                }
            case .failure(let error) where group.count == 1: group[0].done.resume(returning: .failure(error))
            case .failure:
                // One of them is at fault; each is tried alone.
                for waiting in group { waiting.done.resume(returning: commit(waiting.lots)) }
            }
        }
    }

    private func nextGroup() -> [Waiting]? {
        state.withLock { state in
            var rows = 0
            var count = 0
            while count < state.pending.count {
                rows += state.pending[count].rowCount
                if count > 0, rows > Self.rowsPerCommit { break }
                count += 1
            }
            guard count > 0 else {
                state.isDraining = false
                return nil
            }
            defer { state.pending.removeFirst(count) }
            return Array(state.pending[..<count])
        }
    }

    private func commit(_ lots: [EventLot]) -> Outcome<[AppendOutcome]> {
        guard let writer else { return .failure(.closed) }
        return Outcome { () throws(EventStoreError) in
            let prepared = try writer.prepare(lots)
            // Who reads a row with the first value of a column knows of the column.
            publishLayout()
            return try writer.append(prepared)
        }
    }

    private func publishLayout() {
        guard let catalogue = writer?.catalogue else { return }
        state.withLock { state in
            // A change that was undone brings an older version back; any difference tells readers to look again.
            guard state.version != catalogue.version else { return }
            state.layout = catalogue.layout
            state.version = catalogue.version
        }
    }
}

extension EventStoreError {
    /// The error of every call after `close`.
    static let closed = EventStoreError(.closed, "The event store is closed.")
}
