public import JSON

/// What a run is and where it runs; it stays the same for the run's whole life.
public struct RunEnvironment: Sendable, Hashable {
    public var runID: String
    public var workflowName: String
    /// The resource id that `workflow().id` answers.
    public var workflowID: String
    public var location: String
    /// Values of the workflow's parameters, `$connections` among them.
    public var parameters: JSONObject
    public var connections: [WorkflowConnection]
    /// `listCallbackUrl()` is this, a slash, and the percent-encoded path of the action. It must hold a secret.
    public var callbackURLPrefix: String

    public init(
        runID: String, workflowName: String, workflowID: String, location: String = "local",
        parameters: JSONObject = [:], connections: [WorkflowConnection] = [], callbackURLPrefix: String = ""
    ) {
        self.runID = runID
        self.workflowName = workflowName
        self.workflowID = workflowID
        self.location = location
        self.parameters = parameters
        self.connections = connections
        self.callbackURLPrefix = callbackURLPrefix
    }

    /// The environment as it is stored.
    public var json: JSON {
        [
            "runId": .string(runID), "workflowName": .string(workflowName), "workflowId": .string(workflowID),
            "location": .string(location), "parameters": .object(parameters),
            "connections": .array(
                connections.map {
                    [
                        "key": .string($0.key), "connector": .string($0.connector),
                        "connectionId": .string($0.connectionID),
                    ]
                }), "callbackUrlPrefix": .string(callbackURLPrefix),
        ]
    }

    /// Reads what `json` wrote; nil when it is something else.
    public init?(json: JSON) {
        func text(_ json: JSON, _ key: String) -> String { json[key]?.stringValue ?? "" }
        guard let runID = json["runId"]?.stringValue, let parameters = json["parameters"]?.objectValue else {
            return nil
        }
        self.init(
            runID: runID, workflowName: text(json, "workflowName"), workflowID: text(json, "workflowId"),
            location: text(json, "location"), parameters: parameters,
            connections: (json["connections"]?.arrayValue ?? []).map {
                WorkflowConnection(
                    key: text($0, "key"), connector: text($0, "connector"), connectionID: text($0, "connectionId"))
            }, callbackURLPrefix: text(json, "callbackUrlPrefix"))
    }

    var workflow: JSON {
        [
            "id": .string(workflowID), "name": .string(workflowName), "type": "Microsoft.Logic/workflows",
            "location": .string(location), "tags": [:],
            "run": [
                "id": .string("\(workflowID)/runs/\(runID)"), "name": .string(runID),
                "type": "Microsoft.Logic/workflows/runs",
            ],
        ]
    }

    func callbackURL(of path: ActionPath) -> String { "\(callbackURLPrefix)/\(PercentCoding.encode(path.text))" }
}

/// Which instance of an action in a run: `For_each[2]/Condition/Add_comment`. Indexes of iterations count from 0.
public struct ActionPath: Sendable, Hashable, Codable, CustomStringConvertible {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }
}

/// How a run is going.
public enum RunStatus: String, Sendable, Hashable, CaseIterable, Codable {
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case cancelled = "Cancelled"
}

/// Why an action or run failed.
public struct RunError: Sendable, Hashable {
    /// A stable word: `InvalidTemplate`, `ActionFailed`, `NotFound`…
    public var code: String
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: ExpressionError) {
        self.init(code: "InvalidTemplate", message: error.description)
    }

    var json: JSON { ["code": .string(code), "message": .string(message)] }
}
