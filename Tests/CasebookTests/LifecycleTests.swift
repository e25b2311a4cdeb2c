import Casebook
import Testing

@Suite struct LifecycleTests {
    @Test(arguments: [
        (IncidentStatus.new, IncidentStatus.new, IncidentLifecycle.Step.unchanged),
        (.new, .active, .activated), (.active, .active, .unchanged), (.active, .new, .returnedToQueue),
        (.new, .closed, .closed), (.active, .closed, .closed), (.closed, .closed, .unchanged),
        (.closed, .active, .reopened), (.closed, .new, .reopened),
    ])
    func `a classified incident takes every step`(
        from: IncidentStatus, to: IncidentStatus, step: IncidentLifecycle.Step
    ) throws {
        var lifecycle = IncidentLifecycle(status: from, classification: .truePositive)
        #expect(try lifecycle.move(to: to) == step)
        #expect(lifecycle.status == to)
        #expect((lifecycle.classification == nil) == (step == .reopened))
    }

    @Test(arguments: [IncidentStatus.new, .active])
    func `an incident without classification is not closed`(from: IncidentStatus) {
        var lifecycle = IncidentLifecycle(status: from)
        let error = #expect(throws: CasebookError.self) { _ = try lifecycle.move(to: .closed) }
        #expect(error?.code == .invalidClassification)
        #expect(lifecycle.status == from)
    }

    @Test func `a merged incident stays closed`() {
        var lifecycle = IncidentLifecycle(status: .closed, classification: .undetermined, isMerged: true)
        let error = #expect(throws: CasebookError.self) { _ = try lifecycle.move(to: .active) }
        #expect(error?.code == .invalidTransition)
    }

    @Test func `verdicts and reasons go together in five pairs`() {
        var accepted = 0
        for verdict in Classification.Verdict.allCases {
            for reason in Classification.Reason.allCases {
                // A pair that does not exist is what this counts.
                if (try? Classification(verdict: verdict, reason: reason)) != nil { accepted += 1 }
            }
        }
        #expect(accepted == 4)
        #expect(throws: Never.self) { try Classification(verdict: .undetermined, reason: nil) }
        #expect(throws: Never.self) { try Classification(verdict: .truePositive, reason: nil) }
        #expect(throws: CasebookError.self) { try Classification(verdict: .falsePositive, reason: nil) }
    }
}
