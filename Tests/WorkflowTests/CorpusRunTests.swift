import JSON
import TestSupport
import Testing
import Workflow

/// Stand-ins for everything that the corpus' playbooks call.
enum FakeEndpoints {
    static let incident: JSON = [
        "object": [
            "id":
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w/providers/Microsoft.SecurityInsights/Incidents/1",
            "name": "1", "etag": "\"1\"", "type": "Microsoft.SecurityInsights/Incidents",
            "properties": [
                "title": "A title", "description": "Words", "severity": "High", "status": "New", "incidentNumber": 7,
                "incidentUrl": "https://tocsin/incidents/7", "createdTimeUtc": "2026-11-21T10:00:00Z",
                "lastModifiedTimeUtc": "2026-11-21T10:00:00Z", "firstActivityTimeUtc": "2026-11-21T09:00:00Z",
                "lastActivityTimeUtc": "2026-11-21T09:30:00Z",
                "owner": ["objectId": nil, "email": nil, "assignedTo": nil, "userPrincipalName": nil],
                "labels": [["labelName": "sync", "labelType": "User"]], "classification": "", "providerName": "Tocsin",
                "providerIncidentId": "7", "relatedAnalyticRuleIds": ["/rules/r"],
                "additionalData": [
                    "alertsCount": 1, "bookmarksCount": 0, "commentsCount": 0, "alertProductNames": ["Tocsin"],
                    "tactics": ["CredentialAccess"],
                ],
                "relatedEntities": [
                    ["id": "e1", "kind": "Ip", "properties": ["address": "1.2.3.4", "friendlyName": "1.2.3.4"]],
                    [
                        "id": "e2", "kind": "Account",
                        "properties": ["accountName": "ada", "upnSuffix": "example.org", "aadUserId": "u-1"],
                    ],
                    ["id": "e3", "kind": "Host", "properties": ["hostName": "srv1", "dnsDomain": "example.org"]],
                ],
                "Alerts": [
                    [
                        "id": "a1", "kind": "SecurityAlert",
                        "properties": [
                            "systemAlertId": "a1", "alertDisplayName": "An alert", "severity": "High",
                            "timeGenerated": "2026-11-21T10:00:00Z", "providerAlertId": "p1", "alertLink": "https://x",
                            "resourceIdentifiers": [["workspaceId": "w", "azureResourceId": "/subscriptions/s"]],
                            "additionalData": ["Custom Details": "{}", "Query": "print 1"],
                            "remediationSteps": ["Do this", "Then that"],
                        ],
                    ]
                ],
                "Bookmarks": [], "Comments": [],
            ],
        ],
        "incidentUpdates": [
            "updatedFields": ["Severity"], "updatedBy": ["source": "User", "name": "ada"], "alerts": [], "comments": [],
            "labels": [], "tactics": [],
        ],
        "workspaceInfo": ["SubscriptionId": "s", "ResourceGroupName": "g", "WorkspaceName": "w"], "workspaceId": "w-1",
        "WorkspaceSubscriptionId": "s", "WorkspaceResourceGroup": "g", "WorkspaceId": "w-1", "SystemAlertId": "a1",
        "Severity": "High", "AlertDisplayName": "An alert",
        "Entities": [
            ["Type": "account", "Name": "ada@example.org", "UPNSuffix": "example.org", "NTDomain": "EX"],
            ["Type": "azure-resource", "ResourceId": "/subscriptions/s/resourceGroups/g/providers/p/t/n"],
        ],
        "ExtendedProperties": ["resourceType": "Storage account"],
    ]

    /// A value that fits a schema.
    static func sample(_ schema: JSON) -> JSON {
        switch schema["type"]?.stringValue {
        case "object": .object((schema["properties"]?.objectValue ?? [:]).mapValues(sample))
        case "array": [sample(schema["items"] ?? ["type": "object"])]
        case "integer": 1
        case "number": 1.5
        case "boolean": true
        default: "x"
        }
    }

    /// Values that fit what the workflow's ParseJson actions expect.
    static func samples(for definition: WorkflowDefinition) -> JSONObject {
        var samples = JSONObject()
        definition.actions.forEach { action, _ in
            guard case .operation(.parseJSON) = action.body, let schema = action.inputs["schema"] else { return }
            samples.merge(sample(schema).objectValue ?? [:]) { $1 }
        }
        return samples
    }

    static func answer(to request: OperationRequest, samples: JSONObject) -> WorkflowEvent? {
        switch request.call {
        case .connector(let call): connector(call, request)
        case .http: http(request, samples)
        case .workflow: WorkflowTests.answer(request, 200, ["ok": true])
        case .subscribe, .subscribeOverHTTP:
            .calledBack(request.path, WorkflowAnswer(body: ["SelectedOption": "Approve"]))
        }
    }

    private static func connector(_ call: ConnectorCall, _ request: OperationRequest) -> WorkflowEvent {
        let path = call.path.lowercased()
        let body: JSON =
            if path.hasPrefix("/entities/") {
                [
                    "IPs": [["Address": "1.2.3.4"]], "Hosts": [["HostName": "srv1", "DnsDomain": "example.org"]],
                    "Accounts": [
                        ["Name": "ada@example.org", "UPNSuffix": "example.org", "AadUserId": "u-1", "NTDomain": "EX"]
                    ],
                    "URLs": [["Url": "https://bad.example"]], "Filehashes": [],
                ]
            } else if path.hasPrefix("/incidents") || path.hasPrefix("/cases") {
                incident["object"] ?? .null
            } else if path.hasPrefix("/watchlists") {
                ["value": [["properties": ["itemsKeyValue": ["UserPrincipalName": "ada@example.org"]]]]]
            } else if path.contains("/api/machines") {
                ["value": [["id": "m1", "computerDnsName": "srv1.example.org"]], "id": "m1", "status": "Pending"]
            } else if path.contains("/networkgroups") {
                ["items": [["id": "g1", "name": "n"]], "id": "g1", "name": "n", "literals": [["value": "9.9.9.9"]]]
            } else if path.contains("querydata") || path.contains("visualizequery") {
                ["value": [["a": 1]], "body": "PGI+eDwvYj4=", "attachmentContent": "eA==", "attachmentName": "x"]
            } else {
                [
                    "id": "x1", "key": "K-1", "mail": "boss@example.org", "displayName": "Ada", "value": [["id": "x"]],
                    "error": ["message": "denied"],
                ]
            }
        let headers: JSONObject = ["X-auth-access-token": "t", "DOMAIN_UUID": "d"]
        return .answered(request.path, attempt: request.attempt, WorkflowAnswer(headers: headers, body: body))
    }

    private static func http(_ request: OperationRequest, _ samples: JSONObject) -> WorkflowEvent {
        let body: JSONObject = [
            "id": "1", "value": [["id": "v", "displayName": "x"]],
            "resources": [["device_id": "d1", "hostname": "srv1"]], "data": ["rows": [[["srv1"]]]], "access_token": "t",
            "token_type": "bearer", "expires_in": 3600, "incident": ["id": "i"], "ip": "1.2.3.4", "noise": false,
            "riot": false, "classification": "benign", "name": "n", "link": "https://x", "last_seen": "2026-01-01",
            "message": "Success", "userPrincipalName": "boss@example.org", "mail": "boss@example.org",
        ]
        return WorkflowTests.answer(request, 200, .object(body.merging(samples) { $1 }))
    }
}

@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct CorpusRunTests {
    @Test(arguments: PlaybookCorpus.files)
    func `a playbook of the corpus runs against fake endpoints`(_ file: String) throws {
        for workflow in try PlaybookCorpus.read(file).workflows {
            let samples = FakeEndpoints.samples(for: workflow.definition)
            var harness = RunHarness(
                workflow.definition, parameters: workflow.parameters, connections: workflow.connections,
                endpoint: { FakeEndpoints.answer(to: $0, samples: samples) })
            harness.finish(body: FakeEndpoints.incident)
            let failures = harness.run.records.filter { $0.status == .failed || $0.status == .timedOut }
                .map { "\($0.path): \($0.error?.code ?? "") \($0.error?.message ?? "")" }
            #expect(harness.run.status != .running)
            #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        }
    }
}
