internal import JSON

/// The desks of resources that say how the installation works.
public struct ConfigurationDesks: Sendable {
    public let alertRules: any ResourceDesk
    public let alertRuleTemplates: any ResourceDesk
    public let automationRules: any ResourceDesk
    /// The actions of an analytics rule.
    public let actions: @Sendable (_ rule: String) -> any ResourceDesk

    public init(
        alertRules: any ResourceDesk, alertRuleTemplates: any ResourceDesk, automationRules: any ResourceDesk,
        actions: @escaping @Sendable (_ rule: String) -> any ResourceDesk
    ) {
        self.alertRules = alertRules
        self.alertRuleTemplates = alertRuleTemplates
        self.automationRules = automationRules
        self.actions = actions
    }
}

extension ConfigurationDesks {
    /// The endpoints of all of them in Azure's shapes.
    func endpoints(_ names: WorkspaceNames, _ address: RequestAddress) -> [Endpoint] {
        let rule = Schema.resource("AlertRule", kind: .word(Self.kinds), .object([]))
        let rules = ResourceRoutes(
            desk: alertRules,
            naming: .init(
                collection: "alertRules", operations: "AlertRules", thing: "an analytics rule", tag: .rules),
            names: names, address: address, schema: rule)
        let templates = ResourceRoutes(
            desk: alertRuleTemplates,
            naming: .init(
                collection: "alertRuleTemplates", operations: "AlertRuleTemplates", thing: "a template of rules",
                tag: .rules), names: names, address: address,
            schema: .resource("AlertRuleTemplate", kind: .word(Self.kinds), .object([])), isReadOnly: true)
        let automation = ResourceRoutes(
            desk: automationRules,
            naming: .init(
                collection: "automationRules", operations: "AutomationRules", thing: "an automation rule",
                tag: .automation), names: names, address: address,
            schema: .resource("AutomationRule", Self.automationRule), deletionAnswer: [:])
        return rules.endpoints + templates.endpoints + automation.endpoints
            + ActionRoutes(rules: alertRules, actions: actions, names: names).endpoints
    }

    private static let kinds = [
        "Scheduled", "NRT", "Fusion", "MLBehaviorAnalytics", "MicrosoftSecurityIncidentCreation", "ThreatIntelligence",
    ]

    private static let automationRule = Schema.object(
        .required("displayName", .string(1...500)), .required("order", .integer(1...1_000)),
        .required("triggeringLogic", .object(.required("isEnabled", .boolean))), .required("actions", .array(.any)))
}
