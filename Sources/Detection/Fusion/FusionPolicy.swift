public import Chronology
public import Vocabulary

/// What the fusion engine assumes beforehand, and where it draws its lines.
public struct FusionPolicy: Sendable, Hashable {
    /// How far two findings of one attack may lie apart.
    public var window = TimeSpan.days(5)
    /// Findings older than this before the newest tell what is usual, and no more.
    public var horizon = TimeSpan.days(30)
    /// Attacks a day that are expected beforehand.
    public var attacksPerDay = 1.0 / 30
    /// The chance that the next finding of an attack is of one certain rule, by severity.
    public var ruleWeight: [Severity: Double] = [.informational: 0.006, .low: 0.015, .medium: 0.03, .high: 0.06]
    /// What sharing only a weak identifier (a bare name) counts.
    public var weakIdentifier = 0.5
    /// Entities that more than this share of all findings name tie nothing, as a proxy or a DNS server does not.
    public var hubShare = 0.15
    /// Natural logarithms: what reaching a later phase adds, and what going back takes.
    public var advance = 0.7
    public var retreat = -0.4
    /// A finding joins when it makes the attack more likely by this (natural logarithm).
    public var leastEvidence = 0.5
    /// From this probability on an attack is raised.
    public var threshold = 0.99
    public var fewestRules = 3
    public var fewestPhases = 2
    /// Sentinel's bound.
    public var mostFindings = 100

    public init() {}
}

/// How reliable a rule was so far, from the classifications of its alerts.
public struct RuleRecord: Sendable, Hashable {
    public var truePositives: Int
    /// Benign and false positives.
    public var otherPositives: Int

    public init(truePositives: Int, otherPositives: Int) {
        self.truePositives = truePositives
        self.otherPositives = otherPositives
    }

    /// What a rule's weight is multiplied with: 1 without classifications, to 2 for a rule that is always right, towards
    /// 0.1 for one that never is.
    var factor: Double {
        let precision = (Double(truePositives) + 2) / (Double(truePositives + otherPositives) + 4)
        return max(0.1, 2 * precision)
    }
}
