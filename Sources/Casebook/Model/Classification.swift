/// What an incident turned out to be: a verdict with its reason, one of the pairs that Microsoft Sentinel knows.
public struct Classification: Sendable, Hashable, CustomStringConvertible {
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        case undetermined = "Undetermined"
        case truePositive = "TruePositive"
        case benignPositive = "BenignPositive"
        case falsePositive = "FalsePositive"
    }

    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case suspiciousActivity = "SuspiciousActivity"
        case suspiciousButExpected = "SuspiciousButExpected"
        case incorrectAlertLogic = "IncorrectAlertLogic"
        case inaccurateData = "InaccurateData"
    }

    public let verdict: Verdict
    /// Nil for `undetermined` alone.
    public let reason: Reason?

    private init(known verdict: Verdict, _ reason: Reason?) {
        self.verdict = verdict
        self.reason = reason
    }

    public static let undetermined = Classification(known: .undetermined, nil)
    public static let truePositive = Classification(known: .truePositive, .suspiciousActivity)
    public static let benignPositive = Classification(known: .benignPositive, .suspiciousButExpected)
    public static let incorrectAlertLogic = Classification(known: .falsePositive, .incorrectAlertLogic)
    public static let inaccurateData = Classification(known: .falsePositive, .inaccurateData)

    /// All pairs that exist.
    public static let allPairs: [Classification] = [
        .truePositive, .benignPositive, .incorrectAlertLogic, .inaccurateData, .undetermined,
    ]

    /// The pair of a verdict and a reason; a verdict with one possible reason may go without it.
    ///
    /// - Throws: `CasebookError` with code `invalidClassification` for a pair that does not exist, or a false positive
    ///   without its reason.
    public init(verdict: Verdict, reason: Reason?) throws(CasebookError) {
        let candidates = Classification.allPairs.filter {
            $0.verdict == verdict && (reason == nil || $0.reason == reason)
        }
        guard let pair = candidates.first, candidates.count == 1 else {
            let allowed = Classification.allPairs.filter { $0.verdict == verdict }.compactMap { $0.reason?.rawValue }
            let remedy = allowed.isEmpty ? "leave the reason out" : "give \(allowed.joined(separator: " or "))"
            throw CasebookError(
                .invalidClassification, field: "classificationReason",
                "\(verdict.rawValue) does not go with the reason \(reason?.rawValue ?? "that is missing"); \(remedy)")
        }
        self = pair
    }

    /// `FalsePositive – InaccurateData`.
    public var description: String {
        reason.map { "\(verdict.rawValue) – \($0.rawValue)" } ?? verdict.rawValue
    }
}
