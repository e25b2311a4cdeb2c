public import Chronology
internal import Foundation
internal import Vocabulary

/// Finds the attacks in a set of findings.
///
/// Each finding is weighed by how much likelier it is as the next step of an attack than by chance: the rate at which its
/// rule fires on this entity anyway, how soon after the attack's other findings it came, and whether the two rules come
/// together without any attack. The logarithms of these ratios add up (naive Bayes with one dependence per finding) to
/// the odds of an attack; findings in the order of the kill chain add to them.
///
/// The result depends on the set of findings alone, not on their order.
public struct FusionEngine: Sendable {
    public let policy: FusionPolicy
    private let records: [String: RuleRecord]

    /// - Parameter records: by rule, what became of its alerts.
    public init(policy: FusionPolicy = FusionPolicy(), records: [String: RuleRecord] = [:]) {
        self.policy = policy
        self.records = records
    }

    /// The attacks among the findings, the most probable first; each finding is part of one at most.
    ///
    /// - Parameter since: Attacks all of whose findings are older are left out.
    public func attacks(in signals: [FusionSignal], since: Instant? = nil) -> [FusedAttack] {
        survey(signals).attacks(since: since)
    }

    /// What is usual among the findings, to look for attacks in them.
    public func survey(_ signals: [FusionSignal]) -> FusionSurvey {
        FusionSurvey(signals, policy: policy, records: records)
    }
}

/// A set of findings with what is usual among them.
public struct FusionSurvey {
    private let growth: FusionGrowth
    private var statistics: FusionStatistics { growth.statistics }

    fileprivate init(_ signals: [FusionSignal], policy: FusionPolicy, records: [String: RuleRecord]) {
        growth = FusionGrowth(
            statistics: FusionStatistics(signals, policy: policy), policy: policy, records: records)
    }

    /// The attacks, the most probable first; each finding is part of one at most.
    ///
    /// - Parameter since: Attacks all of whose findings are older are left out.
    public func attacks(since: Instant? = nil) -> [FusedAttack] {
        let recent = statistics.signals.indices.filter { since == nil || statistics.signals[$0].end >= since ?? .min }
        let near = since == nil ? recent : growth.neighbourhood(of: recent)
        var taken: Set<Int> = []
        var visited: Set<Int> = []
        var attacks: [FusedAttack] = []
        for seed in inOrder(near) where !taken.contains(seed) && !visited.contains(seed) {
            let chain = growth.grow(from: seed, without: taken)
            let attack = growth.attack(chain)
            if attack.isRaised(by: growth.policy), since == nil || attack.end >= since ?? .min {
                taken.formUnion(chain.links.map(\.signal))
                attacks.append(attack)
            } else {
                visited.formUnion(chain.links.map(\.signal))
            }
        }
        return attacks.sorted {
            ($1.logOdds, $0.start, $0.members.first?.signal.id ?? "") < (
                $0.logOdds, $1.start, $1.members.first?.signal.id ?? ""
            )
        }
    }

    /// The most probable attack that can be followed from one of these findings, however improbable; nil when none of them
    /// is here.
    public func attack(around ids: Set<String>) -> FusedAttack? {
        let own = inOrder(statistics.signals.indices.filter { ids.contains(statistics.signals[$0].id) })
        // An attack is found from any telling finding of it, so that some seeds are enough.
        let attacks = own.prefix(Self.seedsOfOne).map { growth.attack(growth.grow(from: $0, without: [])) }
        return attacks.max { $0.logOdds < $1.logOdds }
    }

    private static let seedsOfOne = 12

    /// The most telling first.
    private func inOrder(_ signals: [Int]) -> [Int] {
        signals.sorted { left, right in
            let (first, second) = (growth.seedEvidence(left), growth.seedEvidence(right))
            return first == second ? left < right : first > second
        }
    }
}

/// Grows chains of findings out of seeds.
struct FusionGrowth {
    /// Why a finding is in a chain.
    struct Link {
        let signal: Int
        /// The finding and the key that tie it to the chain; nil for the seed.
        let tie: (to: Int, key: Int)?
        /// Natural logarithm of the likelihood ratio; 0 for a further finding of a rule that is in the chain already.
        let evidence: Double
        /// Findings a day that chance alone would give here.
        let rate: Double
    }

    struct Chain {
        var links: [Link] = []
        var members: Set<Int> = []
        var rules: [Int: Int] = [:]
        var keys: [Int: Int] = [:]
    }

    let statistics: FusionStatistics
    let policy: FusionPolicy
    private let weights: [Double]
    private static let shortest = 0.5 / 24

    init(statistics: FusionStatistics, policy: FusionPolicy, records: [String: RuleRecord]) {
        self.statistics = statistics
        self.policy = policy
        weights = statistics.signals.map { signal in
            let base = policy.ruleWeight[signal.severity] ?? 0.01
            return base * (records[signal.rule]?.factor ?? 1) * (signal.tactics.isEmpty ? 0.5 : 1)
        }
    }

    /// Findings that lie within the window of these or are tied to them in one step.
    func neighbourhood(of recent: [Int]) -> [Int] {
        var near = Set(recent)
        for signal in recent {
            for key in statistics.keys[signal] where !statistics.isHub(key, share: policy.hubShare) {
                for other in statistics.named[key] where gap(signal, other) <= policy.window.days { near.insert(other) }
            }
        }
        return near.sorted()
    }

    func seedEvidence(_ signal: Int) -> Double {
        log(policy.attacksPerDay * weights[signal] / statistics.rate(ofRule: statistics.rules[signal], without: 1))
    }

    func grow(from seed: Int, without taken: Set<Int>) -> Chain {
        var chain = Chain()
        let rate = statistics.rate(ofRule: statistics.rules[seed], without: 1)
        add(Link(signal: seed, tie: nil, evidence: seedEvidence(seed), rate: rate), to: &chain)
        while chain.links.count < policy.mostFindings, let next = best(for: chain, without: taken) {
            add(next, to: &chain)
        }
        absorbRepeats(into: &chain, without: taken)
        return chain
    }

    private func add(_ link: Link, to chain: inout Chain) {
        chain.links.append(link)
        chain.members.insert(link.signal)
        chain.rules[statistics.rules[link.signal], default: 0] += 1
        for key in statistics.keys[link.signal] { chain.keys[key, default: 0] += 1 }
    }

    /// The finding that makes the attack likelier by most.
    private func best(for chain: Chain, without taken: Set<Int>) -> Link? {
        var best: Link?
        var tried: Set<Int> = []
        for key in chain.keys.keys.sorted() where !statistics.isHub(key, share: policy.hubShare) {
            for signal in statistics.named[key]
            where !chain.members.contains(signal) && !taken.contains(signal)
                && chain.rules[statistics.rules[signal]] == nil && tried.insert(signal).inserted
            {
                guard let link = link(signal, to: chain), link.evidence >= policy.leastEvidence else { continue }
                if let known = best, (known.evidence, signal) > (link.evidence, known.signal) { continue }
                best = link
            }
        }
        return best
    }

    /// The strongest tie of a finding to a chain.
    private func link(_ signal: Int, to chain: Chain) -> Link? {
        var best: Link?
        let rule = statistics.rules[signal]
        let ownOfRule = 1 + (chain.rules[rule] ?? 0)
        for (key, strength) in zip(statistics.keys[signal], statistics.strengths[signal]) {
            guard chain.keys[key] != nil, !statistics.isHub(key, share: policy.hubShare) else { continue }
            var nearest: (to: Int, gap: Double)?
            for member in statistics.named[key] where chain.members.contains(member) {
                let gap = gap(signal, member)
                if nearest.map({ gap < $0.gap }) ?? true { nearest = (member, gap) }
            }
            guard let nearest, nearest.gap <= policy.window.days else { continue }
            let density = density(nearest.gap)
            var rate = statistics.rate(ofRule: rule, onKey: key, withoutRule: ownOfRule)
            for (other, count) in chain.rules where other != rule && nearest.gap <= FusionStatistics.soonDays {
                let chance = statistics.chance(ofRule: rule, with: other, without: count)
                rate = max(rate, chance * density)
            }
            let evidence = log(weights[signal] * strength * density / rate)
            if best.map({ evidence > $0.evidence }) ?? true {
                best = Link(signal: signal, tie: (nearest.to, key), evidence: evidence, rate: rate)
            }
        }
        return best
    }

    /// How densely an attack's next finding is expected after so many days: as likely in each doubling of the time.
    private func density(_ gap: Double) -> Double {
        1 / ((gap + Self.shortest) * log((policy.window.days + Self.shortest) / Self.shortest))
    }

    private func gap(_ first: Int, _ second: Int) -> Double {
        let (left, right) = (statistics.spans[first], statistics.spans[second])
        return max(0, max(left.lowerBound, right.lowerBound) - min(left.upperBound, right.upperBound))
    }

    /// Further findings of the chain's telling rules on the same entities belong to it, though they prove nothing more.
    private func absorbRepeats(into chain: inout Chain, without taken: Set<Int>) {
        for link in chain.links where link.evidence > 1.5 || link.tie == nil {
            for key in statistics.keys[link.signal] where !statistics.isHub(key, share: policy.hubShare) {
                for signal in statistics.named[key]
                where statistics.rules[signal] == statistics.rules[link.signal] && !chain.members.contains(signal)
                    && !taken.contains(signal) && gap(signal, link.signal) <= 1
                    && chain.links.count < policy.mostFindings
                {
                    add(Link(signal: signal, tie: (link.signal, key), evidence: 0, rate: link.rate), to: &chain)
                }
            }
        }
    }

    /// The chain as an attack, with its odds.
    func attack(_ chain: Chain) -> FusedAttack {
        let links = chain.links.sorted { $0.signal < $1.signal }
        var furthest: AttackPhase?
        var seen: Set<AttackPhase> = []
        var members: [FusedAttack.Member] = []
        for link in links {
            let signal = statistics.signals[link.signal]
            var order = 0.0
            if let phase = signal.tactics.map(AttackPhase.init).min(), link.evidence != 0 {
                if seen.insert(phase).inserted, let before = furthest {
                    order = phase > before ? policy.advance : policy.retreat
                }
                furthest = max(furthest ?? phase, phase)
            }
            let tie = link.tie.map { tie in
                let subject = statistics.signals[link.signal].subjects.first { subject in
                    statistics.signals[tie.to].subjects.contains { $0.key == subject.key }
                        && isKey(tie.key, subject.key)
                }
                return FusedAttack.Tie(
                    signal: statistics.signals[tie.to].id, subject: subject?.name ?? "",
                    gap: TimeSpan.seconds(gap(link.signal, tie.to) * 86_400))
            }
            members.append(
                FusedAttack.Member(
                    signal: signal, tie: tie, evidence: link.evidence, order: order, ratePerDay: link.rate,
                    firedBefore: statistics.count(ofRule: statistics.rules[link.signal])
                        - (chain.rules[statistics.rules[link.signal]] ?? 0)))
        }
        return FusedAttack(members: members, days: statistics.days)
    }

    private func isKey(_ number: Int, _ key: String) -> Bool {
        statistics.named[number].first.map { first in
            statistics.signals[first].subjects.contains { $0.key == key }
        } ?? false
    }
}
