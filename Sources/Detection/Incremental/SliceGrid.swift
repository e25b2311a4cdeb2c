internal import Chronology
internal import Vocabulary

/// How a rule's look-back is cut: slices of one length, one of which ends where the first run's window ended, and blocks of
/// neighbouring slices where nothing is expected to change any more, so that a run puts together few pieces.
struct SliceGrid: Sendable, Hashable {
    /// A slice, and a block, begins here.
    let phase: Instant
    let length: TimeSpan
    /// Slices in a block; 1: there are no blocks.
    let blockSize: Int

    private static let mostSlices: Int64 = 500
    /// So few slices are as quickly put together one by one.
    private static let fewSlices: Int64 = 36

    /// - Parameter window: the rule's look-back.
    init(phase: Instant, length: TimeSpan, window: TimeSpan) {
        self.phase = phase
        self.length = length
        let count = window.ticks.floorDivided(by: length.ticks)
        // About as many blocks as slices beside them.
        blockSize = count < Self.fewSlices ? 1 : Int(Double(count).squareRoot())
    }

    /// The slices of a rule's runs: one frequency each, so that a run finds one that is new; or several, where the
    /// look-back would be too many.
    ///
    /// Nil when a run shares no more than half of its window with the next, or is the only one.
    init?(_ run: RuleSchedule.Run) {
        guard !run.isByIngestionTime, let frequency = run.frequency, frequency.ticks > 0,
            run.window.duration.ticks / 2 >= frequency.ticks
        else { return nil }
        let count = run.window.duration.ticks.ceilingDivided(by: frequency.ticks)
        let length = frequency.ticks * count.ceilingDivided(by: Self.mostSlices)
        self.init(phase: run.window.end, length: TimeSpan(ticks: length), window: run.window.duration)
    }

    /// A stretch of time; the end is excluded.
    struct Stretch: Hashable {
        var start: Instant
        var end: Instant
    }

    /// A slice, or a block of them.
    struct Piece: Sendable, Hashable {
        var start: Instant
        var slices: Int
    }

    func end(of piece: Piece) -> Instant { piece.start + span(piece.slices) }

    /// How long so many slices are.
    func span(_ slices: Int) -> TimeSpan { TimeSpan(ticks: length.ticks * Int64(slices)) }

    /// The pieces that lie in a stretch wholly, in order, and what is left before and after them. Slices of the last hours
    /// form no block yet, since rows may still come into them.
    func pieces(of stretch: Stretch) -> (pieces: [Piece], rest: [Stretch]) {
        let first = beginning(atOrAfter: stretch.start, of: 1)
        let count = (stretch.end - first).ticks.floorDivided(by: length.ticks)
        guard count > 0 else { return ([], [stretch]) }
        let end = first + span(Int(count))
        let settled = end - span(blockSize / 3)
        var pieces: [Piece] = []
        var start = first
        while start < end {
            let isBlock =
                blockSize > 1 && start + span(blockSize) <= settled
                && beginning(atOrAfter: start, of: blockSize) == start
            pieces.append(Piece(start: start, slices: isBlock ? blockSize : 1))
            start = start + span(isBlock ? blockSize : 1)
        }
        let rest = [Stretch(start: stretch.start, end: first), Stretch(start: end, end: stretch.end)]
        return (pieces, rest.filter { $0.start < $0.end })
    }

    /// The pieces of which a slice may be part.
    func pieces(with slice: Instant) -> [Piece] {
        let block = beginning(atOrAfter: slice - span(blockSize) + TimeSpan(ticks: 1), of: blockSize)
        return [Piece(start: slice, slices: 1)] + (blockSize > 1 ? [Piece(start: block, slices: blockSize)] : [])
    }

    private func beginning(atOrAfter instant: Instant, of slices: Int) -> Instant {
        let steps = (phase - instant).ticks.floorDivided(by: span(slices).ticks)
        return phase - TimeSpan(ticks: steps * span(slices).ticks)
    }

    /// Pieces of one length that follow each other, together.
    func runs(of pieces: some Sequence<Piece>) -> [[Piece]] {
        var runs: [[Piece]] = []
        for piece in pieces.sorted(by: { ($0.slices, $0.start) < ($1.slices, $1.start) }) {
            if let last = runs.last?.last, last.slices == piece.slices, end(of: last) == piece.start {
                runs[runs.count - 1].append(piece)
            } else {
                runs.append([piece])
            }
        }
        return runs
    }
}
