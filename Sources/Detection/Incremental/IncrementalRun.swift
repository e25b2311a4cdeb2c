internal import Chronology
internal import EventStore
internal import KQL
internal import KQLFunctions
internal import KQLValues
internal import Vocabulary

/// A run of a scheduled rule that reads only what is new in its look-back, for rules whose `summarize` allows it.
struct IncrementalRun {
    let store: any EventStore
    let slices: RuleSlices
    let environment: QueryEnvironment
    let run: RuleSchedule.Run
    let limits: ExecutionLimits

    /// What is kept was made by this version of the program's summaries; to be raised when what a function gives changes.
    private static let version = "1"

    private struct Reading: Sendable {
        var rows: Table
        var tally: SliceTally
        var sets: [SliceSet]
    }

    /// The query's rows and how much was read for them; nil when the query, or what it meets, does not allow it.
    ///
    /// Throws when the run was stopped.
    func result(of query: String) async throws -> (rows: Table, tally: SliceTally)? {
        guard let grid = SliceGrid(run), let sliced = sliced(query) else { return nil }
        var known: [SliceSet] = []
        for summary in sliced.summaries {
            known.append(try await slices.load(set(for: summary, grid), summary.partSchema))
        }
        guard !known.contains(where: \.isTooLarge) else { return nil }
        let reading: Reading
        do {
            reading = try await read(sliced, known)
        } catch let error as ExecutionError {
            guard error.code == .rowLimit || error.code == .byteLimit else { throw error }
            try await giveUp(known)
            return nil
        }
        for (set, loaded) in zip(reading.sets, known) { try await slices.save(set, loaded: loaded) }
        return (reading.rows, reading.tally)
    }

    private func sliced(_ query: String) -> SlicedQuery? {
        var options = run.options
        options.keepsNow = true
        // What does not compile so may do so as a whole, and that run tells what is wrong with it.
        guard let compiled = try? KQLEngine.compile(query, environment: environment, options: options),
            compiled.results.count == 1, !compiled.primary.isOpen
        else { return nil }
        let context = EvaluationContext(now: run.nominalTime, seed: options.seed)
        return SlicedQuery(compiled.primary.plan, context: context)
    }

    private func set(for summary: SlicedSummary, _ grid: SliceGrid) -> SliceSet {
        let key = StableIdentifier.make([
            Self.version, summary.signature, String(grid.length.ticks), String(run.window.duration.ticks),
        ])
        return SliceSet(key: key, window: run.window.duration, grid: grid)
    }

    private func read(_ sliced: SlicedQuery, _ known: [SliceSet]) async throws -> Reading {
        let dialect = store.dialect
        return try await store.read(seconds: limits.seconds) { [run, limits, environment] session in
            let plans = StorePlanRun(
                in: session, dialect: dialect, options: run.options, limits: limits, external: environment.external)
            var parts: [Table] = []
            var sets: [SliceSet] = []
            var tally = SliceTally(read: 0, of: 0)
            // Summaries with the same slices over different times follow each other on the same set.
            var current: [String: SliceSet] = [:]
            for (summary, set) in zip(sliced.summaries, known) {
                let reading = SummaryReading(summary: summary, run: plans, window: run.window.duration)
                let outcome = try reading.outcome(current[set.key] ?? set)
                current[set.key] = outcome.set
                parts.append(outcome.parts)
                tally.read += outcome.tally.read
                tally.all += outcome.tally.all
            }
            for set in known { sets.append(current[set.key] ?? set) }
            return Reading(rows: try plans.run(sliced.plan(over: parts)), tally: tally, sets: sets)
        }
    }

    /// The parts are too many: the rule runs as a whole until its look-back has passed.
    private func giveUp(_ known: [SliceSet]) async throws {
        for loaded in known {
            var set = loaded
            set.slices = [:]
            set.isTooLarge = true
            try await slices.save(set, loaded: loaded)
        }
    }
}
