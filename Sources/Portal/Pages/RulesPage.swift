/// The analytics rules.
struct RulesPage: Page {
    let frame: Frame
    let tabs = RuleTab.all(at: .list)
    let count: Int
    let rules: [RuleRow]
    let findings: Findings?

    var template: TemplateName { .rules }

    /// What was wrong with rules that were loaded; nil on the page when nothing was.
    struct Findings: Sendable {
        let items: [Finding]
    }

    struct Finding: Sendable {
        let place: String
        let message: String
    }

    init(frame: Frame, rules: [RuleRow], findings: [Finding]) {
        self.frame = frame
        count = rules.count
        self.rules = rules
        self.findings = findings.isEmpty ? nil : Findings(items: findings)
    }
}

/// One rule in the list.
struct RuleRow: Sendable {
    let path: String
    let name: String
    let severity: String
    let kind: String
    let tactics: [String]
    let schedule: String
    let state: String
    let stateClass: String
    let stateDetail: String
    let lastRun: String
    let alertCount: Int
}

/// One rule.
struct RulePage: Page {
    let frame: Frame
    let name: String
    let severity: String
    let qualityPath: String
    let state: String
    let stateClass: String
    let description: String
    let bodyTitle: String
    let body: String
    let queryLink: String?
    let facts: [Fact]

    var template: TemplateName { .rule }
}

/// A line of a list of facts.
struct Fact: Sendable {
    let name: String
    let value: String
}
