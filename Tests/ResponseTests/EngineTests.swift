import Casebook
import Chronology
import Foundation
import JSON
import Response
import StateStore
import Synchronization
import Testing
import Vocabulary
import Workflow

struct EngineTests {
    static let enrich = Workshop.playbook(
        "Enrich",
        actions: [
            "Hosts": Workshop.sentinel(
                "post", "/entities/host", "@triggerBody()?['object']?['properties']?['relatedEntities']"),
            "Isolate": [
                "type": "Foreach", "foreach": "@body('Hosts')?['Hosts']", "runAfter": ["Hosts": ["Succeeded"]],
                "actions": [
                    "Call": [
                        "type": "Http",
                        "inputs": [
                            "method": "POST", "uri": "https://edr.example/isolate",
                            "body": ["host": "@items('Isolate')?['HostName']"],
                        ],
                    ]
                ],
            ],
            "Comment": Workshop.sentinel(
                "post", "/Incidents/Comment",
                [
                    "incidentArmId": "@triggerBody()?['object']?['id']",
                    "message": "<p>Isolated @{length(body('Hosts')?['Hosts'])} host(s)</p>",
                ], after: ["Isolate"]),
        ])

    @Test func `a new incident sets a rule off, which changes it, adds a task and runs a playbook`() async throws {
        let workshop = try Workshop()
        let web = FakeWeb()
        let text = """
            displayName: High severity
            triggeringLogic:
              conditions:
                - {conditionType: Property, conditionProperties: {propertyName: IncidentSeverity, operator: Equals, propertyValues: [High]}}
            actions:
              - {order: 1, actionType: ModifyProperties, actionConfiguration: {status: Active, labels: [{labelName: auto}]}}
              - {order: 2, actionType: AddIncidentTask, actionConfiguration: {title: Call the owner, description: By phone}}
              - {order: 3, actionType: RunPlaybook, actionConfiguration: {logicAppResourceId: /x/workflows/enrich}}
            """
        let rules = AutomationRuleFile.read(text, file: "r.yaml").rules
        let engine = workshop.engine(rules: rules, playbooks: [Self.enrich], web: web)
        let high = try await workshop.incident()
        let low = try await workshop.incident("Low", severity: .low)
        try await workshop.run(engine) { try await workshop.settled(engine) }
        let incident = try #require(try await workshop.casebook.incident(high))
        #expect(incident.status == .active)
        #expect(incident.labels.map(\.name) == ["auto"])
        #expect(try await workshop.casebook.tasks(of: high).map(\.title) == ["Call the owner"])
        #expect(try await workshop.casebook.comments(of: high).map(\.message) == ["<p>Isolated 1 host(s)</p>"])
        #expect(try await workshop.casebook.tasks(of: low).isEmpty)
        #expect(web.requests.map { String(decoding: $0.body, as: UTF8.self) } == [#"{"host":"ws-17"}"#])
        #expect(web.requests.first?.headers["Idempotency-Key"] != nil)
        let run = try #require(try await engine.runs(of: high).first)
        #expect(run.status == .succeeded && run.ruleID == "r" && run.startedBy.kind == .automationRule)
        let detail = try #require(try await engine.run(run.id))
        #expect(detail.actions.map(\.name) == ["Hosts", "Isolate", "Call", "Comment"])
        #expect(detail.actions[2].outputs["statusCode"] == 200)
        let kinds = try await workshop.database.journal.entries(subject: high.rawValue).map(\.kind)
        #expect(kinds.contains(.runStarted) && kinds.contains(.runFinished) && kinds.contains(.operationPerformed))
    }

    @Test func `rules apply in order, each to what the earlier ones left`() async throws {
        let workshop = try Workshop()
        let first = AutomationRule(
            id: "a", displayName: "Lower", order: 1,
            actions: [
                .modifyProperties(
                    {
                        var change = IncidentChange()
                        change.severity = .low
                        return change
                    }())
            ])
        let second = AutomationRule(
            id: "b", displayName: "Only high", order: 2,
            conditions: [.property(.incident(.severity), .equals, ["High"])],
            actions: [.addTask(title: "never", description: "")])
        let engine = workshop.engine(rules: [second, first])
        let id = try await workshop.incident()
        try await engine.applyPending()
        #expect(try await workshop.casebook.incident(id)?.severity == .low)
        #expect(try await workshop.casebook.tasks(of: id).isEmpty)
    }

    @Test func `a rule about updates is not set off by its own doing, and two rules do not chase each other for ever`()
        async throws
    {
        let workshop = try Workshop()
        func toggle(_ id: String, _ from: Severity, _ to: Severity) -> AutomationRule {
            var change = IncidentChange()
            change.severity = to
            return AutomationRule(
                id: id, displayName: id, subject: .incidents, occasion: .updated,
                conditions: [.property(.incident(.severity), .equals, [from.rawValue])],
                actions: [.modifyProperties(change)])
        }
        let engine = workshop.engine(rules: [toggle("up", .low, .high), toggle("down", .high, .low)])
        let id = try await workshop.incident()
        var change = IncidentChange()
        change.severity = .low
        try await workshop.casebook.update(id, change, by: .room("Test"))
        var rounds = 0
        while try await engine.takePending() > 0, rounds < 200 {
            try await engine.applyPending()
            rounds += 1
        }
        let changes = try await workshop.casebook.activity(of: id).filter { $0.actor.kind == .automationRule }
        #expect(changes.count <= 20)
    }

    @Test func `a playbook that is started by hand knows who did it`() async throws {
        let workshop = try Workshop()
        let engine = workshop.engine(playbooks: [Self.enrich])
        let id = try await workshop.incident()
        let actor = JournalActor(kind: .user, id: "u1", name: "Ada")
        try await engine.start(playbook: "ENRICH", on: id, by: actor)
        try await workshop.run(engine) { try await workshop.settled(engine) }
        #expect(try await engine.runs(of: id).first?.startedBy == actor)
        let comment = try #require(try await workshop.casebook.comments(of: id).first)
        #expect(comment.author.kind == .playbook)
        await #expect(throws: ResponseError.self) { try await engine.start(playbook: "none", on: id, by: actor) }
    }

    @Test func `after a kill the run goes on where it was, and nothing is done twice`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-response-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let steps: JSON = [
            "One": Workshop.sentinel(
                "post", "/Incidents/Comment", ["incidentArmId": "@triggerBody()?['object']?['id']", "message": "one"]),
            "Two": [
                "type": "Http", "inputs": ["method": "POST", "uri": "https://edr.example/two", "body": "@{guid()}"],
                "runAfter": ["One": ["Succeeded"]],
            ],
            "Three": [
                "type": "Http", "inputs": ["method": "POST", "uri": "https://edr.example/three"],
                "runAfter": ["Two": ["Succeeded"]],
            ],
            "Four": Workshop.sentinel(
                "post", "/Incidents/Comment",
                ["incidentArmId": "@triggerBody()?['object']?['id']", "message": "four @{body('Three')?['n']}"],
                after: ["Three"]),
        ]
        let playbook = Workshop.playbook("Steps", actions: steps)
        let id: IncidentID
        let firstWeb = FakeWeb { request throws(OperationFailure) in
            guard request.uri.hasSuffix("/three") else { return WorkflowAnswer(body: ["n": 2]) }
            // The process ends while the third action waits for its answer.
            while !Task.isCancelled { await Task.yield() }
            throw OperationFailure(code: "Cancelled", message: "the process ended", isTransient: true)
        }
        do {
            let workshop = try Workshop(path: folder.appending(path: "state.sqlite").path)
            let engine = workshop.engine(playbooks: [playbook], web: firstWeb)
            id = try await workshop.incident()
            try await engine.start(playbook: "Steps", on: id, by: .room("Test"))
            try await workshop.run(engine) { firstWeb.requests.count == 2 }
            try workshop.database.close()
        }
        let secondWeb = FakeWeb { _ in WorkflowAnswer(body: ["n": 3]) }
        let workshop = try Workshop(path: folder.appending(path: "state.sqlite").path)
        let engine = workshop.engine(web: secondWeb)
        try await workshop.run(engine) { try await workshop.settled(engine) }
        #expect(firstWeb.requests.map(\.uri) == ["https://edr.example/two", "https://edr.example/three"])
        #expect(secondWeb.requests.map(\.uri) == ["https://edr.example/three"])
        #expect(firstWeb.requests[1].headers["Idempotency-Key"] == secondWeb.requests[0].headers["Idempotency-Key"])
        #expect(try await workshop.casebook.comments(of: id).map(\.message) == ["one", "four 3"])
        let run = try #require(try await engine.runs().first)
        #expect(run.status == .succeeded)
        #expect(
            try await engine.run(run.id)?.actions.map(\.status) == [.succeeded, .succeeded, .succeeded, .succeeded])
    }

    @Test func `a workflow calls another and gets its response`() async throws {
        let workshop = try Workshop()
        let child: JSON = [
            "definition": [
                "triggers": ["manual": ["type": "Request", "kind": "Http"]],
                "actions": [
                    "Reply": [
                        "type": "Response",
                        "inputs": ["statusCode": 200, "body": ["double": "@mul(triggerBody()?['n'], 2)"]],
                    ]
                ],
            ]
        ]
        let parent = Workshop.playbook(
            "Parent",
            actions: [
                "Call": [
                    "type": "Workflow",
                    "inputs": [
                        "host": ["triggerName": "manual", "workflow": ["id": "/subscriptions/s/workflows/Child"]],
                        "body": ["n": 21],
                    ],
                ],
                "Comment": Workshop.sentinel(
                    "post", "/Incidents/Comment",
                    ["incidentArmId": "@triggerBody()?['object']?['id']", "message": "@{body('Call')?['double']}"],
                    after: ["Call"]),
            ])
        let engine = workshop.engine(playbooks: [parent, ("Child.json", child.description)])
        let id = try await workshop.incident()
        try await engine.start(playbook: "Parent", on: id, by: .room("Test"))
        try await workshop.run(engine) { try await workshop.settled(engine, count: 2) }
        #expect(try await workshop.casebook.comments(of: id).map(\.message) == ["42"])
    }

    @Test func `an approval waits for its callback, and only the right token counts`() async throws {
        let workshop = try Workshop()
        let subscribed = Mutex<String?>(nil)
        struct Approvals: Connector {
            let note: @Sendable (String) -> Void
            func perform(_ call: ConnectorCall, context: ConnectorContext) async throws(OperationFailure)
                -> WorkflowAnswer
            {
                note(call.body["NotificationUrl"]?.stringValue ?? "")
                return WorkflowAnswer(statusCode: 201)
            }
        }
        let playbook = Workshop.playbook(
            "Ask",
            actions: [
                "Approve": [
                    "type": "ApiConnectionWebhook",
                    "inputs": [
                        "host": ["connection": ["name": "office365"]], "path": "/approvalmail/$subscriptions",
                        "body": ["NotificationUrl": "@{listCallbackUrl()}"],
                    ],
                ],
                "Comment": Workshop.sentinel(
                    "post", "/Incidents/Comment",
                    [
                        "incidentArmId": "@triggerBody()?['object']?['id']",
                        "message": "@{body('Approve')?['SelectedOption']}",
                    ],
                    after: ["Approve"]),
            ])
        let engine = workshop.engine(
            playbooks: [playbook],
            connectors: ["office365": Approvals(note: { url in subscribed.withLock { $0 = url } })])
        let id = try await workshop.incident()
        try await engine.start(playbook: "Ask", on: id, by: .room("Test"))
        let running = Task { try await engine.run() }
        defer { running.cancel() }
        while try await engine.runs().first?.isWaiting != true { await Task.yield() }
        let url = try #require(subscribed.withLock { $0 })
        let parts = url.dropFirst("https://tocsin.example/callbacks/".count).split(separator: "/").map(String.init)
        let option = WorkflowAnswer(body: ["SelectedOption": "Approve"])
        #expect(try await !engine.callBack(run: parts[0], token: "guess", action: parts[2], option))
        #expect(try await engine.callBack(run: parts[0], token: parts[1], action: parts[2], option))
        while try await !workshop.settled(engine) { await Task.yield() }
        #expect(try await workshop.casebook.comments(of: id).map(\.message) == ["Approve"])
    }
}
