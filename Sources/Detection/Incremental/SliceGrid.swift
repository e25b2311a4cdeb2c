internal import Chronology
internal import Vocabulary

/// How a rule's look-back is cut: slices of one length, one of which ends where the window ends.
struct SliceGrid: Sendable, Hashable {
    /// A slice begins here.
    let phase: Instant
    let length: TimeSpan

    private static let mostSlices: Int64 = 500

    init(phase: Instant, length: TimeSpan) {
        self.phase = phase
        self.length = length
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
        self.init(phase: run.window.end, length: TimeSpan(ticks: length))
    }

    /// A stretch of time; the end is excluded.
    struct Stretch: Hashable {
        var start: Instant
        var end: Instant
    }

    /// The beginnings of the slices that lie in a stretch wholly, in order, and what is left before and after them.
    func slices(of stretch: Stretch) -> (whole: [Instant], rest: [Stretch]) {
        let first = beginning(atOrAfter: stretch.start)
        var whole: [Instant] = []
        var end = first
        while end + length <= stretch.end {
            whole.append(end)
            end = end + length
        }
        let rest =
            whole.isEmpty
            ? [stretch] : [Stretch(start: stretch.start, end: first), Stretch(start: end, end: stretch.end)]
        return (whole, rest.filter { $0.start < $0.end })
    }

    private func beginning(atOrAfter instant: Instant) -> Instant {
        let steps = (phase - instant).ticks.floorDivided(by: length.ticks)
        return phase - TimeSpan(ticks: steps * length.ticks)
    }

    /// Slices that follow each other, as stretches.
    func stretches(of slices: some Sequence<Instant>) -> [Stretch] {
        var stretches: [Stretch] = []
        for start in slices.sorted() {
            if let last = stretches.last, last.end == start {
                stretches[stretches.count - 1].end = start + length
            } else {
                stretches.append(Stretch(start: start, end: start + length))
            }
        }
        return stretches
    }
}
