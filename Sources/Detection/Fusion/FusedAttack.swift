public import Chronology
internal import Foundation
public import Vocabulary

/// An attack of several stages, put together out of findings, with the reasons for thinking so.
public struct FusedAttack: Sendable {
    /// What ties a finding to one before it.
    public struct Tie: Sendable, Hashable {
        /// The identifier of the other finding.
        public var signal: String
        /// The entity that both name.
        public var subject: String
        public var gap: TimeSpan
    }

    /// A finding in the attack and what it adds.
    public struct Member: Sendable {
        public var signal: FusionSignal
        /// Nil for the finding from which the attack was followed.
        public var tie: Tie?
        /// Natural logarithm of how much likelier the finding is with an attack than without; 0: a repetition.
        public var evidence: Double
        /// What its place in the kill chain adds.
        public var order: Double
        /// Findings a day of this rule that chance alone gives, on the entity that ties it.
        public var ratePerDay: Double
        /// Findings of the rule outside of the attack.
        public var firedBefore: Int
    }

    /// The product name of fused alerts, as Sentinel has it.
    public static let product = "Fusion"

    /// In the order of time.
    public let members: [Member]
    /// Days of findings that the rates come from.
    public let days: Double

    /// Natural logarithm of the odds.
    public var logOdds: Double { members.reduce(0) { $0 + $1.evidence + $1.order } }
    public var probability: Double { 1 / (1 + exp(-logOdds)) }
    public var start: Instant { members.map(\.signal.start).min() ?? .min }
    public var end: Instant { members.map(\.signal.end).max() ?? .min }

    /// The tactics in the order of the kill chain.
    public var tactics: [Tactic] {
        let all = Set(members.flatMap(\.signal.tactics))
        return Tactic.allCases.filter(all.contains)
    }

    public var techniques: [String] { Set(members.flatMap(\.signal.techniques)).sorted() }
    public var phases: Set<AttackPhase> {
        Set(members.filter { $0.evidence != 0 }.flatMap { $0.signal.tactics.map(AttackPhase.init) })
    }
    public var ruleCount: Int { Set(members.map(\.signal.rule)).count }

    /// Is it probable and broad enough to be told?
    public func isRaised(by policy: FusionPolicy) -> Bool {
        probability >= policy.threshold && ruleCount >= policy.fewestRules && phases.count >= policy.fewestPhases
    }

    // MARK: in words

    /// `Multi-stage attack involving Initial access & Exfiltration on NWH-FS01`.
    public var title: String {
        var names = tactics.map(\.title)
        if names.count > 3, let first = names.first, let last = names.last {
            let middle = names[names.count / 2]
            names = [first, middle, last]
        }
        let stages =
            names.count > 1 ? names.dropLast().joined(separator: ", ") + " & " + (names.last ?? "") : names.first ?? ""
        let subjects = mainSubjects
        return "Multi-stage attack" + (stages.isEmpty ? "" : " involving \(stages)")
            + (subjects.first.map { " on \($0)" } ?? "")
    }

    /// The entities that tie most of the findings together.
    public var mainSubjects: [String] {
        var counts: [String: Int] = [:]
        for member in members {
            if let subject = member.tie?.subject, !subject.isEmpty { counts[subject, default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map(\.key)
    }

    /// What happened, stage by stage, and why it is thought to be one attack; Markdown.
    public var story: String {
        let percent = probability > 0.999 ? "more than 99.9" : String(format: "%.1f", probability * 100)
        var lines = [
            "\(members.count == 1 ? "1 finding" : "\(members.count) findings") of "
                + "\(ruleCount == 1 ? "1 rule" : "\(ruleCount) rules"), together an attack with a probability of \(percent) %.",
            "",
        ]
        for (number, member) in members.enumerated() {
            let stage = member.signal.tactics.map(\.title).joined(separator: ", ")
            lines.append(
                "\(number + 1). \(member.signal.start.formatted(fractionDigits: 0)) **\(member.signal.title)**"
                    + (stage.isEmpty ? "" : " (\(stage))")
                    + " – \(member.signal.product), \(member.signal.severity.rawValue). "
                    + explanation(of: member))
        }
        lines += [
            "",
            "Odds: " + String(format: "%.1f", logOdds / log(10))
                + " powers of ten, out of \(Int(days.rounded())) days of findings.",
        ]
        return lines.joined(separator: "\n")
    }

    /// Why a finding counts as it does, in words and numbers.
    public func explanation(of member: Member) -> String {
        guard member.evidence != 0 else { return "Again; adds nothing." }
        var parts: [String] = []
        if let tie = member.tie {
            parts.append("Shares \(tie.subject) with an earlier step, \(tie.gap.words) apart")
            parts.append("by chance once in \(Self.interval(member.ratePerDay))")
        } else {
            parts.append("Fired \(member.firedBefore) times besides in \(Int(days.rounded())) days")
        }
        parts.append(Self.factor(member.evidence))
        if member.order > 0 { parts.append("a later phase of the kill chain, " + Self.factor(member.order)) }
        if member.order < 0 { parts.append("an earlier phase, " + Self.factor(member.order)) }
        return parts.joined(separator: "; ") + "."
    }

    private static func factor(_ evidence: Double) -> String {
        let factor = exp(abs(evidence))
        let text = factor >= 10 ? String(format: "%.0f", factor) : String(format: "%.1f", factor)
        return evidence >= 0 ? "\(text) times likelier with an attack" : "\(text) times likelier without"
    }

    private static func interval(_ perDay: Double) -> String {
        let days = 1 / max(perDay, 1e-9)
        if days > 730 { return String(format: "%.0f years", days / 365) }
        if days >= 2 { return String(format: "%.0f days", days) }
        return String(format: "%.0f hours", max(1, days * 24))
    }
}

extension Tactic {
    /// `Lateral movement`.
    var title: String {
        var text = ""
        for character in rawValue {
            if character.isUppercase, !text.isEmpty {
                text += " " + character.lowercased()
            } else {
                text.append(character)
            }
        }
        return text
    }
}

extension TimeSpan {
    /// `5 minutes`, `3 hours`, `2 days`.
    fileprivate var words: String {
        let minutes = Int(seconds / 60)
        if minutes < 120 { return "\(minutes) minutes" }
        return minutes < 2_880 ? "\(minutes / 60) hours" : "\(minutes / 1_440) days"
    }
}
