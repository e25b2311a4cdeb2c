internal import Chronology
internal import EventStore
internal import KQLValues

/// What is kept of a summary between the runs of a rule.
struct SliceSet: Sendable {
    /// One slice of time.
    struct Slice: Sendable {
        /// Of the stored rows that it was made of.
        var trace: RowArrivals.Trace
        /// What it adds to the summary.
        var part: Table
    }

    /// Up to when a table was looked at.
    struct Mark: Sendable, Hashable {
        var instant: Instant
        /// So many rows of the table were appended before that instant.
        var rows: Int
    }

    /// Stands for the summary, the slices' length and the rule's look-back.
    let key: String
    /// The rule's look-back.
    let window: TimeSpan
    /// Grows with each change; 0: nothing is kept yet.
    var revision: Int64 = 0
    var grid: SliceGrid
    /// By table.
    var marks: [String: Mark] = [:]
    /// By their beginnings.
    var slices: [Instant: Slice] = [:]
    /// Whether slices would take too much room, or about as many rows as the events, so that none are kept.
    var isTooLarge = false

    init(key: String, window: TimeSpan, grid: SliceGrid) {
        self.key = key
        self.window = window
        self.grid = grid
    }
}

/// How much of its look-back a run read.
public struct SliceTally: Sendable, Hashable, CustomStringConvertible {
    /// Slices that were new or had changed.
    public var read: Int
    public var all: Int

    public init(read: Int, of all: Int) {
        self.read = read
        self.all = all
    }

    public var description: String { "\(read) of \(all) slices read" }
}
