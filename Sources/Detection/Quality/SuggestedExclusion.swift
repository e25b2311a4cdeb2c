internal import Casebook
internal import JSON

/// A condition that would have kept noise of a rule away, with what it would have cost.
public struct SuggestedExclusion: Sendable, Hashable {
    /// A field of the rule's results, or of the events for Sigma, with its value.
    public struct Term: Sendable, Hashable {
        public var field: String
        public var value: String

        public init(field: String, value: String) {
            self.field = field
            self.value = value
        }
    }

    /// All must hold.
    public var terms: [Term]
    /// What to put into the rule: a KQL operator to append, or a Sigma filter.
    public var text: String
    /// Alerts that would not have been raised, out of the noise and out of the true positives.
    public var removedNoise: Int
    public var noise: Int
    public var lostTruePositives: Int
    public var truePositives: Int
    /// Incidents that would have had no alert of the rule left, by number: of noise, and true ones.
    public var removedIncidents: [Int]
    public var lostIncidents: [Int]

    /// Whether it takes at least twice as large a share of the noise as of the true positives.
    var tellsApart: Bool { removedNoise * truePositives >= 2 * lostTruePositives * noise }
}

/// Looks for conditions on results that tell noise from true positives.
public struct ExclusionSearch: Sendable {
    /// A condition must take away at least so much of the noise.
    private static let leastShare = 0.1
    private static let leastAlerts = 2
    private static let mostSingles = 12
    private static let mostSuggestions = 5
    private static let longestValue = 256

    private let rule: KnownRule
    private let alerts: ClassifiedAlerts

    public init(_ rule: KnownRule, _ alerts: ClassifiedAlerts) {
        self.rule = rule
        self.alerts = alerts
    }

    /// The best conditions, those first that lose no true positive and remove most.
    public func suggestions() -> [SuggestedExclusion] {
        let facts = alerts.alerts.map { Facts($0) }
        let noise = facts.filter { !$0.isTrue }
        guard noise.count >= Self.leastAlerts else { return [] }
        let least = max(Self.leastAlerts, Int((Double(noise.count) * Self.leastShare).rounded(.up)))
        let singles = candidates(noise, least: least)
        var tried: [SuggestedExclusion] = singles.map { suggestion([$0], facts) }
        // Two terms together are worth it only where one alone would lose true positives.
        let costly = tried.filter { $0.lostTruePositives > 0 }.map(\.terms[0])
        for first in costly {
            for second in singles
            where second.field != first.field && (second.field > first.field || !costly.contains(second)) {
                let pair = suggestion([first, second], facts)
                if pair.removedNoise >= least { tried.append(pair) }
            }
        }
        let ranked = tried.sorted { left, right in
            (left.lostTruePositives, right.removedNoise, left.terms.count, left.text)
                < (right.lostTruePositives, left.removedNoise, right.terms.count, right.text)
        }
        return Array(distinct(ranked.filter(\.tellsApart)).prefix(Self.mostSuggestions))
    }

    /// One alert's rows, as the conditions see them.
    private struct Facts {
        let isTrue: Bool
        let incident: Int
        let rows: [Set<SuggestedExclusion.Term>]

        init(_ judged: ClassifiedAlerts.Judged) {
            isTrue = judged.verdict == .truePositive
            incident = judged.incidentNumber
            rows = judged.alert.evidence.map { row in
                Set(
                    (row.objectValue ?? [:]).compactMap { name, value in
                        guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= longestValue,
                            !ExclusionSearch.isTime(text)
                        else { return nil }
                        return SuggestedExclusion.Term(field: name, value: text)
                    })
            }
        }

        /// The alert is gone when all its rows are.
        func isRemoved(by terms: [SuggestedExclusion.Term]) -> Bool {
            !rows.isEmpty && rows.allSatisfy { row in terms.allSatisfy { row.contains($0) } }
        }
    }

    private func candidates(_ noise: [Facts], least: Int) -> [SuggestedExclusion.Term] {
        var counts: [SuggestedExclusion.Term: Int] = [:]
        for fact in noise {
            guard var common = fact.rows.first else { continue }
            for row in fact.rows.dropFirst() { common.formIntersection(row) }
            for term in common { counts[term, default: 0] += 1 }
        }
        let mapped = rule.identifyingFields
        let often = counts.filter { $0.value >= least }.sorted { left, right in
            let isMapped = (mapped.contains(left.key.field) ? 0 : 1, mapped.contains(right.key.field) ? 0 : 1)
            return (right.value, isMapped.0, left.key.field, left.key.value)
                < (left.value, isMapped.1, right.key.field, right.key.value)
        }
        return often.prefix(Self.mostSingles).map(\.key)
    }

    private func suggestion(_ terms: [SuggestedExclusion.Term], _ facts: [Facts]) -> SuggestedExclusion {
        let removed = facts.filter { $0.isRemoved(by: terms) }
        let left = Set(facts.filter { !$0.isRemoved(by: terms) }.map(\.incident))
        func emptied(_ isTrue: Bool) -> [Int] {
            Set(removed.filter { $0.isTrue == isTrue }.map(\.incident)).subtracting(left).sorted()
        }
        let lost = removed.count { $0.isTrue }
        let truePositives = facts.count { $0.isTrue }
        return SuggestedExclusion(
            terms: terms, text: rule.exclusionText(terms), removedNoise: removed.count - lost,
            noise: facts.count - truePositives, lostTruePositives: lost, truePositives: truePositives,
            removedIncidents: emptied(false), lostIncidents: emptied(true))
    }

    /// Without those that do no more than a better one.
    private func distinct(_ ranked: [SuggestedExclusion]) -> [SuggestedExclusion] {
        var kept: [SuggestedExclusion] = []
        for suggestion in ranked {
            let isCovered = kept.contains { other in
                Set(suggestion.terms).isSuperset(of: other.terms)
                    && other.lostTruePositives <= suggestion.lostTruePositives
            }
            if !isCovered { kept.append(suggestion) }
        }
        return kept
    }

    /// Times tell one event from another, never noise from attack.
    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(11))
        return bytes.count == 11 && bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
            && bytes[10] == UInt8(ascii: "T") && bytes[..<4].allSatisfy { (48...57).contains($0) }
    }
}
