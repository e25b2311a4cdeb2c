internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues
internal import NIOCore
internal import WebGate

/// The Log Analytics query API: `POST /v1/workspaces/{id}/query`, and `POST /api/query` beside it; GET with the members in
/// the address's query; `GET …/metadata`.
struct QueryRoutes {
    let queries: QueryService
    let names: WorkspaceNames

    /// The largest query body taken.
    static let maximumBody = 1 << 20

    var endpoints: [Endpoint] {
        let body = Schema.object(
            .required("query", .string), .optional("timespan", .string), .optional("workspaces", .strings),
            .optional("parameters", .map(.any)), .optional("timeoutSeconds", .number(0.1...86_400)),
            .optional("maxRows", .number),
            .optional("explain", .boolean))
        let failures: [EndpointAnswer] = [
            .conflict, .tooMany,
            EndpointAnswer(.gatewayTimeout, "It ran longer than it may", .error),
        ]
        let prefer = EndpointParameter(
            "Prefer", "wait=SECONDS, include-statistics=true, include-render=true", .string, in: .header)
        return [
            Endpoint(
                .post, "query", id: "Query_Execute", tag: .query, "Runs a query", access: .permission(.readEvents),
                parameters: [prefer], body: .json(body, upTo: Self.maximumBody),
                answers: [.ok(.any)] + failures, handling: .stream(query)),
            Endpoint(
                .get, "query", id: "Query_Get", tag: .query, "Runs a query of the address", needs: .readEvents,
                parameters: [
                    EndpointParameter("query", "KQL", .string, isRequired: true),
                    EndpointParameter("timespan", "An ISO 8601 duration or range", .string), prefer,
                ], answers: [.ok(.any)] + failures, queryByAddress),
        ] + metadataEndpoints
    }

    private var metadataEndpoints: [Endpoint] {
        let answer = Schema.object(.required("tables", .array(.any)), .required("functions", .array(.any)))
        return [
            Endpoint(
                .get, "metadata", id: "Metadata_Get", tag: .query, "Lists tables and functions", needs: .readEvents,
                answers: [.ok(answer)], metadata),
            Endpoint(
                .post, "metadata", id: "Metadata_Post", tag: .query, "Lists tables and functions", needs: .readEvents,
                body: .json(.any, isRequired: false), answers: [.ok(answer)], metadata),
        ]
    }

    /// Runs the query of the body; when the client goes away meanwhile, the query stops.
    @Sendable func query(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        var response: Response
        do {
            response = try await request.body.consumeWithCancellationOnInboundClose { body in
                let json = try await JSONBody.read(body, upTo: Self.maximumBody)
                return try await reply(to: json, request.headers, caller).response
            }
        } catch let refusal as any HTTPResponseError {
            response = try refusal.response(from: request, context: context)
        }
        // The connection was watched for its end, so it cannot take another request.
        response.headers[.connection] = "close"
        return response
    }

    @Sendable func queryByAddress(_ call: EndpointCall) async throws -> Response {
        var body: JSONObject = [:]
        for name in ["query", "timespan"] { body[name] = call.query(name).map { .string($0) } }
        return try await reply(to: .object(body), call.request.headers, try call.caller).response
    }

    func reply(to json: JSON, _ headers: HTTPFields, _ caller: Caller) async throws -> QueryReply {
        let body = try QueryBody(json, headers: headers, caller: caller, names: names, queries: queries)
        switch await queries.run(body.query) {
        case .answer(let answer):
            if body.isExplanation { return QueryReply(.ok, ["explain": .string(answer.statistics.text)]) }
            return QueryReply(.ok, QueryWire.json(answer, body.preferences))
        case .refused(let problems): return QueryWire.reply(problems)
        }
    }

    /// Tables with their columns, and saved functions.
    @Sendable func metadata(_ call: EndpointCall) async throws -> Response {
        let tables = queries.schemas().sorted { $0.key < $1.key }.map { name, schema -> JSON in
            ["id": .string(name), "name": .string(name), "columns": QueryWire.columns(of: schema)]
        }
        let functions = queries.savedFunctions().map { name, parameters, body -> JSON in
            [
                "id": .string(name), "name": .string(name), "parameters": .string(parameters), "body": .string(body),
            ]
        }
        return Response(json: ["tables": .array(tables), "functions": .array(functions)])
    }
}
