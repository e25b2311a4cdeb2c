/// How much damage an asset's loss would do to what it holds or to those who need it; one scale for both.
public enum Sensitivity: String, Sendable, Hashable, CaseIterable, Comparable {
    case low
    case medium
    case high
    case critical

    /// Reads a sensitivity in any letter case.
    public init?(lenient text: some StringProtocol) {
        self.init(rawValue: text.lowercased())
    }

    public static func < (left: Sensitivity, right: Sensitivity) -> Bool { left.rank < right.rank }

    /// 0 for low to 3 for critical.
    public var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }

    /// This many levels less; nil below low.
    func lowered(by levels: Int) -> Sensitivity? {
        Sensitivity.allCases.first { $0.rank == rank - levels }
    }
}
