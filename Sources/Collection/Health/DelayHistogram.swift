public import Chronology

/// How late events came, counted in steps that double: below 1 s, below 2 s, below 4 s … up to about a year.
public struct DelayHistogram: Sendable, Hashable, Codable {
    private static let bucketCount = 26
    private var counts: [Int] = Array(repeating: 0, count: bucketCount)

    public init() {}

    public var total: Int { counts.reduce(0, +) }

    /// Counts one event; a time that lies ahead of its receipt (a clock that runs fast) counts as no delay.
    public mutating func add(_ delay: TimeSpan) {
        let seconds = UInt64(max(0, delay.ticks) / TimeSpan.ticksPerSecond)
        counts[min(DelayHistogram.bucketCount - 1, UInt64.bitWidth - seconds.leadingZeroBitCount)] += 1
    }

    public mutating func merge(_ other: DelayHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// Forgets half of what was counted, so that the present weighs more than the past.
    mutating func halve() {
        for index in counts.indices { counts[index] /= 2 }
    }

    /// The delay that this share of the events (0 to 1) did not exceed, in seconds; nil when nothing was counted.
    public func quantile(_ share: Double) -> Double? {
        let total = total
        guard total > 0 else { return nil }
        var seen = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if Double(seen) >= share * Double(total) { return Double(UInt64(1) << UInt64(index)) }
        }
        return nil
    }

    /// The events of each step with the step's upper bound in seconds.
    public var steps: [(below: Double, count: Int)] {
        counts.enumerated().map { (Double(UInt64(1) << UInt64($0.offset)), $0.element) }
    }
}
