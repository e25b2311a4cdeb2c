import Detection
import JSON
import Testing

@Suite struct RuleSubmissionTests {
    private static let properties: JSON = [
        "displayName": "Failed logons", "description": "", "severity": "High", "enabled": true,
        "tactics": ["CredentialAccess"], "techniques": ["T1110"], "query": "SecurityEvent | where EventID == 4625",
        "queryFrequency": "PT1H", "queryPeriod": "PT2H", "triggerOperator": "GreaterThan", "triggerThreshold": 3,
        "suppressionDuration": "PT5H", "suppressionEnabled": true,
        "customDetails": ["Address": "IpAddress"], "eventGroupingSettings": ["aggregationKind": "AlertPerResult"],
        "entityMappings": [
            ["entityType": "Host", "fieldMappings": [["identifier": "HostName", "columnName": "Computer"]]]
        ],
        "alertDetailsOverride": ["alertDisplayNameFormat": "Logons at {{Computer}}"],
        "incidentConfiguration": [
            "createIncident": true,
            "groupingConfiguration": [
                "enabled": true, "reopenClosedIncident": true, "lookbackDuration": "P1D", "matchingMethod": "Selected",
                "groupByEntities": ["Host"], "groupByAlertDetails": ["DisplayName"],
                "groupByCustomDetails": ["Address"],
            ],
        ],
    ]

    private static func submit(_ kind: String, _ changes: [String: JSON?] = [:]) throws -> RuleSubmission {
        var members = properties.objectValue ?? [:]
        for (name, value) in changes { members[name] = value }
        return try RuleSubmission(id: "rule-1", kind: kind, properties: .object(members)) { query in
            let isBroken = query.contains("whre")
            return QueryCheck(
                faults: isBroken ? [.init(isError: true, message: "no operator 'whre'", line: 1, column: 3)] : [],
                columns: nil)
        }
    }

    @Test func `what a client writes is what it reads`() throws {
        guard case .query(let rule) = try Self.submit("Scheduled").rule else {
            Issue.record("not a query rule")
            return
        }
        #expect(rule.id == "rule-1")
        for (name, value) in Self.properties.objectValue ?? [:] { #expect(rule.properties[name] == value, "\(name)") }
        // And the answer can be sent back.
        let again = try RuleSubmission(id: "rule-1", kind: "Scheduled", properties: rule.properties) { _ in
            QueryCheck(faults: [], columns: nil)
        }
        guard case .query(let same) = again.rule else {
            Issue.record("not a query rule")
            return
        }
        #expect(same.properties == rule.properties)
    }

    @Test(
        arguments: [
            ("Scheduled", ["query": nil], "properties.query"),
            ("Scheduled", ["queryPeriod": nil], "properties.queryPeriod"),
            ("Scheduled", ["severity": "Awful"], "properties.severity"),
            ("Scheduled", ["queryFrequency": "soon"], "properties.queryFrequency"),
            ("Scheduled", ["query": "SecurityEvent | whre x"], "properties.query"),
            ("Scheduled", ["tactics": ["Cooking"]], "properties.tactics"),
            ("NRT", ["enabled": nil], "properties.enabled"), ("Magic", [:], "kind"),
            ("MicrosoftSecurityIncidentCreation", [:], "properties.productFilter"),
        ] as [(String, [String: JSON?], String)])
    func `a rule that would not work as written is refused with its field`(
        kind: String, changes: [String: JSON?], target: String
    ) throws {
        let refusal = try #require(throws: RuleSubmission.Refusal.self) { try Self.submit(kind, changes) }
        #expect(refusal.target == target, "\(refusal)")
    }
}
