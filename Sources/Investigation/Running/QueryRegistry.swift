internal import Chronology
internal import Foundation
internal import Synchronization

/// The queries that wait and run: gives each its turn, lists them, and stops them.
final class QueryRegistry: Sendable {
    private struct Entry {
        var query: RunningQuery
        let signals: AsyncStream<Signal>.Continuation
        /// How much of the store's statement is done.
        var percent: @Sendable () -> Double? = { nil }
    }

    private struct State {
        var admission: QueryAdmission
        var entries: [UUID: Entry] = [:]
    }

    private enum Signal {
        case turn
        case stop
    }

    private let limits: QueryLimits
    private let state: Mutex<State>

    init(_ limits: QueryLimits) {
        self.limits = limits
        state = Mutex(State(admission: QueryAdmission(limits)))
    }

    /// What waits and runs, the oldest first.
    var list: [RunningQuery] {
        state.withLock { Array($0.entries.values) }
            .map { entry in
                var query = entry.query
                query.progress.percent = entry.percent()
                return query
            }
            .sorted { ($0.started, $0.id.uuidString) < ($1.started, $1.id.uuidString) }
    }

    /// Tells a query to stop; false when there is none of that id.
    func stop(_ id: UUID) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[id] else { return false }
            state.entries[id]?.query.state = .stopping
            entry.signals.yield(.stop)
            return true
        }
    }

    func note(_ id: UUID, _ change: (inout QueryProgress) -> Void) {
        state.withLock { state in
            guard var progress = state.entries[id]?.query.progress else { return }
            change(&progress)
            state.entries[id]?.query.progress = progress
        }
    }

    /// The query's statement runs now in a store that can tell how much of it is done.
    func noteStart(_ id: UUID, percent: @escaping @Sendable () -> Double?) {
        state.withLock { $0.entries[id]?.percent = percent }
    }

    /// Runs `body` when it is the query's turn; it is cancelled when the query is told to stop.
    ///
    /// - Throws: `QueryProblem` when it gets no turn or was stopped, or what `body` throws.
    func run<Result: Sendable>(
        _ request: QueryRequest, at started: Instant,
        _ body: @escaping @Sendable (_ id: UUID, _ queuedSeconds: Double) async throws -> Result
    ) async throws -> Result {
        let arrival = ContinuousClock.now
        let (id, signals) = try enter(request, at: started)
        defer { leave(id) }
        try await turn(signals)
        let waited = (ContinuousClock.now - arrival) / .seconds(1)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body(id, waited) }
            group.addTask {
                for await signal in signals where signal == .stop { return nil }
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let result = first { return result }
            group.cancelAll()
            // The body still runs until it notices; its end is awaited so that its turn is not given away before.
            while let rest = try await group.next() {
                if let result = rest { return result }
            }
            throw Self.stopped
        }
    }

    private static let stopped = QueryProblem(code: .cancelled, message: "the query was cancelled")

    private func enter(
        _ request: QueryRequest, at started: Instant
    ) throws(QueryProblem) -> (UUID, AsyncStream<Signal>) {
        let (signals, sender) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingOldest(4))
        let outcome: Swift.Result<UUID, QueryProblem> = state.withLock { state in
            // Someone may send the id of a query that still runs.
            let id = state.entries[request.id] == nil ? request.id : UUID()
            let decision = state.admission.arrive(id, of: request.asker.id)
            switch decision {
            case .refuse(let problem): return .failure(problem)
            case .start: sender.yield(.turn)
            case .wait: break
            }
            state.entries[id] = Entry(
                query: RunningQuery(
                    id: id, asker: request.asker, text: request.text, started: started,
                    state: decision == .start ? .running : .queued),
                signals: sender)
            return .success(id)
        }
        return (try outcome.get(), signals)
    }

    /// Waits until the query may start.
    private func turn(_ signals: AsyncStream<Signal>) async throws {
        let seconds = limits.queueSeconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals {
                    if signal == .turn { return }
                    throw Self.stopped
                }
                throw Self.stopped
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw QueryProblem(
                    code: .throttled, message: "the query waited \(seconds) s for its turn (queries.queueSeconds)",
                    hint: "try again later, or end other queries")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func leave(_ id: UUID) {
        state.withLock { state in
            state.entries.removeValue(forKey: id)?.signals.finish()
            for next in state.admission.leave(id) {
                state.entries[next]?.query.state = .running
                state.entries[next]?.signals.yield(.turn)
            }
        }
    }
}
