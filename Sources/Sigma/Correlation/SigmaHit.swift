/// A rule's match of one event, as correlations see it.
public struct SigmaHit: Sendable, Hashable {
    /// The rule's or correlation's id.
    public var rule: String
    /// When the event happened, in milliseconds since 1970.
    public var time: Int64
    /// Identifies the event: the same one delivered again must have the same text.
    public var event: String
    /// The values of the fields that correlations ask for, by name in lower case.
    public var values: [String: String]
    /// What the caller wants back with a match.
    public var payload: String

    public init(rule: String, time: Int64, event: String, values: [String: String], payload: String = "") {
        self.rule = rule
        self.time = time
        self.event = event
        self.values = values
        self.payload = payload
    }
}

/// A correlation that came true.
public struct SigmaCorrelationMatch: Sendable {
    public var correlation: SigmaCorrelation
    /// The values of `groupBy`, in its order.
    public var group: [String]
    /// When the first and the last of its events happened, in milliseconds since 1970.
    public var start: Int64
    public var end: Int64
    /// Hits until this time belong to this match and make no other.
    public var until: Int64
    /// What was compared with the condition's bounds.
    public var value: Double
    public var hits: Int
    /// The payloads of some of its hits.
    public var payloads: [String]
    /// What correlations over this one are told. A correlator that is to remember the match is given this hit again.
    public var hit: SigmaHit
}

/// Hits that came together in one correlation and group.
struct CorrelationGroup: Sendable {
    struct Entry: Sendable {
        var time: Int64
        /// Which of the correlation's rules it is of.
        var rule: Int
        var event: String
        var value: String
        var payload: String
        /// How far events had come when it was taken in.
        var seen: Int64
    }

    /// By time, then by rule.
    private(set) var entries: [Entry] = []
    /// The times of matches that came of this group; hits inside are theirs.
    var consumed: [ClosedRange<Int64>] = []
    private(set) var newest = Int64.min

    /// Takes a hit; nil when it was there already or belongs to a match, else its place.
    mutating func insert(_ entry: Entry, countsRules: Bool, horizon: Int64, most: Int) -> Int? {
        newest = max(newest, entry.time)
        guard entry.time >= newest - horizon, !consumed.contains(where: { $0.contains(entry.time) }) else { return nil }
        var place = entries.endIndex
        while place > 0, (entries[place - 1].time, entries[place - 1].rule) > (entry.time, entry.rule) { place -= 1 }
        var other = place - 1
        while other >= 0, entries[other].time == entry.time {
            if entries[other].event == entry.event && (!countsRules || entries[other].rule == entry.rule) { return nil }
            other -= 1
        }
        entries.insert(entry, at: place)
        forget(before: newest - horizon)
        if entries.count > most { entries.removeFirst(entries.count / 10 + 1) }
        return entries.lastIndex { $0.event == entry.event && $0.time == entry.time && $0.rule == entry.rule }
    }

    /// The hits of the timespan that ends with the one at that place.
    func window(endingAt end: Int, span: Int64) -> ArraySlice<Entry> {
        let start = entries[end].time - span
        var (low, high) = (0, end)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].time < start { low = middle + 1 } else { high = middle }
        }
        return entries[low...end]
    }

    /// The hits of the timespan that begins with the first one.
    func firstWindow(span: Int64) -> ArraySlice<Entry>? {
        entries.first.map { first in entries.prefix { $0.time <= first.time + span } }
    }

    /// How far events must have come until nothing is expected any more that would change the first window; nil for an
    /// empty group. Hits of a place that is behind come together: one that came late waits for others.
    func decision(span: Int64, tolerance: Int64) -> Int64? {
        guard let window = firstWindow(span: span), let first = window.first else { return nil }
        return window.reduce(first.time + span) { max($0, $1.seen) } + tolerance
    }

    mutating func consume(_ range: ClosedRange<Int64>) {
        consumed.append(range)
        entries.removeAll { range.contains($0.time) }
    }

    private mutating func forget(before time: Int64) {
        let old = entries.prefix { $0.time < time }.count
        if old > 0 { entries.removeFirst(old) }
        consumed.removeAll { $0.upperBound < time }
    }
}
