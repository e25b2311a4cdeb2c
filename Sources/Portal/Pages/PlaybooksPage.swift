/// Playbooks, automation rules and recent runs.
struct PlaybooksPage: Page {
    let frame: Frame
    let runs: [RunRow]
    let playbooks: [PlaybookRow]
    let automationRules: [AutomationRuleRow]

    var template: TemplateName { .playbooks }

    struct PlaybookRow: Sendable {
        let name: String
        let description: String
        let trigger: String
        let actionCount: Int
    }

    struct AutomationRuleRow: Sendable {
        let order: Int
        let name: String
        let trigger: String
        let actions: String
        let state: String
        let stateClass: String
    }
}

/// One run of a playbook, action by action.
struct RunPage: Page {
    let frame: Frame
    let id: String
    let playbook: String
    let status: String
    let statusClass: String
    let error: String?
    let incident: RunRow.IncidentLink?
    let actions: [ActionItem]

    var template: TemplateName { .run }

    struct ActionItem: Sendable {
        let name: String
        let type: String
        let status: String
        let statusClass: String
        /// `automation` when it did its work, else `change`: the colour of the dot.
        let kind: String
        let time: String
        let error: String?
        let inputs: String?
        let outputs: String?
    }
}
