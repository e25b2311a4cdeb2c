import Casebook
import Chronology
import Detection
import Foundation
import TestSupport
import Testing
import Vocabulary

@Suite struct RuleReaderTests {
    @Test func `a whole rule is read`() throws {
        let reading = RuleReader.read(
            """
            id: 0b9ae89d-8cad-461c-808f-0494f70ad5c4
            name: Sign-ins from many countries
            description: |
              Two lines
              of text.
            severity: High
            kind: Scheduled
            queryFrequency: 1h
            queryPeriod: 1.00:00:00
            triggerOperator: gt
            triggerThreshold: 3
            tactics: [InitialAccess, CommandandControl]
            relevantTechniques: [T1078, T1110.003]
            query: |
              SigninLogs
              | summarize dcount(Location) by UserPrincipalName
            entityMappings:
              - entityType: Account
                fieldMappings:
                  - {identifier: FullName, columnName: UserPrincipalName}
            customDetails: {Country: Location}
            alertDetailsOverride:
              alertDisplayNameFormat: "Sign-ins of {{UserPrincipalName}}"
            eventGroupingSettings: {aggregationKind: AlertPerResult}
            suppressionEnabled: true
            suppressionDuration: PT2H
            incidentConfiguration:
              createIncident: true
              groupingConfiguration:
                enabled: true
                lookbackDuration: PT5H
                matchingMethod: Selected
                groupByEntities: [Account]
            version: 1.0.2
            """, file: "rule.yaml")
        let rule = try #require(reading.rules.first)
        #expect(
            rule.timing == .scheduled(.init(frequency: .hours(1), period: .days(1), trigger: .init(.greaterThan, 3))))
        #expect(rule.tactics == [.initialAccess, .commandAndControl])
        #expect(rule.suppression == .hours(2))
        #expect(rule.eventGrouping == .alertPerResult)
        #expect(
            rule.entityMappings == [
                EntityMapping(kind: .account, fields: [.init(identifier: "FullName", column: "UserPrincipalName")])
            ])
        guard case .rule(let grouping) = rule.incident.grouping else {
            Issue.record("the rule groups its alerts")
            return
        }
        #expect(grouping.matchingMethod == .selected(.init(entityKinds: [.account])))
        #expect(
            reading.findings.map(\.description) == [
                "rule.yaml:12:26: warning unknown-tactic: the tactic 'CommandandControl' is spelled CommandAndControl"
            ])
    }

    @Test(arguments: [
        ("PT5H", TimeSpan.hours(5)), ("P1DT30M", .minutes(1_470)), ("01:00:00", .hours(1)), ("1.00:00:00", .days(1)),
        ("14", .days(14)), ("5m", .minutes(5)), ("14d", .days(14)),
    ])
    func `a duration is read in all spellings`(text: String, span: TimeSpan) {
        #expect(DurationText.read(text) == span)
    }

    @Test(arguments: ["", "P", "PT", "1x", "-5m", "25:61:00", "99999999999999999999d", "P1H"])
    func `what is no duration is refused`(text: String) {
        #expect(DurationText.read(text) == nil)
    }

    @Test func `a query's fault is told with its line and column in the file`() {
        let text = """
            id: 0b9ae89d-8cad-461c-808f-0494f70ad5c4
            name: Broken
            kind: NRT
            severity: Low
            description: d
            query: |
                SigninLogs
                | where Nothing == 1
            """
        var validation = RuleValidation { _ in
            QueryCheck(faults: [.init(isError: true, message: "no column 'Nothing'", line: 2, column: 9)], columns: nil)
        }
        validation.add(text, file: "broken.yaml")
        #expect(validation.summary == "valid 0 of 1")
        #expect(validation.findings.map(\.description) == ["broken.yaml:8:13: error query: no column 'Nothing'"])
    }

    @Test(arguments: [
        "- a list", "{", "kind: Scheduled", "query: x\nkind: Martian", "\u{0}", "a: &a [*a]",
    ])
    func `a broken file is a finding and not a crash`(text: String) {
        let reading = RuleReader.read(text, file: "x.yaml")
        #expect(reading.rules.isEmpty)
        #expect(!reading.findings.isEmpty)
    }
}
