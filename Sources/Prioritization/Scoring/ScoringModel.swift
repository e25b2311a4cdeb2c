public import Chronology
internal import Foundation
public import Vocabulary

/// The weights that make a priority out of an incident: points per factor, which are added and kept within 0 to 100.
public struct ScoringModel: Sendable, Hashable {
    /// Points for each of something beyond the first, and their bound.
    public struct Step: Sendable, Hashable {
        public var each: Double
        public var most: Double

        public init(each: Double, most: Double) {
            self.each = each
            self.most = most
        }

        func points(_ count: Int) -> Double { min(most, Double(count) * each) }
    }

    /// Points that something gains when it speaks wholly for an incident, and loses when it speaks wholly against.
    public struct Swing: Sendable, Hashable {
        public var gain: Double
        public var loss: Double

        public init(gain: Double, loss: Double) {
            self.gain = gain
            self.loss = loss
        }

        /// - Parameter evidence: −1 to 1.
        func points(_ evidence: Double) -> Double { evidence * (evidence > 0 ? gain : loss) }
    }

    /// How probable a joined finding must be to count, and from where on it counts in full; between the two by its odds.
    public struct Proof: Sendable, Hashable {
        /// Probabilities, 0 to 1.
        public var from: Double
        public var full: Double

        public init(from: Double, full: Double) {
            self.from = from
            self.full = full
        }

        /// 0 to 1.
        func share(_ probability: Double) -> Double {
            func odds(_ probability: Double) -> Double {
                let bounded = min(max(probability, 1e-12), 1 - 1e-12)
                return log(bounded / (1 - bounded))
            }
            guard odds(full) > odds(from) else { return probability >= from ? 1 : 0 }
            return min(1, max(0, (odds(probability) - odds(from)) / (odds(full) - odds(from))))
        }
    }

    /// Names the weights in explanations and in the history of models.
    public var version: String
    public var severity: [Severity: Double]
    /// How sure the surest detector is of its finding.
    public var confidence: Swing
    /// Points for what is never done in good faith, and how likely malice is behind a technique (0 to 1), by its id; a
    /// sub-technique that is not named counts as its parent.
    public var intent: Double
    public var maliceOfTechnique: [String: Double]
    /// What the rules behind the incident are proved to be worth, by the classifications of their incidents.
    public var precision: Swing
    /// Points for the furthest tactic reached.
    public var stage: [Tactic: Double]
    /// For each tactic beyond the first.
    public var spread: Step
    /// For each rule beyond the first.
    public var agreement: Step
    /// For each doubling of the number of alerts.
    public var volume: Step
    /// Points for an alert of a product whose findings are surer than a single rule's, by product name; the highest counts.
    public var product: [String: Double]
    /// How sure such a product must be that its alerts belong together. What is doubtful gets fewer of its points, and of
    /// those for spread, agreement and volume, which come of having been put together, down to half.
    public var proof: Proof
    /// Points for the most sensitive entity.
    public var sensitivity: [Sensitivity: Double]
    /// For each further entity of high or critical sensitivity.
    public var furtherSensitive: Step
    /// For each match of a threat indicator.
    public var indicators: Step
    /// For each doubling of the number of assets that the entities can get at.
    public var reach: Step
    /// Points for an incident that nobody has taken, by how long it waits; the longest that applies counts.
    public var waiting: [Waiting]
    /// Points by how much of the time of the next service level is used up; the largest share that applies counts, or
    /// `waiting` when that is more.
    public var deadline: [Used]

    /// Points after a time.
    public struct Waiting: Sendable, Hashable {
        public var after: TimeSpan
        public var points: Double

        public init(after: TimeSpan, points: Double) {
            self.after = after
            self.points = points
        }
    }

    /// Points from a share of the time on.
    public struct Used: Sendable, Hashable {
        /// 1: all of it.
        public var share: Double
        public var points: Double

        public init(share: Double, points: Double) {
            self.share = share
            self.points = points
        }
    }

    /// The weights that Tocsin starts with; docs/priorities.md says why.
    public static let standard = ScoringModel(
        version: "standard-4",
        severity: [.informational: 2, .low: 8, .medium: 18, .high: 30],
        confidence: Swing(gain: 6, loss: 6),
        intent: 8,
        maliceOfTechnique: [
            "T1003": 0.8, "T1486": 0.95, "T1490": 0.9, "T1485": 0.7, "T1561": 0.9, "T1489": 0.5, "T1070.001": 0.8,
            "T1562": 0.6, "T1558": 0.8, "T1550": 0.8, "T1055": 0.7, "T1014": 0.9, "T1207": 0.95, "T1556": 0.8,
            "T1505.003": 0.9, "T1567": 0.5, "T1041": 0.6, "T1048": 0.6, "T1071": 0.4, "T1573": 0.4, "T1572": 0.5,
            "T1110.003": 0.6, "T1621": 0.6, "T1528": 0.6, "T1606": 0.8, "T1204.002": 0.5, "T1496": 0.7,
        ],
        precision: Swing(gain: 8, loss: 15),
        stage: [
            .preAttack: 1, .reconnaissance: 1, .resourceDevelopment: 1, .initialAccess: 5, .execution: 6,
            .persistence: 7, .defenseEvasion: 6, .discovery: 4, .privilegeEscalation: 9, .credentialAccess: 10,
            .collection: 10, .commandAndControl: 11, .lateralMovement: 12, .exfiltration: 15, .impact: 15,
            .impairProcessControl: 15, .inhibitResponseFunction: 15,
        ],
        spread: Step(each: 3, most: 15),
        agreement: Step(each: 2, most: 10),
        volume: Step(each: 1, most: 5),
        product: ["Fusion": 20],
        proof: Proof(from: 0.9, full: 0.99995),
        sensitivity: [.low: 0, .medium: 5, .high: 14, .critical: 22],
        furtherSensitive: Step(each: 2, most: 6),
        indicators: Step(each: 5, most: 10),
        reach: Step(each: 1, most: 6),
        waiting: [
            Waiting(after: .hours(1), points: 1), Waiting(after: .hours(4), points: 2),
            Waiting(after: .hours(24), points: 4),
        ],
        deadline: [
            Used(share: 0.5, points: 1), Used(share: 0.8, points: 3), Used(share: 1, points: 5),
        ])
}
