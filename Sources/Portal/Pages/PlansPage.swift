internal import Chronology
internal import Preparation

/// The response plans (IR-1).
struct PlansPage: Page {
    let frame: Frame
    let plans: [PlanView]
    let findings: [String]

    var template: TemplateName { .plans }

    struct PlanView: Sendable {
        let title: String
        let version: String
        let isOverdue: Bool
        let reviewDue: String
        let html: String
        let roles: [RoleView]
        let phases: [String]
        let approved: String
        let reviewed: String
    }

    struct RoleView: Sendable {
        let name: String
        let holder: String
    }

    init(frame: Frame, folder: PlanFolder, now: Instant) {
        self.frame = frame
        plans = folder.plans.map { plan in
            PlanView(
                title: plan.title, version: plan.version, isOverdue: plan.isReviewOverdue(at: now),
                reviewDue: PlansPage.day(plan.reviewDue), html: Markdown.html(plan.body),
                roles: plan.roles.map { RoleView(name: $0.name, holder: $0.holder) }, phases: plan.phases,
                approved: [plan.approvedOn.map(PlansPage.day), plan.approvedBy.map { "by \($0)" }].compactMap(\.self)
                    .joined(separator: " "),
                reviewed: PlansPage.day(plan.reviewedOn))
        }
        findings = folder.problems.map(\.description)
    }

    private static func day(_ instant: Instant) -> String {
        String(instant.formatted(fractionDigits: 0).prefix(10))
    }
}
