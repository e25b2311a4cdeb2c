public import Chronology

/// What a read session sees of a store that keeps no state of all tables for it: rows by the instant they were appended.
public struct IngestionHorizon: Sendable, Hashable {
    /// Rows appended until then are seen.
    public var until: Instant
    /// But not those of these instants, which are being appended.
    public var except: [Instant]
    /// Rows appended after this are seen too.
    public var beyond: Instant

    public init(until: Instant, except: [Instant], beyond: Instant) {
        self.until = until
        self.except = except
        self.beyond = beyond
    }

    /// The condition on the column of the instants, for `$1`.
    public var condition: String {
        let hidden = except.map { String($0.ticks) }.joined(separator: ", ")
        return "($1 <= \(until.ticks)\(hidden.isEmpty ? "" : " AND $1 NOT IN (\(hidden))")) OR $1 > \(beyond.ticks)"
    }
}
