internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues
internal import StateStore
internal import WebGate

/// Kusto's REST API, versions 1 and 2: queries, the management commands that clients send at start, and what they ask
/// before they sign in. The workspace is the one database.
struct KustoRoutes {
    let queries: QueryService
    let names: WorkspaceNames
    let address: RequestAddress

    private static let largestBody = 2 << 20

    var endpoints: [Endpoint] {
        let failures: [EndpointAnswer] = [
            .tooMany, EndpointAnswer(.gatewayTimeout, "It ran longer than it may", .any),
            EndpointAnswer(.badRequest, "The request is wrong; the error is in Kusto's form", .any),
        ]
        let body = EndpointBody.json(
            Schema.object(
                .optional("db", .string), .optional("csl", .string), .optional("properties", .any)),
            upTo: Self.largestBody)
        func post(_ path: String, _ id: String, _ summary: String, _ action: @escaping Endpoint.Action) -> Endpoint {
            Endpoint(
                .post, path, id: id, tag: .query, summary, needs: .readEvents, body: body,
                answers: [.ok(.any)] + failures, action)
        }
        return [
            post("v1/rest/query", "Kusto_QueryV1", "Runs a query; the answer has version 1") { try await query($0, 1) },
            post("v2/rest/query", "Kusto_QueryV2", "Runs a query; the answer has version 2") { try await query($0, 2) },
            post("v1/rest/mgmt", "Kusto_Manage", "Runs a management command") { try await query($0, 1) },
            Endpoint(
                .get, "v1/rest/ping", id: "Kusto_Ping", tag: .query, "Answers when the server is there",
                needs: .readEvents, answers: [.done]
            ) { _ in Response(status: .ok) },
        ]
    }

    /// What is asked before there is a token.
    var openEndpoints: [Endpoint] {
        [
            Endpoint(
                .get, "v1/rest/auth/metadata", id: "Kusto_AuthMetadata", tag: .access,
                "Tells Kusto's clients where to sign in", access: .anybody, answers: [.ok(.any)],
                handling: .call(metadata))
        ]
    }

    @Sendable private func metadata(_ call: EndpointCall) async throws -> Response {
        let base = address(call.request)
        return Response(json: [
            "AzureAD": [
                "LoginEndpoint": .string(base), "LoginMfaRequired": false, "KustoClientAppId": "tocsin",
                "KustoClientRedirectUri": .string(base), "KustoServiceResourceId": .string(base),
                "FirstPartyAuthorityUrl": .string("\(base)/\(names.subscriptionID)"),
            ]
        ])
    }

    private func query(_ call: EndpointCall, _ version: Int) async throws -> Response {
        let sent = call.request.headers[.kustoClientRequestID]
        var clientID = sent ?? UUID().uuidString.lowercased()
        do throws(KustoError) {
            let request = try KustoRequest(call.body, clientID: sent)
            clientID = request.clientID
            try check(request.database)
            let answer = try await answer(request, call)
            return Self.response(version == 1 ? answer.version1 : answer.version2, clientID)
        } catch {
            var response = Response(status: error.status, json: error.json(clientID: clientID, now: queries.now()))
            response.headers[.kustoClientRequestID] = clientID
            response.headers[.retryAfter] = error.retrySeconds.map { "\($0)" }
            return response
        }
    }

    private func answer(_ request: KustoRequest, _ call: EndpointCall) async throws(KustoError) -> KustoAnswer {
        let now = queries.now()
        if request.isCommand {
            let table = try KustoCommands(queries: queries, database: names.workspace).run(
                request.text.trimmingCharacters(in: .whitespacesAndNewlines))
            return KustoAnswer(table, clientID: request.clientID, now: now)
        }
        guard let caller = call.context.caller else {
            throw KustoError(
                status: .unauthorized, code: "Unauthorized", type: "Kusto.Data.Exceptions.KustoUnauthorizedException",
                message: "send a token of this installation as 'Authorization: Bearer …'")
        }
        var query = QueryRequest(
            request.isUncut ? "set notruncation;\n\(request.text)" : request.text,
            id: UUID(), asker: QueryAsker(id: caller.actor.id, name: caller.actor.name))
        query.parameters = request.parameters
        query.seconds = request.seconds
        query.maximumRows = request.maximumRows
        switch await queries.run(query) {
        case .answer(let answer): return KustoAnswer(answer, clientID: request.clientID, now: now)
        case .refused(let problems): throw KustoError(problems)
        }
    }

    /// Clients that name no database mean the one there is; so does the database where Kusto keeps what has no other.
    private func check(_ database: String) throws(KustoError) {
        let known = ["", "netdefaultdb", names.workspace.lowercased(), names.workspaceID.lowercased()]
        guard known.contains(database.lowercased()) else { throw KustoError.unknown("database", database) }
    }

    private static func response(_ stream: TableStream, _ clientID: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/json; charset=utf-8", .kustoClientRequestID: clientID,
                .kustoActivityID: clientID,
            ],
            body: ResponseBody { writer in
                for part in stream { try await writer.write(part) }
                try await writer.finish(nil)
            })
    }
}

extension HTTPField.Name {
    fileprivate static var kustoClientRequestID: HTTPField.Name { name("x-ms-client-request-id") }
    fileprivate static var kustoActivityID: HTTPField.Name { name("x-ms-activity-id") }

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token of RFC 9110") }
        return name
    }
}
