import Chronology
import Preparation
import Testing

struct ResponsePlanTests {
    static let text = """
        ---
        title: Incident response plan
        version: "3"
        approved: "2026-01-10"
        approvedBy: Board
        reviewed: "2025-08-31"
        reviewEveryMonths: 6
        roles:
          - name: Incident commander
            holder: On-call lead
          - name: Scribe
        phases: [Detect, Contain, Recover]
        ---
        # Purpose
        Handle <script>alert(1)</script> incidents.
        """

    @Test func `a plan gives its roles, phases and dates`() throws {
        let plan = try ResponsePlan(text: Self.text, file: "plans/main.md")
        #expect(plan.id == "main")
        #expect(plan.title == "Incident response plan")
        #expect(plan.roles.map(\.holder) == ["On-call lead", "unassigned"])
        #expect(plan.phases == ["Detect", "Contain", "Recover"])
        #expect(plan.body.hasPrefix("# Purpose"))
    }

    @Test func `a review falls due on the last day of a short month`() throws {
        let plan = try ResponsePlan(text: Self.text, file: "main.md")
        #expect(plan.reviewDue.formatted(fractionDigits: 0) == "2026-02-28T00:00:00Z")
        #expect(!plan.isReviewOverdue(at: try #require(Instant(iso8601: "2026-02-28"))))
        #expect(plan.isReviewOverdue(at: try #require(Instant(iso8601: "2026-02-28T00:00:01Z"))))
    }

    @Test(arguments: [
        ("no front matter", 1), ("---\ntitle: [\n---\n", 2), ("---\ntitle: x\n---\n", 2),
        ("---\ntitle: x\nreviewed: yesterday\n---\n", 2),
        ("---\ntitle: x\nreviewed: \"2026-01-01\"\nreviewEveryMonths: 0\n---\n", 2),
    ])
    func `a bad plan is refused with its file and line`(text: String, line: Int) {
        let problem = #expect(throws: PlanProblem.self) { try ResponsePlan(text: text, file: "p.md") }
        #expect(problem?.file == "p.md")
        #expect(problem?.line == line)
    }

    @Test func `a plan's text is shown without its raw HTML`() throws {
        let plan = try ResponsePlan(text: Self.text, file: "main.md")
        let html = Markdown.html(plan.body)
        #expect(html.contains("<h1>Purpose</h1>"))
        #expect(!html.contains("<script>"))
    }

    @Test func `a folder that is not there holds no plans`() {
        #expect(PlanFolder("/nonexistent").plans.isEmpty)
    }
}
