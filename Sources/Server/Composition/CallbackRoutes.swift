internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Response
internal import WebGate
internal import Workflow

/// Where waiting playbooks are called back: the address itself is the credential, a random token per run and action.
struct CallbackRoutes {
    let engine: ResponseEngine

    /// The largest answer taken, in bytes.
    static let maximumBody = 1 << 20

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let path = RouterPath("\(Responding.callbackPath)/:run/:token/:action")
        group.post(path, use: callBack)
        group.get(path, use: callBack)
    }

    @Sendable func callBack(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let bytes = try await request.body.collect(upTo: Self.maximumBody)
        var headers = JSONObject()
        for field in request.headers { headers[field.name.rawName] = .string(field.value) }
        let answer = WorkflowAnswer(statusCode: 200, headers: headers, bytes: Array(bytes.readableBytesView))
        let action = try context.parameters.require("action")
        let isKnown = try await engine.callBack(
            run: try context.parameters.require("run"), token: try context.parameters.require("token"),
            action: action.removingPercentEncoding ?? action, answer)
        guard isKnown else { throw HTTPError(.notFound, message: "no playbook waits at this address") }
        return Response(status: .accepted)
    }
}
