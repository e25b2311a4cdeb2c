internal import GRDB
internal import Synchronization

/// Lets changes that are asked for at the same time share one transaction of the database, and so one wait for the disk.
///
/// To its caller each change is a transaction of its own: it is made wholly or not at all (a savepoint), it sees those
/// before it, and it is answered only when it is durable. A change that fails takes no other one with it.
final class SharedCommits: Sendable {
    /// Bounds the wait of the first change for those that share its commit.
    private static let most = 128

    private struct State {
        var waiting: [any WaitingChange] = []
        var isWriting = false
    }

    private let writer: any DatabaseWriter
    private let bell: ChangeBell
    private let state = Mutex(State())

    init(writer: any DatabaseWriter, bell: ChangeBell) {
        self.writer = writer
        self.bell = bell
    }

    /// - Parameter body: may be run a second time, after what it did has been undone.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(SharedChange(body: body, continuation: continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if isFirst { writeWaiting() }
        }
    }

    private func writeWaiting() {
        writer.asyncWriteWithoutTransaction { [self] database in
            let changes = state.withLock { state in
                let taken = Array(state.waiting.prefix(Self.most))
                state.waiting.removeFirst(taken.count)
                return taken
            }
            make(changes, in: database)
            let isMore = state.withLock { state in
                state.isWriting = !state.waiting.isEmpty
                return state.isWriting
            }
            if isMore { writeWaiting() }
        }
    }

    private func make(_ changes: [any WaitingChange], in database: Database) {
        guard changes.count > 1 else {
            if let change = changes.first { makeAlone(change, in: database) }
            return
        }
        do {
            try commit(database) {
                for change in changes {
                    change.make(in: database)
                    // An error of the whole database (a full disk) has undone what was made before, too.
                    guard database.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                }
            }
            for change in changes { change.answer() }
        } catch {
            for change in changes { makeAlone(change, in: database) }
        }
    }

    private func makeAlone(_ change: any WaitingChange, in database: Database) {
        do {
            try commit(database) { try change.makeAlone(in: database) }
            change.answer()
        } catch {
            change.fail(error)
        }
    }

    /// Makes one transaction, and wakes who waits for the journal.
    private func commit(_ database: Database, _ body: () throws -> Void) throws {
        var end: Int64 = 0
        try database.inTransaction {
            try body()
            end = try JournalHead.read(in: database).sequence
            return .commit
        }
        bell.ring(at: end)
    }
}

/// A change that waits for its turn, whatever it gives.
private protocol WaitingChange: Sendable {
    /// Makes the change within a savepoint and keeps what came of it.
    func make(in database: Database)
    /// Makes the change in a transaction of its own.
    func makeAlone(in database: Database) throws
    /// Tells the caller what came of it, once it is durable.
    func answer()
    func fail(_ error: any Error)
}

private final class SharedChange<T: Sendable>: WaitingChange {
    private let body: @Sendable (Database) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private let outcome = Mutex<Result<T, any Error>?>(nil)

    init(body: @escaping @Sendable (Database) throws -> T, continuation: CheckedContinuation<T, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    func make(in database: Database) {
        let result = Result {
            var made: T?
            try database.inSavepoint {
                made = try body(database)
                return .commit
            }
            guard let made else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return made
        }
        outcome.withLock { $0 = result }
    }

    func makeAlone(in database: Database) throws {
        let made = try body(database)
        outcome.withLock { $0 = .success(made) }
    }

    func answer() {
        if let result = outcome.withLock(\.self) { continuation.resume(with: result) }
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}
