internal import JSON
public import StateStore
public import Workflow

/// Does the operations of one managed connector.
public protocol Connector: Sendable {
    /// An answer with the status that the service would give; thrown only when no answer can be had at all.
    func perform(_ call: ConnectorCall, context: ConnectorContext) async throws(OperationFailure) -> WorkflowAnswer
}

/// Who asks a connector to do something.
public struct ConnectorContext: Sendable {
    public var actor: JournalActor
    /// The same for all attempts of one action of one run.
    public var idempotencyKey: String

    public init(actor: JournalActor, idempotencyKey: String) {
        self.actor = actor
        self.idempotencyKey = idempotencyKey
    }
}

extension WorkflowAnswer {
    /// An error in the shape of Azure's APIs.
    static func refusal(_ status: Int, code: String, _ message: String) -> WorkflowAnswer {
        WorkflowAnswer(
            statusCode: status, headers: ["Content-Type": "application/json"],
            body: ["error": ["code": .string(code), "message": .string(message)]])
    }

    static func success(_ body: JSON, _ status: Int = 200) -> WorkflowAnswer {
        WorkflowAnswer(statusCode: status, headers: ["Content-Type": "application/json"], body: body)
    }
}
