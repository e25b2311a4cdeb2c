public import Chronology

/// Events per minute of the last hour.
public struct MinuteCounts: Sendable, Hashable, Codable {
    private static let length = 60
    /// The counts of minute `m` lie at `m % 60`.
    private var counts: [Int] = Array(repeating: 0, count: length)
    /// Minutes since the epoch of the newest count.
    private var newest: Int64 = 0

    public init() {}

    public mutating func add(_ count: Int, at now: Instant) {
        let minute = MinuteCounts.minute(now)
        advance(to: minute)
        guard minute > newest - Int64(MinuteCounts.length) else { return }
        counts[MinuteCounts.place(minute)] += count
    }

    /// Events per minute over the last `minutes`, the one that runs among them.
    public func rate(over minutes: Int, at now: Instant) -> Double {
        Double(history(at: now).suffix(minutes).reduce(0, +)) / Double(max(1, minutes))
    }

    /// The counts of the last 60 minutes, the oldest first.
    public func history(at now: Instant) -> [Int] {
        let last = MinuteCounts.minute(now)
        return (0..<MinuteCounts.length).map { index in
            let minute = last - Int64(MinuteCounts.length - 1 - index)
            let isKept = minute <= newest && minute > newest - Int64(MinuteCounts.length)
            return isKept ? counts[MinuteCounts.place(minute)] : 0
        }
    }

    private mutating func advance(to minute: Int64) {
        guard minute > newest else { return }
        if minute - newest >= Int64(MinuteCounts.length) {
            counts = Array(repeating: 0, count: MinuteCounts.length)
        } else {
            for passed in (newest + 1)...minute { counts[MinuteCounts.place(passed)] = 0 }
        }
        newest = minute
    }

    private static func minute(_ instant: Instant) -> Int64 { max(0, instant.ticks) / 600_000_000 }

    private static func place(_ minute: Int64) -> Int { Int(minute % Int64(length)) }
}
