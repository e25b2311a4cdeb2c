internal import Access
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Synchronization
internal import Watchlists
internal import WebGate

/// Watchlists and their items, in the shapes of Microsoft.SecurityInsights; contents of any size at `…/content`.
struct WatchlistRoutes {
    private static let largestBody = 128 << 20
    private static let largestContent = 16 << 30
    private static let largestPage = 1_000

    let desk: WatchlistDesk
    let names: WorkspaceNames
    let address: RequestAddress

    var endpoints: [Endpoint] { listEndpoints + itemEndpoints }

    private var listEndpoints: [Endpoint] {
        let list = "watchlists/{watchlist}"
        return [
            Endpoint(
                .get, "watchlists", id: "Watchlists_List", tag: .watchlists, "Lists watchlists", needs: .readContent,
                parameters: .paging, answers: [.ok(.page(of: WatchlistWire.listSchema))], self.list),
            Endpoint(
                .get, list, id: "Watchlists_Get", tag: .watchlists, "Reads a watchlist", needs: .readContent,
                answers: [.ok(WatchlistWire.listSchema)], get),
            Endpoint(
                .put, list, id: "Watchlists_CreateOrUpdate", tag: .watchlists,
                "Creates or updates a watchlist, with the items of rawContent", needs: .changeContent,
                body: .json(WatchlistWire.listSchema, upTo: Self.largestBody),
                answers: [.ok(WatchlistWire.listSchema), .created(WatchlistWire.listSchema), .conflict], put),
            Endpoint(
                .delete, list, id: "Watchlists_Delete", tag: .watchlists, "Deletes a watchlist with its items",
                needs: .changeContent, answers: [.noContent, .conflict], delete),
            Endpoint(
                .post, "\(list)/content", id: "Watchlists_Upload", tag: .watchlists,
                "Uploads items as CSV of any size; the watchlist is created when there is none",
                access: .permission(.changeContent),
                parameters: [
                    EndpointParameter(
                        "mode", "append keeps the items, replace removes them", .word(["append", "replace"])),
                    EndpointParameter("searchKey", "The column by which items are looked up; for a new list", .string),
                    EndpointParameter("displayName", "What people call the list", .string),
                    EndpointParameter("skipLines", "Lines before the header", .integer(0...100_000)),
                    EndpointParameter("duration", "How long items are kept, such as P90D", .string),
                ],
                body: .raw("text/csv", "text/tsv", "text/plain", "application/octet-stream", upTo: Self.largestContent),
                answers: [.ok(WatchlistWire.reportSchema), .created(WatchlistWire.reportSchema), .conflict],
                handling: .stream(upload)),
        ]
    }

    private var itemEndpoints: [Endpoint] {
        let items = "watchlists/{watchlist}/watchlistItems"
        let one = "\(items)/{item}"
        return [
            Endpoint(
                .get, items, id: "WatchlistItems_List", tag: .watchlists, "Lists the items of a watchlist",
                needs: .readContent,
                parameters: .paging + [EndpointParameter("search", "A word that they hold", .string)],
                answers: [.ok(.page(of: WatchlistWire.itemSchema))], listItems),
            Endpoint(
                .get, one, id: "WatchlistItems_Get", tag: .watchlists, "Reads an item", needs: .readContent,
                answers: [.ok(WatchlistWire.itemSchema)], getItem),
            Endpoint(
                .put, one, id: "WatchlistItems_CreateOrUpdate", tag: .watchlists, "Creates or updates an item",
                needs: .changeContent, body: .json(WatchlistWire.itemSchema),
                answers: [.ok(WatchlistWire.itemSchema), .created(WatchlistWire.itemSchema), .conflict], putItem),
            Endpoint(
                .delete, one, id: "WatchlistItems_Delete", tag: .watchlists, "Deletes an item", needs: .changeContent,
                answers: [.done, .noContent, .conflict], deleteItem),
        ]
    }

    private var wire: WatchlistWire { WatchlistWire(names: names) }

    // MARK: Lists

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        let lists = try await desk.lists.lists()
        let start = call.number("$skipToken") ?? 0
        let size = min(call.number("$top") ?? Self.largestPage, Self.largestPage)
        let page = lists.dropFirst(max(0, start)).prefix(size)
        let next = page.endIndex < lists.endIndex ? page.endIndex : nil
        return Response(json: envelope(page.map(wire.json), next: next.map { "\($0)" }, call))
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        Response(json: wire.json(try await known(call)))
    }

    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let alias = call.name("watchlist")
        let known = try await desk.lists.list(alias)
        let draft = try WatchlistWire.draft(alias, call.body, known: known)
        let list: Watchlist
        let isNew: Bool
        do {
            if let content = call.body["properties"]?["rawContent"]?.stringValue, !content.isEmpty {
                let report = try await desk.lists.upload(draft, text: content, by: try call.actor)
                (list, isNew) = (report.list, report.isNew)
            } else {
                (list, isNew) = try await desk.lists.save(draft, by: try call.actor)
            }
        } catch let fault as WatchlistFault {
            throw APIError(
                fault, within: fault.target == "etag" || fault.target == "watchlistAlias" ? "" : "properties.")
        }
        try await desk.publish(alias)
        return Response(status: isNew ? .created : .ok, json: wire.json(list))
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        try await desk.lists.delete(call.name("watchlist"), by: try call.actor)
        try await desk.publish(call.name("watchlist"))
        return Response(status: .noContent)
    }

    /// Takes a content as it streams in.
    @Sendable func upload(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let call = EndpointCall(request, context, body: .null)
        let draft = try await uploadDraft(call)
        let mode = call.query("mode").flatMap { UploadMode(rawValue: $0.lowercased()) } ?? .append
        let budget = ByteBudget(Self.largestContent)
        let chunks = request.body.map { buffer -> [UInt8] in
            try budget.take(buffer.readableBytes)
            return Array(buffer.readableBytesView)
        }
        let report = try await desk.lists.upload(draft, content: chunks, mode: mode, by: try call.actor)
        try await desk.publish(draft.alias)
        return Response(status: report.isNew ? .created : .ok, json: wire.json(report))
    }

    private func uploadDraft(_ call: EndpointCall) async throws -> WatchlistDraft {
        let alias = call.name("watchlist")
        var facts =
            try await desk.lists.list(alias)?.facts
            ?? WatchlistFacts(displayName: alias, itemsSearchKey: call.query("searchKey") ?? "")
        if let name = call.query("displayName") { facts.displayName = name }
        if let key = call.query("searchKey") { facts.itemsSearchKey = key }
        if let duration = call.query("duration") { facts.defaultDuration = duration }
        if let lines = call.query("skipLines") {
            guard let count = Int(lines) else {
                throw APIError.badRequest("'skipLines' is a number", target: "skipLines")
            }
            facts.numberOfLinesToSkip = count
        }
        if let type = call.request.headers[.contentType].flatMap({ WatchlistContentType(lenient: $0) }) {
            facts.contentType = type
        }
        return WatchlistDraft(alias: alias, facts: facts)
    }

    // MARK: Items

    @Sendable func listItems(_ call: EndpointCall) async throws -> Response {
        let list = try await known(call)
        let page = try await desk.lists.items(
            of: list.alias, word: call.query("search") ?? "", after: call.number("$skipToken").map(Int64.init),
            limit: call.number("$top") ?? Self.largestPage)
        return Response(
            json: envelope(
                page.items.map { wire.json($0, of: list.alias) }, next: page.next.map { "\($0)" }, call))
    }

    @Sendable func getItem(_ call: EndpointCall) async throws -> Response {
        let list = try await known(call)
        guard let item = try await desk.lists.item(call.name("item"), of: list.alias) else {
            throw APIError(.notFound, "the watchlist '\(list.alias)' has no item '\(call.name("item"))'")
        }
        return Response(json: wire.json(item, of: list.alias))
    }

    @Sendable func putItem(_ call: EndpointCall) async throws -> Response {
        let alias = try await known(call).alias
        let saved: (item: WatchlistItem, isNew: Bool)
        do {
            saved = try await desk.lists.saveItem(
                call.name("item"), of: alias, try WatchlistWire.itemDraft(call.body), by: try call.actor)
        } catch let fault as WatchlistFault {
            throw APIError(fault, within: fault.target == "etag" ? "" : "properties.")
        }
        try await desk.publish(alias)
        return Response(status: saved.isNew ? .created : .ok, json: wire.json(saved.item, of: alias))
    }

    @Sendable func deleteItem(_ call: EndpointCall) async throws -> Response {
        let list = try await known(call)
        let isDeleted = try await desk.lists.deleteItem(call.name("item"), of: list.alias, by: try call.actor)
        try await desk.publish(list.alias)
        return Response(status: isDeleted ? .ok : .noContent)
    }

    // MARK: Parts

    private func known(_ call: EndpointCall) async throws -> Watchlist {
        let alias = call.name("watchlist")
        guard let list = try await desk.lists.list(alias) else {
            throw APIError(.notFound, "there is no watchlist '\(alias)'")
        }
        return list
    }

    private func envelope(_ values: [JSON], next: String?, _ call: EndpointCall) -> JSON {
        var members: JSONObject = ["value": .array(values)]
        if let next {
            members["nextLink"] = .string(NextLink.make(call.request, address, skipToken: next))
        }
        return .object(members)
    }
}

/// Counts the bytes of a body that streams in.
private final class ByteBudget: Sendable {
    private let limit: Int
    private let taken = Mutex(0)

    init(_ limit: Int) {
        self.limit = limit
    }

    func take(_ count: Int) throws(APIError) {
        let total = taken.withLock { taken in
            taken += count
            return taken
        }
        guard total <= limit else { throw APIError(.tooLarge, "the content is larger than \(limit) bytes") }
    }
}
