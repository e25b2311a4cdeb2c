import Chronology
import Collection
import Detection
import EventStore
import Foundation
import KQL
import KQLFunctions
import KQLValues
import Records
import Sigma
import TestSupport
import Testing

@Suite struct RuleTestingTests {
    private static let surroundings = RuleTestSurroundings(
        environment: QueryEnvironment(
            catalogue: .standard,
            tables: FixedTableCatalog([
                "SecurityEvent": TableSchema([
                    ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int),
                    ColumnSchema("TargetUserName", .string), ColumnSchema("IpAddress", .string),
                    ColumnSchema("Computer", .string),
                ])
            ]))
    ) { text, _, _ in
        let rows = text.split(separator: "\n").map { line -> [Value] in
            [.datetime(Instant(unixSeconds: 1_772_000_000)), .int(4625), .string(String(line))]
        }
        let schema = TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int),
            ColumnSchema("TargetUserName", .string),
        ])
        let batch = EventBatch(table: "SecurityEvent", rows: Table(schema: schema, rows: rows))
        return RuleTestSurroundings.Collected(records: RecordBatch(), rows: [batch], faults: [])
    }

    private static func run(_ text: String) -> (results: [RuleTestResult], findings: [RuleFinding]) {
        let file = RuleTestFile(text, file: "rule.yaml")
        return (RuleTestRunner(surroundings).run(file), file.findings)
    }

    private static let spray = """
        id: 0b8f5a9e-7f43-4f5c-9a0e-6a6a4a7b0001
        name: Many failures
        kind: Scheduled
        severity: Medium
        queryFrequency: 10m
        queryPeriod: 10m
        triggerOperator: gt
        triggerThreshold: 0
        tactics: [CredentialAccess]
        relevantTechniques: [T1110]
        query: |
          SecurityEvent
          | where EventID == 4625
          | where TargetUserName !in ((_GetWatchlist('Ignored') | project UPN))
          | summarize Failures = count() by TargetUserName, IpAddress
          | where Failures >= 5
        entityMappings:
          - entityType: Account
            fieldMappings: [{identifier: FullName, columnName: TargetUserName}]
          - entityType: IP
            fieldMappings: [{identifier: Address, columnName: IpAddress}]
        customDetails: {Failures: Failures}

        """

    @Test func `a rule that does as its tests say passes`() {
        let (results, findings) = Self.run(
            Self.spray + """
                tests:
                  - name: twenty failures in a few minutes
                    events:
                      SecurityEvent:
                        - {repeat: 20, every: 10s, event: {EventID: 4625, TargetUserName: ann, IpAddress: 203.0.113.7}}
                    alerts: 1
                    expect:
                      title: Many failures
                      severity: Medium
                      tactics: [CredentialAccess]
                      techniques: [T1110]
                      entities: [Account ann, IP 203.0.113.7]
                      details: {Failures: ["20"]}
                      evidence: {TargetUserName: ann, Failures: 20}
                  - name: four are too few
                    events:
                      SecurityEvent: [{repeat: 4, event: {EventID: 4625, TargetUserName: ann}}]
                    alerts: 0
                  - name: the names differ
                    events:
                      SecurityEvent: [{repeat: 20, event: {EventID: 4625, TargetUserName: "user{n}"}}]
                    alerts: 0
                  - name: only three lie in the window
                    now: 2026-03-01T12:00:00Z
                    events:
                      SecurityEvent:
                        - {repeat: 3, every: 1m, event: {TimeGenerated: -5m, EventID: 4625, TargetUserName: ann}}
                        - {repeat: 3, event: {TimeGenerated: 2026-03-01T11:49:59Z, EventID: 4625, TargetUserName: ann}}
                    alerts: 0
                  - name: a watchlist exempts
                    watchlists: {Ignored: [{UPN: ann}]}
                    events:
                      SecurityEvent: [{repeat: 20, event: {EventID: 4625, TargetUserName: ann}}]
                    alerts: 0
                  - name: raw lines count
                    lines: [{source: any, text: "bob\\nbob\\nbob\\nbob\\nbob\\n"}]
                    alerts: 1
                    expect: {entities: [Account bob]}
                """)
        #expect(findings.isEmpty)
        #expect(results.flatMap(\.differences).map(\.description) == [])
        #expect(results.count == 6)
    }

    @Test func `what differs is told with its place`() throws {
        let (results, _) = Self.run(
            Self.spray + """
                tests:
                  - name: wrong in each respect
                    events:
                      SecurityEvent: [{repeat: 6, event: {EventID: 4625, TargetUserName: ann}}]
                    alerts: 2
                    expect:
                      title: Something else
                      severity: High
                      entities: [Account bob]
                      details: {Failures: ["7"]}
                      evidence: {Failures: 7}
                """)
        let result = try #require(results.first)
        let line = Self.spray.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(
            result.differences.map(\.description) == [
                "rule.yaml:\(line + 4): alerts: expected 2, got 1",
                "rule.yaml:\(line + 6): title: expected 'Something else', got 'Many failures'",
                "rule.yaml:\(line + 7): severity: expected High, got Medium",
                "rule.yaml:\(line + 8): entities: expected Account bob, got Account ann",
                "rule.yaml:\(line + 9): details Failures: expected 7, got 6",
                "rule.yaml:\(line + 10): evidence: expected {\"Failures\":7}, got {\"Failures\":6} in the first of 1 rows",
            ])
        #expect(result.notes.contains { $0.contains("the query gave 1 rows") })
    }

    @Test func `wrong shapes and unknown keys are findings with line`() {
        let (results, findings) = Self.run(
            Self.spray + """
                tests:
                  - name: misspelled
                    event: []
                  - name: no list
                    events: {SecurityEvent: 7}
                  - just text
                  - name: nothing to describe
                    alerts: 0
                    expect: {severity: Enormous}
                """)
        let line = Self.spray.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(results.isEmpty)
        #expect(
            findings.map { "\($0.position.line - line) \($0.code.rawValue)" } == [
                "2 unknown-field", "4 invalid-value", "5 invalid-value", "8 invalid-value",
            ])
    }

    @Test func `a column that is not there, or of another type, fails its test`() throws {
        let (results, _) = Self.run(
            Self.spray + """
                tests:
                  - name: letters
                    events: {SecurityEvent: [{EventId: 4625}, {EventID: many}], Nowhere: [{A: 1}]}
                    alerts: 0
                """)
        let got = try #require(results.first).differences.map { "\($0.what): \($0.expected), \($0.got)" }
        #expect(got.prefix(2) == ["column of SecurityEvent: EventID, EventId", "column EventID: a int, many"])
        #expect(got.count == 3)
    }

    @Test func `a Sigma rule's tests run through the matcher`() {
        let (results, findings) = Self.run(
            #"""
            title: Encoded PowerShell
            id: 11111111-2222-3333-4444-555555555555
            level: high
            logsource: {product: windows, category: process_creation}
            detection:
              selection: {CommandLine|contains: ' -enc '}
              condition: selection
            tests:
              - name: finds the switch
                events:
                  - Channel: Microsoft-Windows-Sysmon/Operational
                    EventID: 1
                    Computer: srv1
                    User: CORP\ann
                    CommandLine: powershell -ENC SQBF
                alerts: 1
                expect:
                  title: Encoded PowerShell
                  severity: High
                  entities: [Host srv1, Account ann]
                  evidence: {EventID: 1}
              - name: needs the switch
                events:
                  WindowsEvent:
                    - {Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, CommandLine: powershell}
                alerts: 0
              - name: is wrong
                events: [{Channel: Microsoft-Windows-Sysmon/Operational, EventID: 1, CommandLine: x}]
            """#)
        #expect(findings.isEmpty)
        #expect(results.map(\.isPassed) == [true, true, false])
        #expect(results.last?.differences.first?.description == "rule.yaml:27: alerts: expected 1, got 0")
    }

    @Test func `the JUnit report is well-formed and counts`() async throws {
        let (results, findings) = Self.run(
            Self.spray + """
                tests:
                  - name: "<quotes> & \\"marks\\""
                    alerts: 3
                  - name: passes
                    alerts: 0
                  - nothing
                """)
        let xml = JUnitReport(results, findings: findings).xml
        #expect(
            try await elementCounts(xml) == ["testsuites": 1, "testsuite": 1, "testcase": 3, "failure": 1, "error": 1])
    }
}

/// Counts the elements of a document by a real XML parser.
private func elementCounts(_ xml: String) async throws -> [String: Int] {
    let script =
        "import sys, xml.etree.ElementTree as e\nfor x in e.fromstring(sys.stdin.buffer.read()).iter(): print(x.tag)"
    let parser = try await Command.run("/usr/bin/python3", ["-c", script], input: xml)
    #expect(parser.status == 0, "\(parser.errors)")
    return Dictionary(parser.output.split(separator: "\n").map { (String($0), 1) }, uniquingKeysWith: +)
}
