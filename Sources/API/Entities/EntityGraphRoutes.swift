internal import Access
internal import Casebook
internal import Chronology
internal import Hummingbird
internal import Investigation
internal import JSON
internal import StateStore
internal import Vocabulary
internal import WebGate

/// Where the graph leads from an entity, an alert or a bookmark, and what happened to an entity over time.
struct EntityGraphRoutes {
    let casebook: Casebook
    let entities: EntityDesk
    let resources: IncidentResources

    var endpoints: [Endpoint] {
        let body = EndpointBody.json(EntitySchemas.expand, isRequired: false)
        let answers: [EndpointAnswer] = [.ok(EntitySchemas.expanded)]
        return [
            Endpoint(
                .post, "entities/{entity}/expand", id: "Entities_Expand", tag: .entities,
                "Goes on in the graph from an entity or an alert", needs: .readIncidents, body: body, answers: answers,
                expand),
            Endpoint(
                .post, "bookmarks/{bookmark}/expand", id: "Bookmark_Expand", tag: .bookmarks,
                "Goes on in the graph from a bookmark", needs: .readIncidents, body: body, answers: answers,
                expandBookmark),
            Endpoint(
                .post, "entities/{entity}/getTimeline", id: "EntitiesGetTimeline_List", tag: .entities,
                "Lists what happened to an entity, the earliest first", needs: .readIncidents,
                body: .json(EntitySchemas.timelineRequest), answers: [.ok(EntitySchemas.timeline)], timeline),
        ]
    }

    @Sendable func expand(_ call: EndpointCall) async throws -> Response {
        let range = try TimeRange(call.body, now: entities.queries.now())
        switch try await casebook.graphNode(named: call) {
        case .entity(let known):
            let wanted = try Self.expansions(call.body)
            let found = try await casebook.expand(
                known.id, by: wanted, over: range, limit: CasebookLimits.pageSize)
            return Response(json: resources.expansion(found))
        case .alert(let alert):
            try Self.isEntities(call.body)
            return Response(json: resources.expansion(entities: try await casebook.entities(ofAlert: alert.id)))
        case .bookmark(let bookmark):
            try Self.isEntities(call.body)
            return Response(json: resources.expansion(entities: try await casebook.entities(ofBookmark: bookmark.id)))
        }
    }

    @Sendable func expandBookmark(_ call: EndpointCall) async throws -> Response {
        let name = call.name("bookmark")
        guard let bookmark = try await casebook.bookmark(BookmarkID(name)) else {
            throw APIError(.notFound, "there is no bookmark '\(name)'")
        }
        _ = try TimeRange(call.body, now: entities.queries.now())
        try Self.isEntities(call.body)
        return Response(json: resources.expansion(entities: try await casebook.entities(ofBookmark: bookmark.id)))
    }

    @Sendable func timeline(_ call: EndpointCall) async throws -> Response {
        let entity = try await casebook.entity(named: call)
        let range = try TimeRange.required(call.body, now: entities.queries.now())
        let kinds = (call.body["kinds"]?.arrayValue ?? []).compactMap { $0.stringValue?.lowercased() }
        let wanted = TimelineKind.allCases.filter { kinds.isEmpty || kinds.contains($0.rawValue.lowercased()) }
        let buckets = call.body["numberOfBucket"]?.intValue.map { Int($0) }
        var timeline = EntityTimeline(
            kept: try await casebook.timeline(of: entity.id, over: range), of: wanted)
        let forms = Set(EntityActivity.Form.allCases.filter { wanted.contains($0.timelineKind) })
        if try call.caller.may(.readEvents) {
            let actor = try call.actor
            timeline.add(
                try await entities.occurrences(
                    of: entity.kind, entity.entity.identifiers, over: range, forms: forms,
                    width: buckets.map { TimeSpan(ticks: max(1, range.duration.ticks / Int64($0))) } ?? .days(1),
                    for: QueryAsker(id: actor.id, name: actor.name)))
        } else {
            timeline.omit(forms, "the caller may not read events ('readEvents'), of which this is made")
        }
        return Response(json: resources.timeline(timeline, over: range, buckets: buckets))
    }

    /// Which way an entity's graph is followed; all ways when the body does not say.
    private static func expansions(_ body: JSON) throws(APIError) -> Set<EntityExpansion> {
        guard let text = body["expansionId"]?.stringValue else { return Set(EntityExpansion.allCases) }
        guard let expansion = EntityExpansion(rawValue: text.lowercased()) else {
            let known = EntityExpansion.allCases.map { "\($0.rawValue) (\($0.displayName))" }.joined(separator: ", ")
            throw .badRequest("an entity has no expansion '\(text)'; it has \(known)", target: "expansionId")
        }
        return [expansion]
    }

    /// Alerts and bookmarks lead to their entities alone.
    private static func isEntities(_ body: JSON) throws(APIError) {
        guard let text = body["expansionId"]?.stringValue else { return }
        guard text.lowercased() == EntityExpansion.entitiesOfAlert else {
            throw .badRequest(
                "an alert or a bookmark has no expansion '\(text)'; it has \(EntityExpansion.entitiesOfAlert) (its "
                    + "entities)", target: "expansionId")
        }
    }
}
