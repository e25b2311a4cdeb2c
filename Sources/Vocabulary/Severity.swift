/// How bad an alert or incident is, in the four steps of Microsoft Sentinel.
public enum Severity: String, Sendable, Hashable, CaseIterable, Codable {
    case informational = "Informational"
    case low = "Low"
    case medium = "Medium"
    case high = "High"

    /// Reads a severity in any letter case; Sigma's and the old API's `critical` counts as high.
    public init?(lenient text: some StringProtocol) {
        switch text.lowercased() {
        case "informational", "info": self = .informational
        case "low": self = .low
        case "medium": self = .medium
        case "high", "critical": self = .high
        default: return nil
        }
    }
}

extension Severity: Comparable {
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    /// 0 for informational to 3 for high.
    public var rank: Int {
        switch self {
        case .informational: 0
        case .low: 1
        case .medium: 2
        case .high: 3
        }
    }
}
