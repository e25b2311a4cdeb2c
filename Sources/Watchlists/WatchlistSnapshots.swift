internal import Chronology
internal import GRDB
internal import JSON
public import KQL
internal import KQLValues
internal import Synchronization

/// What queries see of all lists: small ones as rows in memory, large ones as a query over the table `Watchlist`.
public final class WatchlistSnapshots: WatchlistSource {
    private let limits: WatchlistLimits
    private let now: @Sendable () -> Instant
    private let lists = Mutex<[String: WatchlistSnapshot]>([:])

    init(limits: WatchlistLimits, now: @escaping @Sendable () -> Instant) {
        self.limits = limits
        self.now = now
    }

    public var aliases: [String] { lists.withLock { $0.values.map(\.alias) }.sorted() }

    public func watchlist(_ alias: String) -> WatchlistContent? {
        let key = alias.lowercased()
        guard let snapshot = lists.withLock({ $0[key] }) else { return nil }
        guard let rest = snapshot.withoutExpired(at: now()) else { return snapshot.content }
        put(rest)
        return rest.content
    }

    /// Takes a list as it is; one that was read before a later change is disregarded.
    func put(_ snapshot: WatchlistSnapshot) {
        lists.withLock { lists in
            let key = snapshot.alias.lowercased()
            if let known = lists[key], known.number == snapshot.number, known.version > snapshot.version { return }
            lists[key] = snapshot
        }
    }

    func remove(_ alias: String) {
        _ = lists.withLock { $0.removeValue(forKey: alias.lowercased()) }
    }
}

/// One list as queries see it.
struct WatchlistSnapshot: Sendable {
    let alias: String
    let number: Int64
    let version: Int64
    private(set) var content: WatchlistContent
    /// When the rows in memory leave the list, in their order; empty when none does.
    private var expiries: [Instant?] = []
    private var nextExpiry: Instant?

    init(_ list: Watchlist, limits: WatchlistLimits, in database: Database) throws {
        alias = list.alias
        number = list.number
        version = list.version
        content = .query(LargeListQuery(list).text)
        guard list.itemCount <= limits.itemsInMemory else { return }
        var table = Table(empty: Self.schema(list.columns))
        var bytes = 0
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, key, value, updated, expires FROM watchlists_item
                WHERE list = ? AND number > ? AND number <= ? ORDER BY number
                """, arguments: [list.number, list.range.after, list.range.through])
        while let row = try rows.next() {
            let text: String = row["value"]
            bytes += text.utf8.count
            guard bytes <= limits.bytesInMemory else { return }
            let value = try JSON(parsing: text)
            let cells: [Value] = [
                .string(row["id"]), .datetime(Instant(ticks: row["updated"])), .string(row["key"]), .dynamic(value),
            ]
            let properties = table.schema.columns.dropFirst(cells.count).map { Value.string(value[$0.name].text) }
            for (index, cell) in (cells + properties).enumerated() { table.columns[index].append(cell) }
            table.rowCount += 1
            expiries.append((row["expires"] as Int64?).map { Instant(ticks: $0) })
        }
        nextExpiry = expiries.compactMap(\.self).min()
        content = .rows(table)
    }

    /// The columns of `_GetWatchlist`: those of every list, then the items' properties.
    static func schema(_ properties: [String]) -> TableSchema {
        let common = [
            ColumnSchema("_DTItemId", .string), ColumnSchema("LastUpdatedTimeUTC", .datetime),
            ColumnSchema("SearchKey", .string), ColumnSchema("WatchlistItem", .dynamic),
        ]
        let names = common.map(\.name)
        return TableSchema(common + properties.filter { !names.contains($0) }.map { ColumnSchema($0, .string) })
    }

    /// The list without the items that have expired; nil when none has.
    func withoutExpired(at now: Instant) -> WatchlistSnapshot? {
        guard let nextExpiry, nextExpiry <= now, case .rows(let table) = content else { return nil }
        let kept = expiries.indices.filter { expiries[$0].map { $0 > now } ?? true }
        var rest = self
        rest.content = .rows(table.gather(kept))
        rest.expiries = kept.map { expiries[$0] }
        rest.nextExpiry = rest.expiries.compactMap(\.self).min()
        return rest
    }
}

extension JSON? {
    /// The value as the text of a column.
    var text: String {
        switch self {
        case .string(let text)?: text
        case nil, .null?: ""
        case let value?: value.description
        }
    }
}

/// The items of a list that is too large for memory, as the last rows about them in the table `Watchlist` say.
struct LargeListQuery {
    let text: String

    init(_ list: Watchlist) {
        let names = ["_DTItemId", "LastUpdatedTimeUTC", "SearchKey", "WatchlistItem"]
        let properties = list.columns.filter { !names.contains($0) }.map { name in
            "['\(name.escapedForKQL)'] = tostring(WatchlistItem['\(name.escapedForKQL)'])"
        }
        text = """
            Watchlist
            | where WatchlistId == '\(list.id.escapedForKQL)' and _DTItemType == '\(WatchlistRowKind.item.rawValue)'
            | summarize arg_max(_DTTimestamp, _DTItemStatus, LastUpdatedTimeUTC, SearchKey, WatchlistItem, TimeToLive)
                by _DTItemId
            | where _DTItemStatus != '\(WatchlistRowStatus.delete.rawValue)' and (isnull(TimeToLive) or TimeToLive > now())
            | project \((names + properties).joined(separator: ", "))
            """
    }
}

extension String {
    /// For use between single quotation marks in KQL.
    fileprivate var escapedForKQL: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "'", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
