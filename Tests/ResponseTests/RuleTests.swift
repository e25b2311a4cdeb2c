import Casebook
import Chronology
import OrderedCollections
import Response
import StateStore
import Testing
import Vocabulary

struct RuleTests {
    /// An incident with two hosts, an account and a custom detail.
    static func facts(update: IncidentUpdate? = nil) async throws -> RuleFacts {
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations])
        let casebook = Casebook(database: database)
        let now = Instant(unixMicroseconds: 1_795_000_000_000_000)
        var alert = NewAlert(
            displayName: "Password spray", severity: .high, startTime: now, endTime: now, generatedTime: now)
        alert.ruleID = "rule-1"
        alert.tactics = [.credentialAccess]
        alert.entities = [
            Entity(kind: .host, identifiers: ["HostName": "srv-dc01", "DnsDomain": "corp.example"]),
            Entity(kind: .host, identifiers: ["HostName": "ws-17", "DnsDomain": "corp.example"]),
            Entity(kind: .account, identifiers: ["Name": "ada", "UPNSuffix": "corp.example"]),
        ]
        alert.customDetails = ["Country": ["FR", "DE"], "Tries": ["17"]]
        let recorded = try await casebook.record(alert, by: .room("Detection"))
        let id = try #require(recorded.incidentID)
        var change = IncidentChange()
        change.title = "Password spray"
        change.addedLabels = [IncidentLabel(name: "vip"), IncidentLabel(name: "cloud")]
        let incident = try await casebook.update(id, change, by: .room("Detection"))
        return RuleFacts(incident: incident, alerts: try await casebook.alerts(of: id), update: update)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let condition: String
        let holds: Bool
        var testDescription: String { "\(name): \(holds)" }

        init(_ name: String, _ holds: Bool, _ condition: String) {
            self.name = name
            self.condition = condition
            self.holds = holds
        }
    }

    static func property(_ name: String, _ test: String, _ values: String) -> String {
        "{conditionType: Property, conditionProperties: {propertyName: \(name), operator: \(test), propertyValues: [\(values)]}}"
    }

    static let cases: [Case] = [
        Case("severity", true, property("IncidentSeverity", "Equals", "low, HIGH")),
        Case("severity", false, property("IncidentSeverity", "NotEquals", "High")),
        Case("title", true, property("IncidentTitle", "Contains", "SPRAY")),
        Case("title", true, property("IncidentTitle", "NotContains", "brute, force")),
        Case("title", false, property("IncidentTitle", "NotContains", "brute, spray")),
        Case("title", true, property("IncidentTitle", "StartsWith", "pass")),
        Case("title", false, property("IncidentTitle", "NotStartsWith", "pass")),
        Case("title", true, property("IncidentTitle", "EndsWith", "spray")),
        Case("title", true, property("IncidentTitle", "NotEndsWith", "pray!")),
        Case("tactic", true, property("IncidentTactics", "Equals", "CredentialAccess")),
        Case("tactic", false, property("IncidentTactics", "NotEquals", "CredentialAccess")),
        Case("label", true, property("IncidentLabel", "Equals", "vip")),
        Case(
            "rule by path", true,
            property("IncidentRelatedAnalyticRuleIds", "Equals", "/subscriptions/s/alertRules/rule-1")),
        Case("any host", true, property("HostName", "Equals", "ws-17")),
        Case("any host is not", true, property("HostName", "NotEquals", "ws-17")),
        Case("no address", false, property("IPAddress", "NotEquals", "1.2.3.4")),
        Case("account", true, property("AccountUPNSuffix", "EndsWith", ".example")),
        Case(
            "detail and value", true,
            """
            {conditionType: PropertyArray, conditionProperties: {arrayType: CustomDetails, arrayConditionType: AnyItem,
              itemConditions: [\(property("IncidentCustomDetailsKey", "Equals", "Country")),
                {conditionType: PropertyArray, conditionProperties: {arrayType: CustomDetailValues,
                  arrayConditionType: AnyItem, itemConditions: [\(property("IncidentCustomDetailsValue", "Equals", "de"))]}}]}}
            """),
        Case(
            "value of another detail", false,
            """
            {conditionType: PropertyArray, conditionProperties: {arrayType: CustomDetails, arrayConditionType: AnyItem,
              itemConditions: [\(property("IncidentCustomDetailsKey", "Equals", "Tries")),
                \(property("IncidentCustomDetailsValue", "Equals", "de"))]}}
            """),
        Case(
            "all labels", false,
            """
            {conditionType: PropertyArray, conditionProperties: {arrayType: IncidentLabels,
              arrayConditionType: AllItems, itemConditions: [\(property("IncidentLabel", "Equals", "vip"))]}}
            """),
        Case(
            "or", true,
            """
            {conditionType: Boolean, conditionProperties: {operator: Or, innerConditions: [
              \(property("IncidentSeverity", "Equals", "Low")), \(property("IncidentLabel", "Contains", "clo"))]}}
            """),
        Case(
            "and", false,
            """
            {conditionType: Boolean, conditionProperties: {operator: And, innerConditions: [
              \(property("IncidentSeverity", "Equals", "Low")), \(property("IncidentLabel", "Contains", "clo"))]}}
            """),
    ]

    static func rule(_ condition: String, when: String = "Created") throws -> AutomationRule {
        let text = """
            displayName: Test
            order: 1
            triggeringLogic:
              isEnabled: true
              triggersOn: Incidents
              triggersWhen: \(when)
              conditions: [\(condition)]
            actions:
              - {order: 1, actionType: AddIncidentTask, actionConfiguration: {title: Look}}
            """
        let (rules, problems) = AutomationRuleFile.read(text, file: "rule.yaml")
        #expect(problems.isEmpty, "\(problems)")
        return try #require(rules.first)
    }

    @Test(arguments: cases)
    func `a condition holds as documented`(_ example: Case) async throws {
        let rule = try Self.rule(example.condition)
        #expect(try await Self.facts().satisfy(rule.conditions) == example.holds)
    }

    @Test(arguments: [
        ("{conditionType: PropertyChanged, conditionProperties: {propertyName: IncidentSeverity}}", true),
        ("{conditionType: PropertyChanged, conditionProperties: {propertyName: IncidentStatus}}", false),
        (
            "{conditionType: PropertyChanged, conditionProperties: {propertyName: IncidentSeverity, changeType: ChangedTo, operator: Equals, propertyValues: [High]}}",
            true
        ),
        (
            "{conditionType: PropertyChanged, conditionProperties: {propertyName: IncidentSeverity, changeType: ChangedFrom, operator: NotEquals, propertyValues: [Low]}}",
            false
        ),
        ("{conditionType: PropertyArrayChanged, conditionProperties: {arrayType: Labels, changeType: Added}}", true),
        ("{conditionType: PropertyArrayChanged, conditionProperties: {arrayType: Comments, changeType: Added}}", false),
        (property("IncidentUpdatedBySource", "Equals", "'Automation rule'"), true),
    ])
    func `a condition on a change looks at the change`(_ condition: String, _ holds: Bool) async throws {
        let update = IncidentUpdate(
            changes: [
                FieldChange(.severity, old: "Low", new: "High"), FieldChange(.labels, old: "vip", new: "vip, cloud"),
            ], source: "AutomationRule")
        let rule = try Self.rule(condition, when: "Updated")
        #expect(try await Self.facts(update: update).satisfy(rule.conditions) == holds)
    }

    @Test func `a rule in the form of the API is read whole`() throws {
        let text = """
            {"name": "r1", "properties": {"displayName": "Close tests", "order": 7,
              "triggeringLogic": {"isEnabled": false, "expirationTimeUtc": "2030-01-01T00:00:00Z",
                "triggersOn": "Incidents", "triggersWhen": "Created", "conditions": []},
              "actions": [
                {"order": 2, "actionType": "RunPlaybook", "actionConfiguration":
                  {"logicAppResourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Logic/workflows/Enrich", "tenantId": "t"}},
                {"order": 1, "actionType": "ModifyProperties", "actionConfiguration":
                  {"status": "Closed", "classification": "BenignPositive", "classificationReason": "SuspiciousButExpected",
                   "labels": [{"labelName": "test"}]}}]}}
            """
        let (rules, problems) = AutomationRuleFile.read(text, file: "r.json")
        #expect(problems.isEmpty, "\(problems)")
        let rule = try #require(rules.first)
        #expect(rule.id == "r1" && rule.order == 7 && !rule.isEnabled)
        #expect(rule.actions.map(\.typeName) == ["ModifyProperties", "RunPlaybook"])
        guard case .modifyProperties(let change) = rule.actions[0] else { return }
        #expect(change.classification == .benignPositive)
        #expect(!rule.isActive(at: .unixEpoch))
    }

    @Test func `a wrong rule is reported with its place, and the others stay`() {
        let text = """
            rules:
              - displayName: Bad
                triggeringLogic:
                  conditions: [{conditionType: Property, conditionProperties: {propertyName: IncidentColour, operator: Equals, propertyValues: [x]}}]
                actions: [{actionType: AddIncidentTask, actionConfiguration: {title: T}}]
              - displayName: Good
                actions: [{actionType: AddIncidentTask, actionConfiguration: {title: T}}]
            """
        let (rules, problems) = AutomationRuleFile.read(text, file: "rules.yaml")
        #expect(rules.map(\.displayName) == ["Good"])
        #expect(problems.count == 1)
        #expect(problems.first?.path == "[0].triggeringLogic.conditions[0].conditionProperties")
        #expect(problems.first?.message.contains("IncidentColour") == true)
    }
}
