internal import Access
internal import Casebook
internal import Chronology
internal import Hummingbird
internal import JSON
internal import StateStore
internal import Vocabulary

/// Bookmarks: rows of queries that somebody kept.
struct BookmarkRoutes {
    let casebook: Casebook
    let resources: IncidentResources
    let address: RequestAddress

    var endpoints: [Endpoint] {
        let bookmark = IncidentSchemas.bookmark
        return [
            Endpoint(
                .get, "bookmarks", id: "Bookmarks_List", tag: .bookmarks, "Lists bookmarks, the newest first",
                needs: .readIncidents, parameters: .paging, answers: [.ok(.page(of: bookmark))], list),
            Endpoint(
                .get, "bookmarks/{bookmark}", id: "Bookmarks_Get", tag: .bookmarks, "Reads a bookmark",
                needs: .readIncidents, answers: [.ok(bookmark)], get),
            Endpoint(
                .put, "bookmarks/{bookmark}", id: "Bookmarks_CreateOrUpdate", tag: .bookmarks,
                "Creates or replaces a bookmark", needs: .changeIncidents, body: .json(bookmark),
                answers: [.ok(bookmark), .created(bookmark), .conflict], put),
            Endpoint(
                .delete, "bookmarks/{bookmark}", id: "Bookmarks_Delete", tag: .bookmarks, "Deletes a bookmark",
                needs: .changeIncidents, answers: [.done, .noContent], delete),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let page = try ListRequest(call, address: address, size: 100)
        // One more than the page tells whether there is a next one.
        let found = try await casebook.bookmarks(limit: min(page.limit, 999) + 1, offset: page.offset)
        let shown = found.prefix(min(page.limit, 999))
        return page.answer(shown.map(resources.json), total: page.offset + found.count)
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        let name = call.name("bookmark")
        guard let found = try await casebook.bookmark(BookmarkID(name)) else {
            throw APIError(.notFound, "there is no bookmark '\(name)'")
        }
        return Response(json: resources.json(found))
    }

    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let properties = call.body["properties"] ?? .null
        let incident = properties["incidentInfo"]?["incidentId"]?.stringValue.flatMap { text in
            text.split(separator: "/").last.map { IncidentID(String($0)) }
        }
        let put = try await casebook.putBookmark(
            try BookmarkContent(properties), id: BookmarkID(call.name("bookmark")), in: incident,
            expecting: ResourceVersion.expected(in: call.body), by: try call.actor)
        return Response(status: put.isNew ? .created : .ok, json: resources.json(put.value))
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        let wasThere = try await casebook.deleteBookmark(BookmarkID(call.name("bookmark")), by: try call.actor)
        return Response(status: wasThere ? .ok : .noContent)
    }
}

extension BookmarkContent {
    /// Reads the properties of a body that has the documented form.
    fileprivate init(_ properties: JSON) throws(APIError) {
        func text(_ name: String) -> String { properties[name]?.stringValue ?? "" }
        func texts(_ name: String) -> [String] { (properties[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        func time(_ name: String) -> Instant? { properties[name]?.stringValue.flatMap { Instant(iso8601: $0) } }
        self.init(displayName: text("displayName"), query: text("query"))
        queryResult = text("queryResult")
        notes = text("notes")
        labels = texts("labels")
        eventTime = time("eventTime")
        queryStartTime = time("queryStartTime")
        queryEndTime = time("queryEndTime")
        tactics = texts("tactics").compactMap { Tactic(lenient: $0) }
        techniques = texts("techniques")
        for (index, mapping) in (properties["entityMappings"]?.arrayValue ?? []).enumerated() {
            guard let kind = EntityKind(lenient: mapping["entityType"]?.stringValue ?? "") else {
                throw APIError.badRequest(
                    "there is no entity type '\(mapping["entityType"]?.stringValue ?? "")'",
                    target: "properties.entityMappings[\(index)].entityType")
            }
            entities.append(
                BookmarkEntity(
                    kind: kind,
                    fields: (mapping["fieldMappings"]?.arrayValue ?? []).map {
                        .init(
                            identifier: $0["identifier"]?.stringValue ?? "", value: $0["value"]?.stringValue ?? "")
                    }))
        }
    }
}
