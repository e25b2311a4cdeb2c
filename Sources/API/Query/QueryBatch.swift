internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// `POST /v1/$batch`: several queries in one request, each with an answer and a status of its own.
extension QueryRoutes {
    /// The most queries of one batch.
    private static let largestBatch = 100

    var batchEndpoint: Endpoint {
        let request = Schema.object(
            .required("id", .string), .required("body", .any), .optional("headers", .map(.any)),
            .optional("method", .string), .optional("path", .string), .optional("workspace", .string))
        let response = Schema.object(
            .required("id", .string), .required("status", .integer), .required("headers", .map(.any)),
            .required("body", .any))
        return Endpoint(
            .post, "$batch", id: "Query_Batch", tag: .query, "Runs several queries", needs: .readEvents,
            body: .json(.object(.required("requests", .array(request, most: Self.largestBatch))), upTo: 8 << 20),
            answers: [.ok(.object(.required("responses", .array(response))))], batch)
    }

    @Sendable private func batch(_ call: EndpointCall) async throws -> Response {
        let caller = try call.caller
        var answers: [JSON] = []
        for request in call.body["requests"]?.arrayValue ?? [] {
            let (status, body) = try await answer(toPart: request, caller)
            answers.append([
                "id": request["id"] ?? "", "status": .int(Int64(status)), "headers": [:], "body": body,
            ])
        }
        return Response(json: ["responses": .array(answers)])
    }

    /// One after the other: how many queries of one asker run at once is limited anyway.
    private func answer(toPart request: JSON, _ caller: Caller) async throws -> (Int, JSON) {
        var headers = HTTPFields()
        for (name, value) in request["headers"]?.objectValue ?? [:] {
            guard let name = HTTPField.Name(name), let text = value.stringValue else { continue }
            headers[name] = text
        }
        do {
            let reply = try await reply(to: request["body"] ?? .null, headers, caller)
            return (reply.status.code, reply.json)
        } catch {
            let failure = APIError(answering: error)
            return (failure.status.code, failure.json)
        }
    }
}
