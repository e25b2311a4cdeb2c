internal import Chronology
internal import EventStore
internal import KQL
internal import KQLValues

/// Brings the slices of a summary up to date within one read of the store.
struct SummaryReading {
    let summary: SlicedSummary
    let run: StorePlanRun
    /// The end of the newest slice that may be kept, less this, is the oldest that is.
    let window: TimeSpan

    /// Slices made again of rows appended so shortly before the last are looked at once more: others may have been on
    /// their way.
    private static let settling = TimeSpan.minutes(1)
    /// Parts of fewer rows are kept even when the events are not many more.
    private static let fewRows = 20_000

    /// What a reading gave.
    struct Outcome {
        var set: SliceSet
        /// The rows of all parts, slice by slice.
        var parts: Table
        var tally: SliceTally
    }

    /// The parts of the whole time, read anew where rows came or went since `known` was kept.
    func outcome(_ known: SliceSet) throws -> Outcome {
        var set = known
        let stretch = SliceGrid.Stretch(start: summary.start, end: summary.end)
        let (wanted, rest) = stretch.start < stretch.end ? known.grid.slices(of: stretch) : ([], [])
        let doubtful = try doubtful(known)
        let unknown = wanted.filter { known.slices[$0] == nil || doubtful.contains($0) }
        let traces = try traces(of: unknown, known.grid)
        for start in doubtful where !(known.slices[start]?.trace == traces[start]) { set.slices[start] = nil }
        let missing = wanted.filter { set.slices[$0] == nil }
        for (start, part) in try parts(of: missing, known.grid) {
            set.slices[start] = SliceSet.Slice(trace: traces[start] ?? RowArrivals.Trace(), part: part)
        }
        let edges = try rest.map { try run.run(summary.part(from: $0.start, to: $0.end)) }
        let pieces = wanted.compactMap { set.slices[$0]?.part } + edges
        set.isTooLarge = isTooLarge(set)
        set.marks = try marks(known)
        forgetOld(&set)
        return Outcome(
            set: set, parts: joined(pieces),
            tally: SliceTally(read: missing.count + edges.count, of: wanted.count + edges.count))
    }

    // MARK: - What changed

    /// The kept slices into which rows may have come, or of which rows may have gone, since they were kept.
    private func doubtful(_ known: SliceSet) throws -> Set<Instant> {
        guard let first = known.slices.keys.min(), let last = known.slices.keys.max() else { return [] }
        var touched: Set<Instant> = []
        for table in summary.tables {
            let arrivals = RowArrivals(of: table, in: run)
            // Fewer rows than before: some were dropped. More: some came with an older time of arrival.
            guard let mark = known.marks[table], try arrivals.count(before: mark.instant) == mark.rows else {
                return Set(known.slices.keys)
            }
            touched.formUnion(
                try arrivals.slices(
                    touchedSince: mark.instant, from: first, to: last + known.grid.length, length: known.grid.length))
        }
        return touched.intersection(known.slices.keys)
    }

    private func traces(of slices: [Instant], _ grid: SliceGrid) throws -> [Instant: RowArrivals.Trace] {
        var traces = Dictionary(slices.map { ($0, RowArrivals.Trace()) }, uniquingKeysWith: { first, _ in first })
        for table in summary.tables {
            for stretch in grid.stretches(of: slices) {
                let found = try RowArrivals(of: table, in: run).traces(
                    from: stretch.start, to: stretch.end, length: grid.length)
                traces.merge(found) { $0.joined($1) }
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

    private func parts(of slices: [Instant], _ grid: SliceGrid) throws -> [(Instant, Table)] {
        var parts: [(Instant, Table)] = []
        for stretch in grid.stretches(of: slices) {
            let starts = slices.filter { $0 >= stretch.start && $0 < stretch.end }
            guard starts.count > 1,
                let all = summary.parts(from: stretch.start, to: stretch.end, length: grid.length)
            else {
                for start in starts {
                    parts.append((start, try run.run(summary.part(from: start, to: start + grid.length))))
                }
                continue
            }
            parts += divided(try run.run(all), among: starts)
        }
        return parts
    }

    /// The rows of several slices, whose first column says of which, slice by slice.
    private func divided(_ rows: Table, among starts: [Instant]) -> [(Instant, Table)] {
        var bySlice: [Instant: [Int]] = [:]
        if case .datetime(let slices)? = rows.columns.first {
            for row in 0..<rows.rowCount { slices[row].map { bySlice[Instant(ticks: $0), default: []].append(row) } }
        }
        let schema = summary.partSchema
        return starts.map { start in
            let own = rows.gather(bySlice[start] ?? [])
            return (start, Table(schema: schema, columns: Array(own.columns.dropFirst()), rowCount: own.rowCount))
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

    // MARK: - What is kept

    /// Whether the parts are hardly fewer than the events.
    private func isTooLarge(_ set: SliceSet) -> Bool {
        let parts = set.slices.values.reduce(0) { $0 + $1.part.rowCount }
        let events = set.slices.values.reduce(0) { $0 + $1.trace.rows }
        return parts > Self.fewRows && parts > events / 2
    }

    private func forgetOld(_ set: inout SliceSet) {
        if set.isTooLarge { set.slices = [:] }
        guard let newest = set.slices.keys.max() else { return }
        let oldest = newest + set.grid.length - window
        for start in set.slices.keys where start < oldest { set.slices[start] = nil }
    }
}
