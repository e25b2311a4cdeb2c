import Casebook
import Foundation
import JSON
import Response
import StateStore
import Synchronization
import Testing
import Vocabulary
import Workflow

struct ConnectorTests {
    let workshop: Workshop
    let connector: SentinelConnector

    init() throws {
        workshop = try Workshop()
        connector = SentinelConnector(casebook: workshop.casebook, workspace: Workshop.workspace)
    }

    func perform(_ method: String, _ path: String, _ body: JSON = .null, key: String = "k") async throws
        -> WorkflowAnswer
    {
        let call = ConnectorCall(
            connector: "azuresentinel", connectionID: "c", method: method, path: path, queries: [:], headers: [:],
            body: body)
        let actor = JournalActor(kind: .playbook, id: "p", name: "p")
        return try await connector.perform(call, context: ConnectorContext(actor: actor, idempotencyKey: key))
    }

    func armID(_ id: IncidentID) -> JSON { .string("\(Workshop.workspace.insightsPath)/Incidents/\(id)") }

    @Test func `an incident is closed with its classification, however it is spelled`() async throws {
        let id = try await workshop.incident()
        let answer = try await perform(
            "PUT", "/Incidents",
            [
                "incidentArmId": armID(id), "status": "Closed",
                "classification": [
                    "ClassificationAndReason": "True Positive - Suspicious Activity",
                    "ClassificationReasonText": "sure",
                ],
                "tagsToAdd": ["TagsToAdd": [["Tag": "done"]]], "owner": "ada@corp.example", "ownerAction": "Assign",
                "severity": "Critical",
            ])
        #expect(answer.statusCode == 200)
        let incident = try #require(try await workshop.casebook.incident(id))
        #expect(incident.status == .closed && incident.classification == .truePositive)
        #expect(incident.classificationComment == "sure" && incident.owner?.email == "ada@corp.example")
        #expect(answer.body["properties"]?["classification"] == "TruePositive")
        #expect(incident.labels.map(\.name) == ["done"])
    }

    @Test func `a repeated comment or task is made once`() async throws {
        let id = try await workshop.incident()
        for _ in 1...2 {
            let comment = try await perform(
                "POST", "/Incidents/Comment", ["incidentArmId": armID(id), "message": "<p>x</p>"], key: "c")
            #expect(comment.body["properties"]?["message"] == "<p>x</p>")
            let task = try await perform(
                "POST", "/Incidents/CreateTask", ["incidentArmId": armID(id), "taskTitle": "t"], key: "t")
            let done = try await perform("POST", "/Incidents/CompleteTask", ["taskArmId": task.body["id"] ?? .null])
            #expect(done.body["properties"]?["status"] == "Completed")
        }
        #expect(try await workshop.casebook.comments(of: id).count == 1)
        #expect(try await workshop.casebook.tasks(of: id).map(\.status) == [.completed])
    }

    @Test func `entities come out of both shapes, flattened`() async throws {
        let mixed: JSON = [
            ["kind": "Ip", "properties": ["address": "1.2.3.4", "friendlyName": "x"]],
            ["Type": "ip", "Address": "5.6.7.8"], ["Type": "account", "Name": "ada", "UPNSuffix": "x.org"],
            ["kind": "Account", "properties": ["accountName": "bob", "ntDomain": "X", "isDomainJoined": true]],
            ["kind": "Host", "properties": ["hostName": "h", "dnsDomain": "d", "omsAgentID": "o"]],
            ["kind": "FileHash", "properties": ["hashValue": "ff", "algorithm": "SHA256"]],
            ["kind": "Url", "properties": ["url": "https://bad"]],
            ["kind": "DnsResolution", "properties": ["domainName": "bad"]],
        ]
        #expect(
            try await perform("post", "/entities/ip", mixed).body["IPs"] == [
                ["Address": "1.2.3.4"], ["Address": "5.6.7.8"],
            ])
        let accounts = try await perform("POST", "/entities/account", .string(mixed.description)).body["Accounts"]
        #expect(
            accounts?[0]?["UPNSuffix"] == "x.org" && accounts?[1]?["Name"] == "bob"
                && accounts?[1]?["IsDomainJoined"] == true)
        #expect(try await perform("POST", "/entities/host", mixed).body["Hosts"]?[0]?["OMSAgentID"] == "o")
        #expect(
            try await perform("POST", "/entities/filehash", mixed).body["Filehashes"] == [
                ["Value": "ff", "Algorithm": "SHA256"]
            ])
        #expect(try await perform("POST", "/entities/url", mixed).body["URLs"] == [["Url": "https://bad"]])
        #expect(
            try await perform("POST", "/Entities/DnsResolution", mixed).body["Dnsresolutions"] == [
                ["DomainName": "bad"]
            ])
    }

    @Test func `incidents are found by alert, read and made`() async throws {
        let id = try await workshop.incident("Found")
        let alert = try #require(try await workshop.casebook.incident(id)?.alertIDs.first)
        let path = "/Incidents/subscriptions/sub/resourceGroups/grp/workspaces/ws-id/alerts/\(alert)"
        #expect(try await perform("GET", path).body["name"] == .string(id.rawValue))
        #expect(
            try await perform("POST", "/Incidents", ["incidentArmId": armID(id)]).body["name"] == .string(id.rawValue))
        let create = "/Incidents/subscriptions/sub/resourceGroups/grp/workspaces/ws"
        let made = try await perform("PUT", create, ["title": "New", "severity": "Low"], key: "n")
        let again = try await perform("PUT", create, ["title": "New", "severity": "Low"], key: "n")
        #expect(made.statusCode == 201 && made.body["name"] == again.body["name"])
        #expect(try await perform("GET", path + "x").statusCode == 404)
    }

    @Test func `alerts are related and unrelated`() async throws {
        let first = try await workshop.incident("A")
        let second = try await workshop.incident("B")
        let alert = try #require(try await workshop.casebook.incident(first)?.alertIDs.first)
        let body: JSON = ["incidentArmId": armID(second), "relatedResourceId": .string("/x/entities/\(alert)")]
        #expect(try await perform("POST", "/Incidents/Relation/Create", body).statusCode == 200)
        #expect(try await workshop.casebook.incident(second)?.alertIDs.count == 2)
        #expect(try await perform("POST", "/Incidents/Relation/Delete", body).statusCode == 200)
        #expect(try await workshop.casebook.incident(second)?.alertIDs.count == 1)
    }

    @Test func `the oldest operations still work`() async throws {
        let id = try await workshop.incident("Old")
        let incident = try #require(try await workshop.casebook.incident(id))
        let alert = try #require(incident.alertIDs.first)
        let read = try await perform("GET", "/Cases/\(alert)/sub/ws-id/grp")
        #expect(read.body["properties"]?["CaseNumber"] == .int(Int64(incident.number)))
        _ = try await perform("PUT", "/Comment/sub/ws-id/grp/Alert/\(alert)", ["Value": "hi"])
        _ = try await perform("PUT", "/Case/sub/ws-id/grp/Incident/\(incident.number)/Severity/Low")
        _ = try await perform("PUT", "/Case/sub/ws-id/grp/Incident/\(incident.number)/Status/InProgress")
        _ = try await perform(
            "PUT", "/Case/sub/ws-id/grp/Incident/\(incident.number)/AddLabels", ["Labels": [["Label": "x"]]])
        let changed = try #require(try await workshop.casebook.incident(id))
        #expect(changed.severity == .low && changed.status == .active && changed.labels.map(\.name) == ["x"])
        #expect(try await workshop.casebook.comments(of: id).map(\.message) == ["hi"])
    }

    @Test func `what is wrong is answered, not thrown`() async throws {
        #expect(
            try await perform("POST", "/Incidents/Comment", ["incidentArmId": "/x/none", "message": "m"]).statusCode
                == 404)
        #expect(try await perform("POST", "/Incidents/Comment", [:]).statusCode == 400)
        #expect(try await perform("PUT", "/Incidents", ["incidentArmId": "x", "severity": "odd"]).statusCode == 400)
        #expect(try await perform("GET", "/Nowhere").statusCode == 501)
    }
}

struct OtherConnectorTests {
    struct Queries: PlaybookQueries {
        func rows(of query: String) async throws(OperationFailure) -> [JSON] {
            guard query != "bad" else {
                throw OperationFailure(code: "SemanticError", message: "no such table", isTransient: false)
            }
            return [["a": 1, "b": "<x>"]]
        }
    }

    struct Uploads: PlaybookUploads {
        let note: @Sendable ([JSON], String) -> Void
        func ingest(_ records: [JSON], into table: String) async throws(OperationFailure) { note(records, table) }
    }

    final class Mailer: PlaybookMailer {
        let sent = Mutex<[[String]]>([])
        func send(to addresses: [String], subject: String, html: String, id: String) async throws(OperationFailure) {
            sent.withLock { $0.append(addresses + [subject, html, id]) }
        }
    }

    func perform(_ connector: any Connector, _ path: String, _ body: JSON, headers: JSONObject = [:]) async throws
        -> WorkflowAnswer
    {
        let call = ConnectorCall(
            connector: "c", connectionID: "c", method: "POST", path: path, queries: [:], headers: headers, body: body)
        let context = ConnectorContext(actor: .room("Test"), idempotencyKey: "key")
        return try await connector.perform(call, context: context)
    }

    @Test func `a query's rows come as objects, and as a table for people`() async throws {
        let connector = LogQueryConnector(queries: Queries())
        #expect(try await perform(connector, "/queryData", "T | take 1").body["value"] == [["a": 1, "b": "<x>"]])
        let encoded = try #require(try await perform(connector, "/visualizeQuery", "T").body["body"]?.stringValue)
        let html = String(decoding: try #require(Data(base64Encoded: encoded)), as: UTF8.self)
        #expect(html.contains("<th>a</th><th>b</th>") && html.contains("<td>&lt;x&gt;</td>"))
        let refused = try await perform(connector, "/queryData", "bad")
        #expect(refused.statusCode == 400 && refused.body["error"]?["message"] == "no such table")
    }

    @Test func `records go into a custom table`() async throws {
        let taken = Mutex<(count: Int, table: String)>((0, ""))
        let connector = LogUploadConnector(
            uploads: Uploads(note: { records, table in taken.withLock { $0 = (records.count, table) } }))
        let answer = try await perform(connector, "/api/logs", "[{\"x\":1},{\"x\":2}]", headers: ["Log-Type": "Mine"])
        #expect(answer.statusCode == 200)
        #expect(taken.withLock { $0.count } == 2 && taken.withLock { $0.table } == "Mine_CL")
        #expect(try await perform(connector, "/api/logs", "[]", headers: ["Log-Type": "x;y"]).statusCode == 400)
    }

    @Test func `a mail goes to everyone who is named`() async throws {
        let mailer = Mailer()
        let body: JSON = ["To": "a@x.org; b@x.org", "Subject": "S", "Body": "<p>B</p>"]
        #expect(try await perform(MailConnector(mailer: mailer), "/v2/Mail", body).statusCode == 200)
        #expect(mailer.sent.withLock { $0 } == [["a@x.org", "b@x.org", "S", "<p>B</p>", "key"]])
        #expect(try await perform(MailConnector(mailer: mailer), "/v2/Mail", ["To": ""]).statusCode == 400)
    }

    @Test func `a file names the services behind connectors, and hosts that are elsewhere`() throws {
        let text = """
            connectors:
              wdatp: {url: "http://edr.local:8080", headers: {X-Key: k}}
              "*": {url: "http://127.0.0.1:9000"}
              broken: {url: 5}
            hosts:
              graph.microsoft.com: http://127.0.0.1:9001
            """
        let (connectors, problems) = ConnectorFile.read(text, file: "connectors.yaml")
        #expect(connectors.map(\.name) == ["wdatp", "*"])
        #expect(problems.map(\.path) == ["connectors.broken"])
        #expect(ConnectorFile.hosts(text, file: "c") == ["graph.microsoft.com": "http://127.0.0.1:9001"])
    }
}
