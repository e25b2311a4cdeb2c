public import JSON

/// Something that happened to a run from outside. Stored in order, the events and their times are the whole run: a
/// new `WorkflowRun` fed with them is in the same state.
public enum WorkflowEvent: Sendable, Hashable {
    /// The operation was answered; `attempt` is the request's.
    case answered(ActionPath, attempt: Int, WorkflowAnswer)
    /// The operation could not be done.
    case failed(ActionPath, attempt: Int, OperationFailure)
    /// The callback address of an action was called.
    case calledBack(ActionPath, WorkflowAnswer)
    /// The time of `WorkflowRun.nextWake` has come.
    case woken
    /// Someone stopped the run.
    case cancelled
}

/// Why an operation could not be done.
public struct OperationFailure: Error, Sendable, Hashable {
    public var code: String
    public var message: String
    /// Whether another try may help: the connection broke, a time ran out.
    public var isTransient: Bool

    public init(code: String, message: String, isTransient: Bool) {
        self.code = code
        self.message = message
        self.isTransient = isTransient
    }
}

extension WorkflowEvent {
    /// The event as it is stored.
    public var json: JSON {
        switch self {
        case .answered(let path, let attempt, let answer):
            ["event": "answered", "action": .string(path.text), "attempt": .int(Int64(attempt)), "answer": answer.json]
        case .failed(let path, let attempt, let failure):
            [
                "event": "failed", "action": .string(path.text), "attempt": .int(Int64(attempt)),
                "code": .string(failure.code), "message": .string(failure.message),
                "isTransient": .bool(failure.isTransient),
            ]
        case .calledBack(let path, let answer):
            ["event": "calledBack", "action": .string(path.text), "answer": answer.json]
        case .woken: ["event": "woken"]
        case .cancelled: ["event": "cancelled"]
        }
    }

    /// Reads a stored event; nil when it is none.
    public init?(json: JSON) {
        let path = ActionPath(json["action"]?.stringValue ?? "")
        let attempt = Int(json["attempt"]?.intValue ?? 0)
        switch json["event"]?.stringValue {
        case "answered":
            guard let answer = WorkflowAnswer(json: json["answer"]) else { return nil }
            self = .answered(path, attempt: attempt, answer)
        case "failed":
            guard let code = json["code"]?.stringValue, let message = json["message"]?.stringValue else { return nil }
            let isTransient = json["isTransient"]?.boolValue ?? false
            self = .failed(
                path, attempt: attempt, OperationFailure(code: code, message: message, isTransient: isTransient))
        case "calledBack":
            guard let answer = WorkflowAnswer(json: json["answer"]) else { return nil }
            self = .calledBack(path, answer)
        case "woken": self = .woken
        case "cancelled": self = .cancelled
        default: return nil
        }
    }
}

extension WorkflowAnswer {
    /// Reads the shape of `json`.
    public init?(json: JSON?) {
        guard let json, let status = json["statusCode"]?.intValue else { return nil }
        self.init(statusCode: Int(status), headers: json["headers"]?.objectValue ?? [:], body: json["body"] ?? .null)
    }
}
