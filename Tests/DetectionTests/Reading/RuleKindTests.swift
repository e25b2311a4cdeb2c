import Detection
import Sigma
import Testing
import Vocabulary

@Suite struct RuleKindTests {
    @Test func `rules that make incidents of product alerts are read`() throws {
        let reading = RuleReader.read(
            """
            kind: MicrosoftSecurityIncidentCreation
            id: 11111111-2222-4333-8444-555555555555
            name: Incidents of Defender for Endpoint
            productFilter: Microsoft Defender Advanced Threat Protection
            severitiesFilter: [High, Medium]
            displayNamesExcludeFilter: [EICAR]
            """, file: "m.yaml")
        let rule = try #require(reading.incidentRules.first)
        #expect(reading.findings.map(\.description) == [])
        #expect(rule.severities == [.high, .medium])
        #expect(rule.excludedNames == ["EICAR"])
        let broken = RuleReader.read("kind: MicrosoftSecurityIncidentCreation\nname: x", file: "b.yaml")
        #expect(broken.incidentRules.isEmpty && broken.findings.contains { $0.gravity == .error })
    }

    @Test(arguments: ["Fusion", "ThreatIntelligence", "MLBehaviorAnalytics"])
    func `rules that switch engines are read`(kind: String) throws {
        let reading = RuleReader.read(
            """
            kind: \(kind)
            id: 11111111-2222-4333-8444-555555555555
            name: Engine
            enabled: false
            alertRuleTemplateName: AAAAAAAA-2222-4333-8444-555555555555
            sourceSettings:
              - enabled: true
                sourceName: Alert providers
                sourceSubTypes:
                  - enabled: false
                    sourceSubTypeName: Azure Active Directory Identity Protection
                    severityFilters: {filters: [{severity: Low, enabled: false}, {severity: High, enabled: true}]}
            """, file: "e.yaml")
        let rule = try #require(reading.engineRules.first)
        #expect(rule.engine.rawValue == kind)
        #expect(!rule.isEnabled)
        #expect(rule.templateID == "aaaaaaaa-2222-4333-8444-555555555555")
        #expect(rule.sources.first?.subtypes.first?.excludedSeverities == [.low])
    }

    @Test func `an exported ARM template gives its rules, with places in the file`() throws {
        let reading = RuleReader.read(
            """
            {
              "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "parameters": {"workspace": {"type": "String"}},
              "resources": [
                {
                  "id": "[concat(resourceId('x', parameters('workspace')),'/alertRules/0b9ae89d-8cad-461c-808f-0494f70ad5c4')]",
                  "name": "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/0b9ae89d-8cad-461c-808f-0494f70ad5c4')]",
                  "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules",
                  "kind": "Scheduled",
                  "properties": {
                    "displayName": "[[Lab] Many failures", "description": "d", "severity": "High", "enabled": true,
                    "query": "SigninLogs | where ResultType != '0'", "queryFrequency": "PT1H", "queryPeriod": "P1D",
                    "triggerOperator": "GreaterThan", "triggerThreshold": 5, "suppressionDuration": "PT5H",
                    "suppressionEnabled": false, "tactics": ["CredentialAccess"], "techniques": ["T1110"],
                    "subTechniques": ["T1110.003"], "alertRuleTemplateName": null, "templateVersion": "1.0.1"
                  }
                },
                {"type": "Microsoft.Storage/storageAccounts", "kind": "StorageV2", "properties": {}}
              ]
            }
            """, file: "export.json")
        let rule = try #require(reading.rules.first)
        #expect(reading.rules.count == 1 && reading.documents == 1)
        #expect(reading.findings.map(\.description) == [])
        #expect(rule.id == "0b9ae89d-8cad-461c-808f-0494f70ad5c4")
        #expect(rule.name == "[Lab] Many failures")
        #expect(rule.timing.trigger == RuleTrigger(.greaterThan, 5))
        #expect(rule.techniques == ["T1110", "T1110.003"])
        #expect(rule.position.line == 12)
    }

    @Test func `of a thousand rules fifty broken ones hurt only themselves`() {
        var reading = RuleReading()
        for number in 0..<1_000 {
            let isBroken = number % 20 == 0
            let faults = ["query: [", "kind: Martian\nname: x", "name: no query", "\u{0}", "a: &a [*a]"]
            let text =
                isBroken
                ? faults[number / 20 % faults.count]
                : "id: \(number)\nkind: NRT\nname: Rule \(number)\nseverity: Low\nquery: T | where A == \(number)"
            reading.append(RuleReader.read(text, file: "\(number).yaml"))
        }
        #expect(reading.rules.count == 950)
        #expect(Set(reading.findings.filter { $0.gravity == .error }.map(\.position.file)).count == 50)
    }
}
