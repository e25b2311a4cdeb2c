/// The life cycle of an incident: New → Active → Closed, back to the queue, and reopening.
///
/// An incident is closed only with a classification; reopening takes the classification back, since the work goes on.
public struct IncidentLifecycle: Sendable, Hashable {
    /// What a step meant.
    public enum Step: String, Sendable, Hashable, CaseIterable {
        case unchanged, activated, returnedToQueue, closed, reopened
    }

    public private(set) var status: IncidentStatus
    public private(set) var classification: Classification?
    /// Merged incidents have handed their alerts over and stay closed.
    public let isMerged: Bool

    public init(status: IncidentStatus, classification: Classification? = nil, isMerged: Bool = false) {
        self.status = status
        self.classification = classification
        self.isMerged = isMerged
    }

    /// Notes what the incident is taken for, whether or not it is closed.
    public mutating func classify(_ classification: Classification) {
        self.classification = classification
    }

    /// Goes to another status.
    ///
    /// - Throws: `CasebookError` with code `invalidTransition` for a merged incident, `invalidClassification` when
    ///   closing one that is not classified.
    public mutating func move(to next: IncidentStatus) throws(CasebookError) -> Step {
        switch (status, next) {
        case (.new, .new), (.active, .active), (.closed, .closed):
            return .unchanged
        case (.new, .active):
            status = .active
            return .activated
        case (.active, .new):
            status = .new
            return .returnedToQueue
        case (.new, .closed), (.active, .closed):
            guard classification != nil else {
                throw CasebookError(
                    .invalidClassification, field: "classification",
                    "an incident is closed with a classification; give TruePositive, BenignPositive, FalsePositive "
                        + "or Undetermined")
            }
            status = .closed
            return .closed
        case (.closed, .new), (.closed, .active):
            guard !isMerged else {
                throw CasebookError(
                    .invalidTransition, field: "status",
                    "this incident was merged into another one and cannot be reopened; work on that one, or undo the "
                        + "merge")
            }
            status = next
            classification = nil
            return .reopened
        }
    }
}
