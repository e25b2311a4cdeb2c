internal import Casebook
internal import Vocabulary

/// What the conditions of rules about alerts are judged on.
struct AlertFacts {
    let alert: Alert

    func satisfy(_ conditions: [RuleCondition]) -> Bool { conditions.allSatisfy(holds) }

    private func holds(_ condition: RuleCondition) -> Bool {
        switch condition {
        case .all(let inner): inner.allSatisfy(holds)
        case .any(let inner): inner.contains(where: holds)
        case .property(let property, let test, let wanted):
            test.isNegative
                ? values(of: property).allSatisfy { test.holds($0, wanted.map(RuleFacts.lastPart)) }
                : values(of: property).contains { test.holds($0, wanted.map(RuleFacts.lastPart)) }
        case .array, .changed, .added: false
        }
    }

    private func values(of property: RuleProperty) -> [String] {
        switch property {
        case .incident(.alertRuleIDs), .incident(.ruleIDs): [alert.content.ruleID]
        case .incident(.alertTitle), .incident(.title): [alert.content.displayName]
        case .incident(.severity): [alert.content.severity.rawValue]
        case .incident(.alertProductNames): [alert.content.productName]
        case .incident(.tactics): alert.content.tactics.map(\.rawValue)
        case .entity(let kind, let identifier):
            alert.content.entities.filter { $0.kind == kind }.compactMap { $0[identifier] }
        case .incident: []
        }
    }
}
