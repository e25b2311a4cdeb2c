import Casebook
import Chronology
import Foundation
import JSON
import Logging
import Response
import StateStore
import Synchronization
import Testing
import Vocabulary
import Workflow

/// A web of fake services that remembers what it was asked.
final class FakeWeb: HTTPPort {
    typealias Reply = @Sendable (OutgoingRequest) async throws(OperationFailure) -> WorkflowAnswer

    private let asked = Mutex<[OutgoingRequest]>([])
    private let reply: Reply

    init(_ reply: @escaping Reply = { _ in WorkflowAnswer(body: ["ok": true]) }) {
        self.reply = reply
    }

    var requests: [OutgoingRequest] { asked.withLock { $0 } }

    func send(_ request: OutgoingRequest, policy: OutgoingPolicy) async throws(OperationFailure) -> WorkflowAnswer {
        asked.withLock { $0.append(request) }
        return try await reply(request)
    }
}

/// Everything that the response room needs, on a database of its own.
struct Workshop: Sendable {
    static let workspace = ResponseWorkspace(
        subscriptionID: "sub", resourceGroup: "grp", name: "ws", id: "ws-id", portalURL: "https://tocsin.example")

    let database: StateDatabase
    let casebook: Casebook

    init(path: String? = nil) throws {
        let rooms = [Casebook.migrations, ResponseEngine.migrations]
        database =
            try path.map { try StateDatabase.open(path: $0, rooms: rooms) } ?? StateDatabase.inMemory(rooms: rooms)
        casebook = Casebook(database: database)
    }

    func engine(
        rules: [AutomationRule] = [], playbooks: [(name: String, text: String)] = [],
        connectors: [String: any Connector] = [:], web: FakeWeb = FakeWeb()
    ) -> ResponseEngine {
        let library = PlaybookLibrary(files: playbooks, context: ARMContext())
        #expect(!library.findings.contains { $0.severity == .error }, "\(library.findings)")
        return ResponseEngine(
            database: database, casebook: casebook, workspace: Self.workspace, rules: rules, library: library,
            connectors: connectors, client: OutgoingClient(port: web),
            secrets: try? SecretBox(key: [UInt8](repeating: 7, count: 32)),
            options: .init(playbookWait: .seconds(5), callbackURL: "https://tocsin.example/callbacks"),
            logger: Logger(label: "test"))
    }

    func incident(_ title: String = "T", severity: Severity = .high) async throws -> IncidentID {
        let now = Instant(unixMicroseconds: 1_795_000_000_000_000)
        var alert = NewAlert(displayName: title, severity: severity, startTime: now, endTime: now, generatedTime: now)
        alert.entities = [
            Entity(kind: .host, identifiers: ["HostName": "ws-17", "DnsDomain": "corp.example"]),
            Entity(kind: .ip, identifiers: ["Address": "203.0.113.7"]),
            Entity(kind: .account, identifiers: ["Name": "ada", "UPNSuffix": "corp.example"]),
        ]
        let recorded = try await casebook.record(alert, grouping: .separate, by: .room("Detection"))
        return try #require(recorded.incidentID)
    }

    /// Runs the engine until `isDone` answers yes.
    func run(_ engine: ResponseEngine, until isDone: () async throws -> Bool) async throws {
        let running = Task { try await engine.run() }
        defer { running.cancel() }
        while try await !isDone() { await Task.yield() }
        running.cancel()
        _ = await running.result
    }

    func settled(_ engine: ResponseEngine, count: Int = 1) async throws -> Bool {
        let runs = try await engine.runs()
        return runs.count >= count && runs.allSatisfy { $0.status != .running }
    }

    /// A definition with an incident trigger.
    static func playbook(_ name: String, actions: JSON) -> (name: String, text: String) {
        let document: JSON = [
            "definition": [
                "triggers": [
                    "Microsoft_Sentinel_incident": [
                        "type": "ApiConnectionWebhook",
                        "inputs": [
                            "host": ["connection": ["name": "azuresentinel"]], "path": "/incident-creation",
                            "body": ["callback_url": "@{listCallbackUrl()}"],
                        ],
                    ]
                ], "actions": actions,
            ]
        ]
        return ("\(name).json", document.description)
    }

    static func sentinel(_ method: String, _ path: String, _ body: JSON, after: [String] = []) -> JSON {
        [
            "type": "ApiConnection",
            "inputs": [
                "host": ["connection": ["name": "azuresentinel"]], "method": .string(method), "path": .string(path),
                "body": body,
            ],
            "runAfter": .object(JSONObject(uniqueKeysWithValues: after.map { ($0, ["Succeeded"]) })),
        ]
    }
}
