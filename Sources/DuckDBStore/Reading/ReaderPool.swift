import CDuckDB
import Dispatch
import EventStore
import Foundation
import KQLValues
import Synchronization

/// The connections that queries use, each with a thread of its own; queries beyond their number wait in line.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [Reader]
        var waiting: [(id: Int, resume: CheckedContinuation<Reader?, Never>)] = []
        var nextID = 0
        var isClosed = false
    }

    private let state: Mutex<State>

    init(_ database: DuckDBDatabase, count: Int) throws(EventStoreError) {
        var readers: [Reader] = []
        for number in 1...count { readers.append(try Reader(database, number: number)) }
        state = Mutex(State(idle: readers))
    }

    /// Takes a reader out; nil when the task was cancelled meanwhile or the pool is closed.
    func acquire() async -> Reader? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let answer = state.withLock { state -> Reader?? in
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    if let reader = state.idle.popLast() { return reader }
                    state.waiting.append((id, waiter))
                    return nil
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).resume }
            }
            waiter?.resume(returning: nil)
        }
    }

    /// Puts a reader back.
    func release(_ reader: Reader) {
        let waiter = state.withLock { state in
            if state.isClosed { return nil as CheckedContinuation<Reader?, Never>? }
            if !state.waiting.isEmpty { return state.waiting.removeFirst().resume }
            state.idle.append(reader)
            return nil
        }
        waiter?.resume(returning: reader)
    }

    /// Lets idle connections go; those in use go when they are released.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.idle = []
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiters { waiter.resume.resume(returning: nil) }
    }
}

/// A connection for reading with its thread.
///
/// SAFETY: the connection and `hasSnapshot` are only used under `lock`; only `interrupt` and `percent`, which
/// DuckDB allows from any thread, are called besides.
final class Reader: @unchecked Sendable {
    let queue: DispatchQueue
    private let connection: DuckDBConnection
    private let lock = NSLock()
    private var hasSnapshot = false

    init(_ database: DuckDBDatabase, number: Int) throws(EventStoreError) {
        connection = try DuckDBConnection(database)
        // Progress is kept for those who ask; nothing is printed.
        try connection.execute("SET enable_progress_bar_print = false", code: .cannotOpen)
        try connection.execute("SET enable_progress_bar = true", code: .cannotOpen)
        queue = DispatchQueue(label: "tocsin.event-store.reader-\(number)", qos: .userInitiated)
    }

    /// Lets the queries until `endSnapshot` see the state of the tables as it is now.
    func beginSnapshot() throws(EventStoreError) {
        lock.lock()
        defer { lock.unlock() }
        if hasSnapshot { rollBack() }
        try connection.execute("BEGIN TRANSACTION READ ONLY", code: .queryFailed)
        hasSnapshot = true
        do {
            // DuckDB takes its snapshot only when something is read.
            try connection.execute("FROM meta.columns LIMIT 0", code: .queryFailed)
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs a query on the state of the tables that `beginSnapshot`, or else the first query since `endSnapshot`, saw. A
    /// failed query ends it.
    func rows(_ sql: String, parameters: [Value], schema: TableSchema, rowLimit: Int) throws -> Table {
        try lock.withLock {
            if !hasSnapshot {
                try connection.execute("BEGIN TRANSACTION READ ONLY", code: .queryFailed)
                hasSnapshot = true
            }
            do {
                return try connection.table(sql, parameters: parameters, schema: schema, rowLimit: rowLimit)
            } catch {
                rollBack()
                throw error
            }
        }
    }

    /// Lets the next query see what was appended meanwhile.
    func endSnapshot() {
        lock.withLock { if hasSnapshot { rollBack() } }
    }

    private func rollBack() {
        hasSnapshot = false
        // Nothing was changed; when this fails, the failed query has ended the transaction already.
        _ = try? connection.execute("ROLLBACK", code: .queryFailed)
    }

    /// How much of the statement that runs now is done, from 0 to 100; nil when that is not known.
    var percent: Double? {
        let percent = connection.functions.pointee.query_progress(connection.handle).percentage
        return percent >= 0 && percent <= 100 ? percent : nil
    }

    /// Stops the statement that runs now, if any.
    func interrupt() {
        connection.functions.pointee.interrupt(connection.handle)
    }
}
