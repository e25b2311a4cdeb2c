/// How urgent an incident is, 0 to 100, with the shares that make up the score.
public struct IncidentPriority: Sendable, Hashable {
    /// One factor's share.
    public struct Reason: Sendable, Hashable {
        /// The factor's name in the scoring model, `severity`.
        public var factor: String
        /// Points added; may be negative.
        public var points: Double
        /// A sentence for people: "Touches srv-dc01, an asset of critical sensitivity".
        public var text: String

        public init(factor: String, points: Double, text: String) {
            self.factor = factor
            self.points = points
            self.text = text
        }
    }

    /// 0 to 100.
    public var score: Int
    /// The largest share first.
    public var reasons: [Reason]

    public init(score: Int, reasons: [Reason]) {
        self.score = min(100, max(0, score))
        self.reasons = reasons
    }
}
