internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import StateStore
internal import Watchlists
internal import WebGate

extension PortalRoutes {
    /// A file that the page takes; larger ones go through the API.
    private static let largestFile = 64 << 20
    private static let itemsOfAPage = 100

    /// Adds the pages about watchlists.
    func addWatchlists(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group().add(middleware: Requires(.readContent))
        readers.get("watchlists", use: watchlists)
        readers.get("watchlists/:watchlist", use: watchlist)
        let changes = group.group().add(middleware: Requires(.changeContent))
        changes.post("watchlists/upload", use: uploadWatchlist)
        changes.post("watchlists/:watchlist/delete", use: deleteWatchlist)
        changes.post("watchlists/:watchlist/items", use: addWatchlistItem)
        changes.post("watchlists/:watchlist/items/:item", use: saveWatchlistItem)
        changes.post("watchlists/:watchlist/items/:item/delete", use: deleteWatchlistItem)
    }

    // MARK: Reading

    @Sendable func watchlists(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try page(
            WatchlistsPage(
                try await services.detection.watchlists.lists.lists(),
                frame: try await frame(.watchlists, request, context),
                mayChange: try context.requireCaller().may(.changeContent), now: services.site.now()))
    }

    @Sendable func watchlist(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let list = try await knownWatchlist(context)
        let fields = FormFields(query: request.uri.query)
        let search = fields["search"] ?? ""
        let found = try await services.detection.watchlists.lists.items(
            of: list.alias, word: search, after: fields["after"].flatMap { Int64($0) }, limit: Self.itemsOfAPage)
        return try page(
            WatchlistPage(
                list, items: found.items, next: found.next, search: search,
                frame: try await frame(.watchlists, request, context),
                mayChange: try context.requireCaller().may(.changeContent), now: services.site.now()))
    }

    private func knownWatchlist(_ context: TocsinRequestContext) async throws -> Watchlist {
        let alias = try Self.decoded("watchlist", context)
        guard let list = try await services.detection.watchlists.lists.list(alias) else {
            throw HTTPError(.notFound, message: "There is no watchlist '\(alias)'.")
        }
        return list
    }

    private static func decoded(_ name: String, _ context: TocsinRequestContext) throws -> String {
        let text = try context.parameters.require(name)
        return text.removingPercentEncoding ?? text
    }

    // MARK: Changing

    @Sendable func uploadWatchlist(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await MultipartForm.checked(request, caller, upTo: Self.largestFile)
        let alias = form["alias"] ?? ""
        return try await changing(PortalURL.watchlists.path) {
            let known = try await services.detection.watchlists.lists.list(alias)
            var facts = known?.facts ?? WatchlistFacts(displayName: alias, itemsSearchKey: "")
            facts.displayName = form.filled("displayName") ?? facts.displayName
            facts.itemsSearchKey = form.filled("searchKey") ?? facts.itemsSearchKey
            facts.description = form.filled("description") ?? facts.description
            facts.defaultDuration = form.filled("duration") ?? facts.defaultDuration
            facts.numberOfLinesToSkip = form.filled("skipLines").flatMap { Int($0) } ?? facts.numberOfLinesToSkip
            let file = form.bytes("file") ?? []
            let content = file.isEmpty ? form.bytes("text") ?? [] : file
            let mode = form["mode"] == "replace" ? UploadMode.replace : .append
            let draft = WatchlistDraft(alias: alias, facts: facts)
            let report = try await services.detection.watchlists.lists.upload(
                draft, text: String(decoding: content, as: UTF8.self), mode: mode, by: caller.actor)
            return (alias, PortalURL.watchlist(report.list.alias).path, Notice(Self.sentence(report)))
        }
    }

    private static func sentence(_ report: UploadReport) -> String {
        var text = "\(report.added) items were added"
        if report.repeated > 0 { text += ", \(report.repeated) were there already" }
        guard report.findingCount > 0 else { return text + "." }
        let first = report.findings.prefix(3).map(\.description).joined(separator: "; ")
        return "\(text); \(report.findingCount) lines were left out: \(first)."
    }

    @Sendable func deleteWatchlist(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        _ = try await FormFields.checked(request, caller)
        let list = try await knownWatchlist(context)
        return try await changing(PortalURL.watchlist(list.alias).path) {
            _ = try await services.detection.watchlists.lists.delete(list.alias, by: caller.actor)
            return (list.alias, PortalURL.watchlists.path, Notice("The watchlist \(list.alias) was deleted."))
        }
    }

    @Sendable func addWatchlistItem(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await save(nil, request, context)
    }

    @Sendable func saveWatchlistItem(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await save(try Self.decoded("item", context), request, context)
    }

    private func save(_ id: String?, _ request: Request, _ context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let list = try await knownWatchlist(context)
        let path = PortalURL.watchlist(list.alias).path
        return try await changing(path) {
            let lists = services.detection.watchlists.lists
            let known = if let id { try await lists.item(id, of: list.alias) } else { WatchlistItem?.none }
            var draft = WatchlistItemDraft(values: known?.values ?? [:])
            draft.entityMapping = known?.entityMapping ?? [:]
            draft.expires = known?.expires
            draft.version = form["version"].flatMap { Int64($0) }
            for column in list.columns.isEmpty ? [list.facts.itemsSearchKey] : list.columns {
                guard let text = form["value:\(column)"] else { continue }
                draft.values[column] = .string(text)
            }
            let saved = try await lists.saveItem(id, of: list.alias, draft, by: caller.actor)
            return (
                list.alias, path,
                Notice(saved.isNew ? "\(saved.item.key) was added." : "\(saved.item.key) was changed.")
            )
        }
    }

    @Sendable func deleteWatchlistItem(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        _ = try await FormFields.checked(request, caller)
        let list = try await knownWatchlist(context)
        let id = try Self.decoded("item", context)
        let path = PortalURL.watchlist(list.alias).path
        return try await changing(path) {
            let isDeleted = try await services.detection.watchlists.lists.deleteItem(
                id, of: list.alias, by: caller.actor)
            return (list.alias, path, Notice(isDeleted ? "The item was deleted." : "The item was gone already."))
        }
    }

    /// Makes a change and leads to its page; what was refused is told on the page where it was asked for.
    private func changing(
        _ path: String, _ change: () async throws -> (alias: String, path: String, notice: Notice)
    ) async throws -> Response {
        do {
            let (alias, path, notice) = try await change()
            try await services.detection.watchlists.publish(alias)
            return .redirect(to: notice.on(path), type: .normal)
        } catch let fault as WatchlistFault {
            return .redirect(to: Notice(fault.description, isError: true).on(path), type: .normal)
        }
    }
}

extension MultipartForm {
    /// A field that is not empty.
    fileprivate func filled(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
