/// How an action ended, or how far it is.
public enum ActionStatus: String, Sendable, Hashable, CaseIterable, Codable {
    /// Its predecessors have not all ended.
    case waiting = "Waiting"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case skipped = "Skipped"
    case timedOut = "TimedOut"
    case cancelled = "Cancelled"

    /// Reads a status of `runAfter` in any letter case.
    public init?(lenient text: String) {
        let folded = text.lowercased()
        guard let status = ActionStatus.allCases.first(where: { $0.rawValue.lowercased() == folded }) else {
            return nil
        }
        self = status
    }

    public var isFinal: Bool { self != .waiting && self != .running }

    /// Whether it counts as a failure of its branch.
    public var isFailure: Bool { self == .failed || self == .timedOut || self == .cancelled }
}
