import Chronology
import JSON
import Testing
import Workflow

/// Drives a run in memory: answers operations from a table and lets time pass at once.
struct RunHarness {
    typealias Endpoint = @Sendable (OperationRequest) -> WorkflowEvent?

    private(set) var run: WorkflowRun
    private(set) var history: [(event: WorkflowEvent, time: Instant)] = []
    private(set) var requests: [OperationRequest] = []
    private(set) var responses: [WorkflowAnswer] = []
    private(set) var now = Instant(unixMicroseconds: 1_795_000_000_000_000)
    private let endpoint: Endpoint

    init(
        _ definition: WorkflowDefinition, maximumExecutions: Int = 100_000, parameters: JSONObject = [:],
        connections: [WorkflowConnection] = [],
        endpoint: @escaping Endpoint = { .answered($0.path, attempt: $0.attempt, WorkflowAnswer(body: [:])) }
    ) {
        self.endpoint = endpoint
        run = WorkflowRun(
            definition: definition,
            environment: RunEnvironment(
                runID: "run1", workflowName: "test", workflowID: "/workflows/test", parameters: parameters,
                connections: connections, callbackURLPrefix: "https://tocsin/callbacks/secret"),
            maximumExecutions: maximumExecutions)
    }

    /// Actions given as JSON, with a Request trigger.
    init(
        maximumExecutions: Int = 100_000, actions: JSON,
        endpoint: @escaping Endpoint = { .answered($0.path, attempt: $0.attempt, WorkflowAnswer(body: [:])) }
    ) throws {
        let document: JSON = ["triggers": ["manual": ["type": "Request", "kind": "Http"]], "actions": actions]
        let (definition, findings) = WorkflowDefinition.read(document, file: "test.json")
        #expect(findings.filter { $0.severity == .error }.isEmpty, "\(findings)")
        self.init(try #require(definition), maximumExecutions: maximumExecutions, endpoint: endpoint)
    }

    /// Runs to the end, or until nothing answers any more.
    mutating func finish(body: JSON = [:], limit: Int = 2000) {
        var effects = run.start(trigger: "manual", event: WorkflowAnswer(body: body), seed: 1, at: now)
        for _ in 0..<limit where run.status == .running {
            let answers = perform(effects)
            effects = []
            for event in answers { effects += feed(event) }
            guard answers.isEmpty else { continue }
            guard let wake = run.nextWake else { return }
            now = max(now, wake)
            effects = feed(.woken)
        }
        _ = perform(effects)
    }

    mutating func feed(_ event: WorkflowEvent) -> [WorkflowEffect] {
        history.append((event, now))
        return run.handle(event, at: now)
    }

    private mutating func perform(_ effects: [WorkflowEffect]) -> [WorkflowEvent] {
        var events: [WorkflowEvent] = []
        for effect in effects {
            switch effect {
            case .perform(let request):
                requests.append(request)
                if let event = endpoint(request) { events.append(event) }
            case .respond(let answer): responses.append(answer)
            case .abandon: break
            }
        }
        return events
    }

    func record(_ path: String) -> ActionRecord? { run.records.first { $0.path.text == path } }
    func status(_ path: String) -> ActionStatus? { record(path)?.status }
    func outputs(_ path: String) -> JSON? { record(path)?.outputs }
}

func answer(_ request: OperationRequest, _ status: Int = 200, _ body: JSON = [:]) -> WorkflowEvent {
    .answered(request.path, attempt: request.attempt, WorkflowAnswer(statusCode: status, body: body))
}
