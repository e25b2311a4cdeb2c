public import Chronology
public import Foundation

/// A query that waits or runs, as it is at the moment.
public struct RunningQuery: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case queued
        case running
        /// It was told to stop and has not stopped yet.
        case stopping
    }

    public let id: UUID
    public let asker: QueryAsker
    public let text: String
    /// When it arrived.
    public let started: Instant
    public internal(set) var state: State
    /// What it has done so far.
    public internal(set) var progress = QueryProgress()
}

/// How far a query has come.
public struct QueryProgress: Sendable, Hashable {
    /// The operator that finished last.
    public var stage: String?
    /// The rows that it gave.
    public var rows: Int?
    /// The part of the store's running statement that is done, from 0 to 100, where the store can say.
    public var percent: Double?

    public init(stage: String? = nil, rows: Int? = nil, percent: Double? = nil) {
        self.stage = stage
        self.rows = rows
        self.percent = percent
    }
}
