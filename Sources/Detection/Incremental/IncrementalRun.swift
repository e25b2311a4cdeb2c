internal import Chronology
internal import EventStore
internal import KQL
internal import KQLFunctions
internal import KQLValues
internal import Vocabulary

/// A run of a scheduled rule that reads only what is new in its look-back, for rules whose `summarize` allows it.
struct IncrementalRun {
    /// Stands for the query, its frequency and its look-back.
    let key: String
    let run: RuleSchedule.Run
    private let sliced: SlicedQuery
    private let grid: SliceGrid
    private let store: any EventStore
    private let slices: RuleSlices
    private let environment: QueryEnvironment
    private let limits: ExecutionLimits

    /// What is kept was made by this version of the program's summaries; to be raised when what a function gives changes.
    private static let version = "1"

    private struct Reading: Sendable {
        var rows: Table
        var tally: SliceTally
        var sets: [String: SliceSet]
    }

    /// Nil when the query or its schedule does not allow it.
    init?(
        _ query: String, _ run: RuleSchedule.Run, store: any EventStore, slices: RuleSlices,
        environment: QueryEnvironment, limits: ExecutionLimits
    ) {
        guard let grid = SliceGrid(run) else { return nil }
        var options = run.options
        options.keepsNow = true
        // What does not compile so may do so as a whole, and that run tells what is wrong with it.
        guard let compiled = try? KQLEngine.compile(query, environment: environment, options: options),
            compiled.results.count == 1, !compiled.primary.isOpen
        else { return nil }
        let context = EvaluationContext(now: run.nominalTime, seed: options.seed)
        guard let sliced = SlicedQuery(compiled.primary.plan, context: context) else { return nil }
        key = StableIdentifier.make([query, String(grid.length.ticks), String(run.window.duration.ticks)])
        self.run = run
        self.sliced = sliced
        self.grid = grid
        self.store = store
        self.slices = slices
        self.environment = environment
        self.limits = limits
    }

    /// The query's rows and how much was read for them; nil when its parts are too many.
    ///
    /// Throws when the run was stopped.
    func result() async throws -> (rows: Table, tally: SliceTally)? {
        var known: [String: SliceSet] = [:]
        for summary in sliced.summaries {
            let empty = set(for: summary)
            if known[empty.key] == nil { known[empty.key] = try await slices.load(empty, summary.partSchema) }
        }
        guard !known.values.contains(where: \.isTooLarge) else { return nil }
        let reading: Reading
        do {
            reading = try await read(known)
        } catch is SummaryReading.TooManyParts {
            try await giveUp(known)
            return nil
        } catch let error as ExecutionError {
            guard error.code == .rowLimit || error.code == .byteLimit else { throw error }
            try await giveUp(known)
            return nil
        }
        for (key, loaded) in known {
            if let set = reading.sets[key] { try await slices.save(set, loaded: loaded) }
        }
        return (reading.rows, reading.tally)
    }

    private func set(for summary: SlicedSummary) -> SliceSet {
        let key = StableIdentifier.make([
            Self.version, summary.signature, String(grid.length.ticks), String(run.window.duration.ticks),
        ])
        return SliceSet(key: key, window: run.window.duration, grid: grid)
    }

    private func read(_ known: [String: SliceSet]) async throws -> Reading {
        let dialect = store.dialect
        let mostBytes = slices.limits.bytesPerSummary
        let keys = sliced.summaries.map { set(for: $0).key }
        return try await store.read(seconds: limits.seconds) { [run, limits, environment, sliced] session in
            let plans = StorePlanRun(
                in: session, dialect: dialect, options: run.options, limits: limits, external: environment.external)
            var parts: [Table] = []
            var tally = SliceTally(read: 0, of: 0)
            // Summaries with the same slices over different times follow each other on the same set.
            var sets = known
            var wanted: [String: Set<SliceSet.Piece>] = [:]
            for (summary, key) in zip(sliced.summaries, keys) {
                guard let set = sets[key] else { continue }
                let outcome = try SummaryReading(summary: summary, run: plans, mostBytes: mostBytes).outcome(set)
                sets[key] = outcome.set
                wanted[key, default: []].formUnion(outcome.pieces)
                parts.append(outcome.parts)
                tally.read += outcome.tally.read
                tally.all += outcome.tally.all
            }
            for (key, pieces) in wanted { sets[key]?.forget(except: pieces) }
            return Reading(rows: try plans.run(sliced.plan(over: parts)), tally: tally, sets: sets)
        }
    }

    /// The parts are too many: the rule runs as a whole until its look-back has passed.
    private func giveUp(_ known: [String: SliceSet]) async throws {
        for loaded in known.values {
            var set = loaded
            set.slices = [:]
            set.isTooLarge = true
            try await slices.save(set, loaded: loaded)
        }
    }
}
