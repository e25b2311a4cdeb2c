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

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let group = group.group("queries").add(middleware: Requires(.readEvents))
        group.get(use: list)
        group.get(":query", use: show)
        group.delete(":query", use: stop)
    }

    @Sendable func list(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let now = queries.now()
        return Response(json: ["value": .array(visible(to: caller).map { QueryWire.json($0, now: now) })])
    }

    @Sendable func show(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: QueryWire.json(try find(context), now: queries.now()))
    }

    @Sendable func stop(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        _ = queries.cancel(try find(context).id)
        return Response(status: .noContent)
    }

    private func visible(to caller: Caller) -> [RunningQuery] {
        queries.running.filter { caller.may(.administer) || $0.asker.id == caller.actor.id }
    }

    private func find(_ context: TocsinRequestContext) throws -> RunningQuery {
        let caller = try context.requireCaller()
        let text = try context.parameters.require("query")
        guard let id = UUID(uuidString: text), let query = visible(to: caller).first(where: { $0.id == id }) else {
            throw APIError(.notFound, "no query of yours with the id '\(text)' waits or runs")
        }
        return query
    }
}
