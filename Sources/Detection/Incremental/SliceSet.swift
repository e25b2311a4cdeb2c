internal import Chronology
internal import EventStore
internal import KQLValues

/// What is kept of a summary between the runs of a rule.
struct SliceSet: Sendable {
    typealias Piece = SliceGrid.Piece

    /// One slice of time, or a block of them.
    struct Slice: Sendable {
        /// Of the stored rows that it was made of.
        var trace: RowArrivals.Trace
        /// What it adds to the summary.
        var part: Table
        /// Of the part as it is kept; 0: not kept yet.
        var bytes = 0
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
    /// Another with each change; 0: nothing is kept yet.
    var revision: Int64 = 0
    var grid: SliceGrid
    /// By table.
    var marks: [String: Mark] = [:]
    var slices: [Piece: Slice] = [:]
    /// Whether slices would take too much room, or about as many rows as the events, so that none are kept.
    var isTooLarge = false

    init(key: String, window: TimeSpan, grid: SliceGrid) {
        self.key = key
        self.window = window
        self.grid = grid
    }

    var bytes: Int { slices.values.reduce(0) { $0 + $1.bytes } }

    /// Drops what has left the look-back, and what others stand for now.
    ///
    /// - Parameter wanted: what the last run needed, which stays.
    mutating func forget(except wanted: Set<Piece>) {
        guard let newest = slices.keys.map({ grid.end(of: $0) }).max() else { return }
        let oldest = newest - window
        let single = Set(wanted.filter { $0.slices == 1 }.flatMap { grid.pieces(with: $0.start) })
        slices = slices.filter { piece, _ in
            if wanted.contains(piece) { return true }
            if piece.start < oldest { return false }
            return piece.slices > 1
                ? !single.contains(piece)
                : !grid.pieces(with: piece.start).contains(where: wanted.contains)
        }
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
