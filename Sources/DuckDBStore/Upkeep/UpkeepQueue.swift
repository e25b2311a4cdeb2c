import Dispatch
import EventStore

/// Runs upkeep, one task at a time, on a thread and connection of its own, so that appends go on beside it.
///
/// SAFETY: `connection` is only touched on `queue`, which is serial; everything else is immutable.
final class UpkeepQueue: @unchecked Sendable {
    let options: DuckDBOptions
    private let writes: WriteQueue
    private let database: DuckDBDatabase
    private let queue = DispatchQueue(label: "tocsin.event-store.upkeep", qos: .utility)

    init(database: DuckDBDatabase, writes: WriteQueue, options: DuckDBOptions) {
        self.database = database
        self.writes = writes
        self.options = options
    }

    /// Runs `work` with a connection that reads.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable (DuckDBConnection) throws(EventStoreError) -> Value
    ) async throws(EventStoreError) -> Value {
        let outcome = await withCheckedContinuation {
            (done: CheckedContinuation<Result<Value, EventStoreError>, Never>) in
            queue.async { [database] in
                done.resume(
                    returning: Result { () throws(EventStoreError) in try work(try DuckDBConnection(database)) })
            }
        }
        return try outcome.get()
    }
}
