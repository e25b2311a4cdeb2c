internal import Chronology
internal import EventStore
internal import KQL
internal import KQLValues

/// Brings the slices of a summary up to date within one read of the store.
struct SummaryReading {
    typealias Piece = SliceGrid.Piece

    let summary: SlicedSummary
    let run: StorePlanRun
    /// Of all parts, as they are kept.
    let mostBytes: Int

    /// Slices made again of rows appended so shortly before the last are looked at once more: others may have been on
    /// their way.
    private static let settling = TimeSpan.minutes(1)
    /// Parts of fewer rows are kept even when the events are not many more.
    private static let fewRows = 20_000
    /// A row of a part takes no less for each of its columns.
    private static let leastBytesPerValue = 4

    /// What a reading gave.
    struct Outcome {
        var set: SliceSet
        /// The rows of all parts, piece by piece.
        var parts: Table
        /// Of which they came; what else the set holds this summary does not need.
        var pieces: [Piece]
        var tally: SliceTally
    }

    /// There are too many parts, or they are about as many as the events.
    struct TooManyParts: Error {}

    /// The parts of the whole time, read anew where rows came or went since `known` was kept.
    ///
    /// Throws `TooManyParts`, and what reading throws.
    func outcome(_ known: SliceSet) throws -> Outcome {
        var set = known
        let stretch = SliceGrid.Stretch(start: summary.start, end: summary.end)
        let (wanted, rest) = stretch.start < stretch.end ? known.grid.pieces(of: stretch) : ([], [])
        let doubtful = try doubtful(known)
        let unknown = wanted.filter { known.slices[$0] == nil || doubtful.contains($0) }
        let traces = try traces(of: unknown, known.grid)
        for piece in doubtful where !(known.slices[piece]?.trace == traces[piece]) { set.slices[piece] = nil }
        let missing = wanted.filter { set.slices[$0] == nil }
        try read(missing, traces, into: &set)
        let edges = try rest.map { try run.run(summary.part(from: $0.start, to: $0.end)) }
        let pieces = wanted.compactMap { set.slices[$0]?.part } + edges
        set.marks = try marks(known)
        return Outcome(
            set: set, parts: joined(pieces), pieces: wanted,
            tally: SliceTally(
                read: missing.reduce(edges.count) { $0 + $1.slices },
                of: wanted.reduce(edges.count) { $0 + $1.slices }))
    }

    // MARK: - What changed

    /// The kept pieces into which rows may have come, or of which rows may have gone, since they were kept.
    private func doubtful(_ known: SliceSet) throws -> Set<Piece> {
        let grid = known.grid
        guard let first = known.slices.keys.map(\.start).min(),
            let last = known.slices.keys.map({ grid.end(of: $0) }).max()
        else { return [] }
        var touched: Set<Instant> = []
        for table in summary.tables {
            let arrivals = RowArrivals(of: table, in: run)
            // Fewer rows than before: some were dropped. More: some came with an older time of arrival.
            guard let mark = known.marks[table], try arrivals.count(before: mark.instant) == mark.rows else {
                return Set(known.slices.keys)
            }
            touched.formUnion(
                try arrivals.slices(touchedSince: mark.instant, from: first, to: last, length: grid.length))
        }
        return Set(touched.flatMap { grid.pieces(with: $0) }.filter { known.slices[$0] != nil })
    }

    private func traces(of pieces: [Piece], _ grid: SliceGrid) throws -> [Piece: RowArrivals.Trace] {
        var traces = Dictionary(pieces.map { ($0, RowArrivals.Trace()) }, uniquingKeysWith: { first, _ in first })
        for table in summary.tables {
            for pieces in grid.runs(of: pieces) {
                guard let first = pieces.first, let last = pieces.last else { continue }
                let found = try RowArrivals(of: table, in: run).traces(
                    from: first.start, to: grid.end(of: last), length: grid.span(first.slices))
                for (start, trace) in found {
                    let piece = Piece(start: start, slices: first.slices)
                    traces[piece] = traces[piece]?.joined(trace) ?? trace
                }
            }
        }
        return traces
    }

    private func marks(_ known: SliceSet) throws -> [String: SliceSet.Mark] {
        var marks: [String: SliceSet.Mark] = [:]
        for table in summary.tables {
            let arrivals = RowArrivals(of: table, in: run)
            let old = known.marks[table]?.instant ?? .min
            let newest = try arrivals.newest(since: old)
            let instant = newest.map { max(old, $0 - Self.settling) } ?? old
            marks[table] = SliceSet.Mark(instant: instant, rows: try arrivals.count(before: instant))
        }
        return marks
    }

    // MARK: - Parts

    private func read(_ missing: [Piece], _ traces: [Piece: RowArrivals.Trace], into set: inout SliceSet) throws {
        var missing = missing
        let events = missing.reduce(0) { $0 + (traces[$1]?.rows ?? 0) }
        func keep(_ parts: [(Piece, Table)]) {
            for (piece, part) in parts {
                set.slices[piece] = SliceSet.Slice(trace: traces[piece] ?? RowArrivals.Trace(), part: part)
            }
        }
        // Of many events the largest piece is read alone, and tells whether the others are worth it.
        if events > Self.fewRows,
            let largest = missing.indices.max(by: { rows(missing[$0], traces) < rows(missing[$1], traces) })
        {
            let sample = missing.remove(at: largest)
            let parts = try parts(of: [sample], set.grid)
            try check(parts, sample, of: events, traces)
            keep(parts)
        }
        for pieces in set.grid.runs(of: missing) { keep(try parts(of: pieces, set.grid)) }
        let parts = set.slices.values.reduce(0) { $0 + $1.part.rowCount }
        let all = set.slices.values.reduce(0) { $0 + $1.trace.rows }
        guard parts <= Self.fewRows || parts <= all / 2 else { throw TooManyParts() }
    }

    private func rows(_ piece: Piece, _ traces: [Piece: RowArrivals.Trace]) -> Int { traces[piece]?.rows ?? 0 }

    /// Holds what all parts would come to against what may be kept.
    private func check(
        _ parts: [(Piece, Table)], _ sample: Piece, of events: Int, _ traces: [Piece: RowArrivals.Trace]
    ) throws {
        let times = Double(events) / Double(max(1, rows(sample, traces)))
        let partRows = parts.reduce(0) { $0 + $1.1.rowCount }
        let bytes = parts.reduce(0) { $0 + PartText.text($1.1).utf8.count }
        let isDense = partRows > rows(sample, traces) / 2 && Double(partRows) * times > Double(Self.fewRows)
        if isDense || Double(bytes) * times > Double(mostBytes) { throw TooManyParts() }
    }

    /// The parts of pieces that follow each other and have one length.
    private func parts(of pieces: [Piece], _ grid: SliceGrid) throws -> [(Piece, Table)] {
        guard let first = pieces.first, let last = pieces.last else { return [] }
        let length = grid.span(first.slices)
        guard pieces.count > 1, let all = summary.parts(from: first.start, to: grid.end(of: last), length: length)
        else {
            return try pieces.map {
                ($0, try bounded(summary.part(from: $0.start, to: grid.end(of: $0))))
            }
        }
        return divided(try bounded(all), among: pieces)
    }

    /// So many rows take more than may be kept.
    private var mostRows: Int {
        mostBytes / (Self.leastBytesPerValue * max(1, summary.partSchema.columns.count)) + Self.fewRows
    }

    private func bounded(_ parts: Plan) throws -> Table {
        let count = BoundExpression.constant(.long(Int64(mostRows) + 1))
        let rows = try run.run(.take(Take(input: parts, count: count)))
        guard rows.rowCount <= mostRows else { throw TooManyParts() }
        return rows
    }

    /// The rows of several pieces, whose first column says of which, piece by piece.
    private func divided(_ rows: Table, among pieces: [Piece]) -> [(Piece, Table)] {
        var byPiece: [Instant: [Int]] = [:]
        if case .datetime(let starts)? = rows.columns.first {
            for row in 0..<rows.rowCount { starts[row].map { byPiece[Instant(ticks: $0), default: []].append(row) } }
        }
        let schema = summary.partSchema
        return pieces.map { piece in
            let own = rows.gather(byPiece[piece.start] ?? [])
            return (piece, Table(schema: schema, columns: Array(own.columns.dropFirst()), rowCount: own.rowCount))
        }
    }

    /// The rows of all pieces, one after the other.
    private func joined(_ pieces: [Table]) -> Table {
        let schema = summary.partSchema
        let columns = schema.columns.enumerated().map { index, column in
            var all = Column(empty: column.type)
            for piece in pieces { all.append(contentsOf: piece.columns[index]) }
            return all
        }
        return Table(schema: schema, columns: columns, rowCount: pieces.reduce(0) { $0 + $1.rowCount })
    }
}
