internal import Chronology
internal import Foundation

/// The findings of a stretch of time with what is usual among them: how often each rule fires, how often each entity is
/// named, which rule fires on which entity, and which rules come together by chance.
struct FusionStatistics {
    /// In the order of their times and identifiers, each once.
    let signals: [FusionSignal]
    /// Days that the findings cover.
    let days: Double
    /// By finding: its rule, its subjects, its times in days.
    let rules: [Int]
    let keys: [[Int]]
    let strengths: [[Double]]
    let spans: [ClosedRange<Double>]
    /// By key: the findings that name it.
    let named: [[Int]]
    private let ruleCounts: [Int]
    private var ruleOnKey: [Pair: Int] = [:]
    private var together: [Pair: Together] = [:]
    /// The share of findings that come in bunches: soon before or after one of another rule on the same entity, beyond what
    /// falls together by accident.
    private var bunching = 0.0

    struct Pair: Hashable {
        let first: Int
        let second: Int
    }

    /// How often two rules fired on one entity soon after each other, and later on the same day.
    private struct Together {
        var soon = 0
        var later = 0

        mutating func count(isSoon: Bool) {
            if isSoon { soon += 1 } else { later += 1 }
        }
    }

    /// Until more is known, one in five findings is thought to come in a bunch, as if fifty had been seen.
    private static let expectedBunching = (findings: 50.0, share: 0.2)
    private static let togetherDays = 1.0
    static let soonDays = 2.0 / 24

    init(_ given: [FusionSignal], policy: FusionPolicy) {
        var seen: Set<String> = []
        let signals = given.sorted { ($0.start, $0.id) < ($1.start, $1.id) }.filter { seen.insert($0.id).inserted }
        self.signals = signals
        var ruleNumbers = Numbering()
        var keyNumbers = Numbering()
        rules = signals.map { ruleNumbers.number($0.rule) }
        var keys: [[Int]] = []
        var strengths: [[Double]] = []
        for signal in signals {
            var own: [Int] = []
            var weights: [Double] = []
            for subject in signal.subjects {
                let number = keyNumbers.number(subject.key)
                guard !own.contains(number) else { continue }
                own.append(number)
                weights.append(subject.isStrong ? 1 : policy.weakIdentifier)
            }
            keys.append(own)
            strengths.append(weights)
        }
        self.keys = keys
        self.strengths = strengths
        let origin = signals.first?.start ?? .unixEpoch
        spans = signals.map { signal in
            let start = (signal.start - origin).days
            return start...max(start, (signal.end - origin).days)
        }
        days = max(1, spans.last?.lowerBound ?? 0)
        var counts = Array(repeating: 0, count: ruleNumbers.count)
        var named = Array(repeating: [Int](), count: keyNumbers.count)
        for (position, rule) in rules.enumerated() {
            counts[rule] += 1
            for key in keys[position] {
                named[key].append(position)
                ruleOnKey[Pair(first: rule, second: key), default: 0] += 1
            }
        }
        ruleCounts = counts
        self.named = named
        countPairs(hub: policy.hubShare)
    }

    /// Counts how often two rules fire on one entity soon after each other, and how often within a day: what comes by
    /// chance is spread over the day, what belongs together comes at once.
    ///
    /// Findings in bunches are told the same way: those with company within two hours, less those with company at the same
    /// time of the next day.
    private mutating func countPairs(hub: Double) {
        var lastSeen = Array(repeating: -1, count: signals.count)
        var inCompany: Set<Int> = []
        var aDayApart: Set<Int> = []
        for first in signals.indices {
            for key in keys[first] where !isHub(key, share: hub) {
                for second in named[key][followers(of: first, in: named[key])...] {
                    let gap = spans[second].lowerBound - spans[first].lowerBound
                    if gap > Self.togetherDays { break }
                    guard rules[first] != rules[second], lastSeen[second] != first else { continue }
                    lastSeen[second] = first
                    if gap <= Self.soonDays { inCompany.formUnion([first, second]) }
                    if gap > Self.togetherDays - Self.soonDays { aDayApart.formUnion([first, second]) }
                    together[pair(rules[first], rules[second]), default: Together()].count(isSoon: gap <= Self.soonDays)
                }
            }
        }
        let (findings, share) = Self.expectedBunching
        let excess = Double(max(0, inCompany.count - aDayApart.count))
        bunching = (excess + findings * share) / (Double(signals.count) + findings)
    }

    /// The place behind a finding in an ascending list that has it.
    private func followers(of signal: Int, in list: [Int]) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] <= signal { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func pair(_ first: Int, _ second: Int) -> Pair {
        Pair(first: min(first, second), second: max(first, second))
    }

    /// Is the entity named by so many findings that sharing it means nothing?
    func isHub(_ key: Int, share: Double) -> Bool {
        named[key].count > 20 && Double(named[key].count) > share * Double(signals.count)
    }

    /// Findings of a rule a day, not counting `own` of them; a rule that never fired may do so once in a while.
    func rate(ofRule rule: Int, without own: Int) -> Double {
        (Double(max(0, ruleCounts[rule] - own)) + 0.4) / (days + 7)
    }

    func count(ofRule rule: Int) -> Int { ruleCounts[rule] }

    /// The share of findings that name an entity, not counting one of them.
    ///
    /// The others of an attack count: were they no attack, they would be what is usual of this entity, so that many findings
    /// on one entity are no proof by themselves.
    private func share(ofKey key: Int) -> Double {
        (Double(max(0, named[key].count - 1)) + 0.5) / (Double(signals.count) + 50)
    }

    /// Findings of a rule on an entity a day, by chance: what was seen of this pair, pulled towards what rule and entity
    /// alone would make one expect. Of the rule `own` findings are not counted, of the pair one.
    func rate(ofRule rule: Int, onKey key: Int, withoutRule own: Int) -> Double {
        let seen = max(0, (ruleOnKey[Pair(first: rule, second: key)] ?? 0) - 1)
        let expected = rate(ofRule: rule, without: own) * share(ofKey: key)
        let weight = 10.0
        return max(expected, (Double(seen) + expected * weight) / (days + weight))
    }

    /// The chance that a finding of `rule` comes soon after or before one of `other` without any attack, beyond what falls
    /// together by chance; `own` such pairs are not counted.
    ///
    /// Work that trips one rule trips another. Where these two were not seen together often, it is the chance that a finding
    /// comes in a bunch at all, shared out among the rules as they fire.
    func chance(ofRule rule: Int, with other: Int, without own: Int) -> Double {
        let pooled = bunching * (Double(ruleCounts[rule]) + 0.4) / (Double(signals.count) + 1)
        guard let pairs = together[pair(rule, other)] else { return pooled }
        let accidental = Double(pairs.later) * Self.soonDays / (Self.togetherDays - Self.soonDays)
        // One such pair may be an accident too.
        let excess = max(0, Double(pairs.soon - own) - accidental - 1)
        return max(pooled, excess / (Double(ruleCounts[other]) + 5))
    }

    private struct Numbering {
        private var numbers: [String: Int] = [:]
        var count: Int { numbers.count }
        mutating func number(_ text: String) -> Int {
            let next = numbers.count
            return numbers[text]
                ?? {
                    numbers[text] = next
                    return next
                }()
        }
    }
}

extension TimeSpan {
    var days: Double { seconds / 86_400 }
}
