public import JSON
public import Records

/// Counts, over the batches of one file, how many events each rule matches.
public struct SigmaScan: Sendable {
    private var matcher: SigmaMatcher
    private var counts: [Int]
    /// Events seen so far.
    public private(set) var events = 0

    public init(_ ruleSet: SigmaRuleSet) {
        matcher = SigmaMatcher(ruleSet)
        counts = [Int](repeating: 0, count: ruleSet.rules.count)
    }

    /// Matches a batch; `product` as in `SigmaMatcher.match`.
    public mutating func add(_ batch: RecordBatch, product: String? = nil) {
        events += batch.count
        var found = counts
        matcher.match(batch, product: product) { _, rule in found[rule] += 1 }
        counts = found
    }

    /// The rules that matched, in the order of the rule set, with their number of matching events.
    public var matches: [(rule: SigmaRule, events: Int)] {
        counts.indices.filter { counts[$0] > 0 }.map { (matcher.ruleSet.rules[$0], counts[$0]) }
    }

    /// Starts over for the next file.
    public mutating func reset() {
        events = 0
        for index in counts.indices { counts[index] = 0 }
    }

    /// One JSON object per matching rule: `{"file":…,"rule":id,"title":…,"level":…,"events":n}`.
    public func lines(file: String) -> [JSON] {
        matches.map { rule, events in
            [
                "file": .string(file), "rule": .string(rule.id), "title": .string(rule.title),
                "level": .string(rule.level.rawValue), "events": .int(Int64(events)),
            ]
        }
    }
}
