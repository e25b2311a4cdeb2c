public import Casebook
internal import Crypto
internal import Foundation
internal import JSON
internal import StateStore
internal import Vocabulary
public import Workflow

/// The operations of the `azuresentinel` connector, done on the casebook.
public struct SentinelConnector: Connector {
    let casebook: Casebook
    let workspace: ResponseWorkspace

    public init(casebook: Casebook, workspace: ResponseWorkspace) {
        self.casebook = casebook
        self.workspace = workspace
    }

    var shapes: IncidentShapes { IncidentShapes(workspace: workspace) }

    public func perform(
        _ call: ConnectorCall, context: ConnectorContext
    ) async throws(OperationFailure) -> WorkflowAnswer {
        do throws(CasebookError) {
            return try await route(SentinelRequest(call), context)
        } catch {
            switch error.code {
            case .notFound: return .refusal(404, code: "NotFound", error.message)
            case .conflict: return .refusal(409, code: "Conflict", error.message)
            case .forbidden: return .refusal(403, code: "Forbidden", error.message)
            case .invalidTransition, .invalidClassification, .invalidField, .limitReached:
                return .refusal(400, code: "BadRequest", error.message)
            case .storage: throw OperationFailure(code: "StorageFailed", message: error.message, isTransient: true)
            }
        }
    }

    private func route(
        _ request: SentinelRequest, _ context: ConnectorContext
    ) async throws(CasebookError) -> WorkflowAnswer {
        switch (request.method, request.folded.first ?? "") {
        case (_, "incidents"): try await incidents(request, context)
        case ("POST", "entities"): entities(request)
        case ("GET", "cases"), ("PUT", "case"), ("PUT", "comment"): try await legacy(request, context)
        default:
            .refusal(
                501, code: "OperationNotSupported",
                "\(request.method) \(request.path) is no operation of this connector that Tocsin knows")
        }
    }

    private func incidents(
        _ request: SentinelRequest, _ context: ConnectorContext
    ) async throws(CasebookError) -> WorkflowAnswer {
        let rest = request.folded.dropFirst().joined(separator: "/")
        switch (request.method, rest) {
        case ("POST", "comment"): return try await addComment(request.body, context)
        case ("PUT", ""): return try await update(request.body, context)
        case ("POST", ""): return try await read(request.body)
        case ("POST", "createtask"): return try await createTask(request.body, context)
        case ("POST", "completetask"): return try await completeTask(request.body, context)
        case ("POST", "relation/create"): return try await relate(request.body, adding: true, context)
        case ("POST", "relation/delete"): return try await relate(request.body, adding: false, context)
        case ("GET", _) where request.folded.count >= 8 && request.folded[request.folded.count - 2] == "alerts":
            return try await incident(ofAlert: request.segments[request.segments.count - 1])
        case ("PUT", _) where rest.hasPrefix("subscriptions/"): return try await create(request.body, context)
        default:
            return .refusal(404, code: "NotFound", "there is no operation \(request.method) \(request.path)")
        }
    }

    /// An identifier that is the same for all attempts of one action.
    static func identifier(for key: String) -> String {
        let digest = SHA256.hash(data: Data(key.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let digits = Array(digest)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}

/// A call, its path in parts.
struct SentinelRequest {
    let method: String
    let path: String
    /// The parts of the path, decoded.
    let segments: [String]
    /// The same in lower case.
    let folded: [String]
    let body: JSON

    init(_ call: ConnectorCall) {
        method = call.method.uppercased()
        path = call.path
        segments = call.path.prefix { $0 != "?" }.split(separator: "/").map { part in
            // Encoded twice by some playbooks, once by most; a part that is no encoding stays as it is.
            let once = part.removingPercentEncoding ?? String(part)
            return once.contains("%") ? once.removingPercentEncoding ?? once : once
        }
        folded = segments.map { $0.lowercased() }
        body = call.body
    }
}
