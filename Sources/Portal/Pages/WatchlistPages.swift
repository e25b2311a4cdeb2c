internal import Chronology
internal import JSON
internal import StateStore
internal import Watchlists

/// All watchlists, and the form that makes one of a file.
struct WatchlistsPage: Page {
    let frame: Frame
    let count: String
    let mayChange: Bool
    let uploadPath: String
    let lists: [Row]

    var template: TemplateName { .watchlists }

    struct Row: Sendable {
        let alias: String
        let name: String
        let path: String
        let items: String
        let searchKey: String
        let duration: String
        let updated: String
        let updatedBy: String
        let isUploading: Bool
    }

    init(_ lists: [Watchlist], frame: Frame, mayChange: Bool, now: Instant) {
        self.frame = frame
        self.mayChange = mayChange
        count = lists.count == 1 ? "1 watchlist" : "\(lists.count.grouped) watchlists"
        uploadPath = PortalURL.uploadWatchlist.path
        self.lists = lists.map { list in
            Row(
                alias: list.alias, name: list.facts.displayName, path: PortalURL.watchlist(list.alias).path,
                items: list.itemCount.grouped, searchKey: list.facts.itemsSearchKey,
                duration: list.facts.defaultDuration, updated: ShownTime(list.updated, now: now).relative,
                updatedBy: list.updatedBy.name, isUploading: list.state == .uploading)
        }
    }
}

/// One watchlist: its items, each a row of fields that can be changed in place.
struct WatchlistPage: Page {
    let frame: Frame
    let name: String
    let alias: String
    let description: String
    let searchKey: String
    let duration: String?
    let skipLines: Int
    let count: String
    let search: String?
    let path: String
    let mayChange: Bool
    let queryPath: String
    let uploadPath: String
    let deletePath: String
    let addPath: String
    let columns: [String]
    let items: [Row]
    let nextPath: String?

    var template: TemplateName { .watchlist }

    struct Row: Sendable {
        let id: String
        let form: String
        let cells: [Cell]
        let expires: String
        let updated: String
        let savePath: String
        let deletePath: String
        let version: String
    }

    struct Cell: Sendable {
        let column: String
        let name: String
        let value: String
        let form: String
        /// Whether the value can be edited as a text without losing its type.
        let isText: Bool
    }

    init(
        _ list: Watchlist, items: [WatchlistItem], next: Int64?, search: String, frame: Frame, mayChange: Bool,
        now: Instant
    ) {
        self.frame = frame
        self.mayChange = mayChange
        name = list.facts.displayName
        alias = list.alias
        description = list.facts.description
        searchKey = list.facts.itemsSearchKey
        duration = list.facts.defaultDuration.isEmpty ? nil : list.facts.defaultDuration
        skipLines = list.facts.numberOfLinesToSkip
        count = list.itemCount == 1 ? "1 item" : "\(list.itemCount.grouped) items"
        self.search = search.isEmpty ? nil : search
        path = PortalURL.watchlist(list.alias).path
        queryPath = PortalURL.query("_GetWatchlist('\(list.alias)')").path
        uploadPath = PortalURL.uploadWatchlist.path
        deletePath = PortalURL.watchlistAction(list.alias, .delete).path
        addPath = PortalURL.watchlistAction(list.alias, .items).path
        columns = list.columns.isEmpty ? [list.facts.itemsSearchKey] : list.columns
        nextPath = next.map {
            "\(PortalURL.watchlist(list.alias).path)?after=\($0)&search=\(PortalURL.escaped(search))"
        }
        let shown = columns
        self.items = items.map { item in
            let form = "item-\(item.id)"
            return Row(
                id: item.id, form: form,
                cells: shown.map { column in
                    let value = item.values[column]
                    return Cell(
                        column: column, name: "value:\(column)",
                        value: value?.stringValue ?? value.map { $0.isNull ? "" : "\($0)" } ?? "",
                        form: form, isText: value == nil || value?.stringValue != nil)
                },
                expires: item.expires.map { ShownTime($0, now: now).relative } ?? "",
                updated: ShownTime(item.updated, now: now).relative,
                savePath: PortalURL.watchlistItem(list: list.alias, item: item.id).path,
                deletePath: PortalURL.deleteWatchlistItem(list: list.alias, item: item.id).path,
                version: "\(item.version)")
        }
    }
}
