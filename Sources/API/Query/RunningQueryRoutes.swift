internal import Access
internal import Foundation
internal import Hummingbird
internal import Investigation
internal import JSON
internal import StateStore
internal import WebGate

/// `/api/queries`: the queries that wait and run. Everyone sees and ends the own ones, administrators all.
struct RunningQueryRoutes {
    let queries: QueryService

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "queries", id: "Queries_List", tag: .query, "Lists queries that wait or run",
                needs: .readEvents, answers: [.ok(.page(of: .any))], list),
            Endpoint(
                .get, "queries/{query}", id: "Queries_Get", tag: .query, "Reads a query that waits or runs",
                needs: .readEvents, answers: [.ok(.any)], show),
            Endpoint(
                .delete, "queries/{query}", id: "Queries_Stop", tag: .query, "Stops a query", needs: .readEvents,
                answers: [.noContent], stop),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let caller = try call.caller
        let now = queries.now()
        return Response(json: ["value": .array(visible(to: caller).map { QueryWire.json($0, now: now) })])
    }

    @Sendable func show(_ call: EndpointCall) async throws -> Response {
        Response(json: QueryWire.json(try find(call), now: queries.now()))
    }

    @Sendable func stop(_ call: EndpointCall) async throws -> Response {
        _ = queries.cancel(try find(call).id)
        return Response(status: .noContent)
    }

    private func visible(to caller: Caller) -> [RunningQuery] {
        queries.running.filter { caller.may(.administer) || $0.asker.id == caller.actor.id }
    }

    private func find(_ call: EndpointCall) throws -> RunningQuery {
        let caller = try call.caller
        let text = call.name("query")
        guard let id = UUID(uuidString: text), let query = visible(to: caller).first(where: { $0.id == id }) else {
            throw APIError(.notFound, "no query of yours with the id '\(text)' waits or runs")
        }
        return query
    }
}
