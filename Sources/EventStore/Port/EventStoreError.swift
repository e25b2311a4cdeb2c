/// What went wrong in an event store: a code to act on and a sentence for people.
public struct EventStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The database engine could not be loaded.
        case engineMissing
        /// The database could not be opened or created.
        case cannotOpen
        /// A table's or column's name cannot be used.
        case invalidName
        /// A batch does not keep the invariant of `EventBatch`.
        case invalidBatch
        /// No table has that name.
        case unknownTable
        /// Rows could not be written; none of the batches was.
        case writeFailed
        /// The disk has too little room left; nothing was written. It can be tried again when there is room.
        case outOfSpace
        /// Rows that should be replaced are not there any more; nothing was written.
        case conflict
        /// A query could not be run.
        case queryFailed
        /// A query was stopped because its task was cancelled.
        case cancelled
        /// A query was stopped because its time was up.
        case timeout
        /// A query asked for more memory than it may have.
        case outOfMemory
        /// The store cannot be reached, or is too busy, now; sending the same again later may succeed.
        case unavailable
        /// The store was closed.
        case closed
    }

    public var code: Code
    /// What happened, where, and what to do about it.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
