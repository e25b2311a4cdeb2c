public import Chronology
public import Vocabulary

/// The weights that make a priority out of an incident: points per factor, which are added and kept within 0 to 100.
public struct ScoringModel: Sendable, Hashable {
    /// Names the weights in the journal's explanations.
    public var version: String
    public var severity: [Severity: Double]
    /// Points for the furthest tactic reached.
    public var stage: [Tactic: Double]
    /// Points for each tactic beyond the first, and their bound.
    public var spreadPerTactic: Double
    public var spreadMost: Double
    /// Points for each rule beyond the first, and their bound.
    public var agreementPerRule: Double
    public var agreementMost: Double
    /// Points for each doubling of the number of alerts, and their bound.
    public var volumePerDoubling: Double
    public var volumeMost: Double
    /// Points for an alert of a product whose findings are surer than a single rule's, by product name; the highest counts.
    public var product: [String: Double]
    /// Points for the most sensitive entity.
    public var sensitivity: [Sensitivity: Double]
    /// Points for each further entity of high or critical sensitivity, and their bound.
    public var furtherSensitive: Double
    public var furtherSensitiveMost: Double
    /// Points when a rule behind the incident is proved to be always right, and those taken away when all are proved to be
    /// always wrong, by the classifications of their incidents.
    public var precisionGain: Double
    public var precisionLoss: Double
    /// Points for an incident that nobody has taken, by how long it waits; the longest that applies counts.
    public var waiting: [Waiting]

    /// Points after a time.
    public struct Waiting: Sendable, Hashable {
        public var after: TimeSpan
        public var points: Double

        public init(after: TimeSpan, points: Double) {
            self.after = after
            self.points = points
        }
    }

    /// The weights that Tocsin starts with.
    public static let standard = ScoringModel(
        version: "standard-2",
        severity: [.informational: 2, .low: 8, .medium: 18, .high: 30],
        stage: [
            .preAttack: 1, .reconnaissance: 1, .resourceDevelopment: 1, .initialAccess: 5, .execution: 6,
            .persistence: 7, .defenseEvasion: 6, .discovery: 4, .privilegeEscalation: 9, .credentialAccess: 10,
            .collection: 10, .commandAndControl: 11, .lateralMovement: 12, .exfiltration: 15, .impact: 15,
            .impairProcessControl: 15, .inhibitResponseFunction: 15,
        ],
        spreadPerTactic: 3, spreadMost: 15,
        agreementPerRule: 2, agreementMost: 10,
        volumePerDoubling: 1, volumeMost: 5,
        product: ["Fusion": 20],
        sensitivity: [.low: 0, .medium: 5, .high: 14, .critical: 22],
        furtherSensitive: 2, furtherSensitiveMost: 6,
        precisionGain: 8, precisionLoss: 15,
        waiting: [
            Waiting(after: .hours(1), points: 1), Waiting(after: .hours(4), points: 2),
            Waiting(after: .hours(24), points: 4),
        ])
}
