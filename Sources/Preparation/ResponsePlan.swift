public import Chronology

/// An incident response plan: who does what in which phase, and when the plan was last looked at (IR-1, 10.1).
///
/// A plan is a Markdown file whose front matter (YAML between `---` lines) names roles, phases and review dates.
public struct ResponsePlan: Sendable, Equatable {
    /// The file's name without its ending.
    public let id: String
    public let title: String
    public let version: String
    public let roles: [Role]
    /// The phases of handling, in order.
    public let phases: [String]
    public let approvedBy: String?
    public let approvedOn: Instant?
    public let reviewedOn: Instant
    /// How many months may pass between reviews.
    public let reviewEveryMonths: Int
    /// The plan's text in CommonMark.
    public let body: String

    /// A role in the response and who holds it.
    public struct Role: Sendable, Equatable {
        public let name: String
        public let holder: String
        public let duties: String?
    }

    /// The day by which the next review must have happened.
    public var reviewDue: Instant {
        let last = CivilDate(reviewedOn)
        let months = last.year * 12 + last.month - 1 + reviewEveryMonths
        let month = months % 12 + 1
        let day = min(last.day, CivilDate.daysInMonth(year: months / 12, month: month))
        return CivilDate(year: months / 12, month: month, day: day).instant ?? .max
    }

    /// Whether the review should have happened before `now`.
    public func isReviewOverdue(at now: Instant) -> Bool {
        reviewDue < now
    }
}
