internal import Chronology
internal import GRDB
public import StateStore
internal import Synchronization

/// Watchlists: lists of things to know about, which queries, rules and priorities look up.
///
/// Lists and items are state, in SQLite; each change is a journal entry. Queries read small lists from memory and large
/// ones from the table `Watchlist`, to which `WatchlistPublisher` writes a row for each change.
public struct Watchlists: Sendable {
    let database: StateDatabase
    let room: RoomDatabase<WatchlistFault>
    let time: TimeSource
    let identifiers: IdentifierSource
    public let limits: WatchlistLimits
    /// What queries read.
    public let snapshots: WatchlistSnapshots
    /// Rung when a list or an item has changed in this process.
    public let changes = ChangeBell()
    /// Lists into which this process uploads now.
    let uploads = ActiveUploads()

    /// - Parameter database: opened with `WatchlistTables.migrations` among its rooms.
    public init(
        database: StateDatabase, time: TimeSource = .system, identifiers: IdentifierSource = .random,
        limits: WatchlistLimits = WatchlistLimits()
    ) {
        self.database = database
        room = RoomDatabase(database, time: time)
        self.time = time
        self.identifiers = identifiers
        self.limits = limits
        snapshots = WatchlistSnapshots(limits: limits, now: { time.now() })
    }

    /// Reads what queries need, and removes what uploads left that a crash ended; to be called before anything else.
    public func restore() async throws(WatchlistFault) {
        try await removeAbandoned()
        for list in try await lists() { try await refreshSnapshot(of: list.alias) }
    }

    // MARK: Reading

    /// All lists, by alias.
    public func lists() async throws(WatchlistFault) -> [Watchlist] {
        try await room.reading { database in
            try Row.fetchAll(database, sql: "\(WatchlistSQL.lists) WHERE l.is_deleted = 0 ORDER BY l.alias")
                .map { try Watchlist($0) }
        }
    }

    /// Nil when there is none of that alias, in any letter case.
    public func list(_ alias: String) async throws(WatchlistFault) -> Watchlist? {
        try await room.reading { try Watchlist.find(alias, in: $0) }
    }

    /// One page of a list's items in the order in which they came.
    ///
    /// - Parameter word: What the key begins with, or a value holds, in any letter case.
    /// - Parameter cursor: `next` of the page before.
    /// - Throws: `notFound` when there is no such list.
    public func items(
        of alias: String, word: String = "", after cursor: Int64? = nil, limit: Int = 100
    ) async throws(WatchlistFault) -> (items: [WatchlistItem], next: Int64?) {
        try await room.reading { database in
            let list = try Watchlist.known(alias, in: database)
            let size = min(max(limit, 1), 1_000)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    \(WatchlistSQL.items) WHERE i.list = ?1 AND i.number > ?2 AND i.number <= ?3
                        AND (?4 = '' OR instr(lower(i.value), ?4) > 0) ORDER BY i.number LIMIT ?5
                    """,
                arguments: [
                    list.number, max(list.range.after, cursor ?? list.range.after), list.range.through,
                    word.lowercased(), size + 1,
                ])
            let items = try rows.prefix(size).map { try WatchlistItem($0) }
            return (items, rows.count > size ? items.last?.number : nil)
        }
    }

    /// Nil when the list has no item of that id.
    public func item(_ id: String, of alias: String) async throws(WatchlistFault) -> WatchlistItem? {
        try await room.reading { database in
            try WatchlistItem.find(id, of: try Watchlist.known(alias, in: database), in: database)
        }
    }

    // MARK: Parts

    /// Gives queries the list as it is now.
    func refreshSnapshot(of alias: String) async throws(WatchlistFault) {
        let limits = limits
        let snapshot = try await room.reading { database in
            try Watchlist.find(alias, in: database).map { list in
                try WatchlistSnapshot(list, limits: limits, in: database)
            }
        }
        if let snapshot { snapshots.put(snapshot) } else { snapshots.remove(alias) }
    }

    /// What follows each change.
    func changed(_ alias: String) async throws(WatchlistFault) {
        try await refreshSnapshot(of: alias)
        changes.ring()
    }
}

/// Which lists are being uploaded to, so that nobody else changes them meanwhile.
final class ActiveUploads: Sendable {
    private let aliases = Mutex<Set<String>>([])

    /// False when somebody else uploads to the list.
    func begin(_ alias: String) -> Bool {
        aliases.withLock { $0.insert(alias.lowercased()).inserted }
    }

    func end(_ alias: String) {
        _ = aliases.withLock { $0.remove(alias.lowercased()) }
    }

    func contains(_ alias: String) -> Bool {
        aliases.withLock { $0.contains(alias.lowercased()) }
    }
}
