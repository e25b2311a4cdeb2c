public import KQLValues

/// The watchlists that exist, by alias; aliases are the same in any letter case.
public protocol WatchlistSource: Sendable {
    /// The aliases of all watchlists, for `_GetWatchlistAlias` and spelling hints.
    var aliases: [String] { get }
    /// The items of a watchlist as they are now; nil when there is none of that alias.
    func watchlist(_ alias: String) -> WatchlistContent?
}

/// What `_GetWatchlist` gives for an alias.
public enum WatchlistContent: Sendable {
    /// The items, held in memory.
    case rows(Table)
    /// KQL that reads the items from stored tables; the query's range of time does not limit it.
    case query(String)
}

/// A fixed set of watchlists.
public struct FixedWatchlists: WatchlistSource {
    private let lists: [String: (alias: String, rows: Table)]

    public init(_ lists: [String: Table]) {
        self.lists = Dictionary(
            lists.map { ($0.key.lowercased(), (alias: $0.key, rows: $0.value)) },
            uniquingKeysWith: { first, _ in first })
    }

    public var aliases: [String] { lists.values.map(\.alias).sorted() }

    public func watchlist(_ alias: String) -> WatchlistContent? {
        lists[alias.lowercased()].map { .rows($0.rows) }
    }
}
