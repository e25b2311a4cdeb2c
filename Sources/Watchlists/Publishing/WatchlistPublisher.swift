internal import Chronology
public import EventStore
internal import GRDB
internal import JSON
internal import StateStore

/// Keeps the table `Watchlist`: a row for each change of a list or an item, and every twelve days one for each item that
/// there is, so that a list outlives the table's retention.
///
/// Each row is stored once: what is written under one delivery is decided, and kept, before it is written.
public actor WatchlistPublisher {
    private static let cycle = TimeSpan.days(12)

    private let watchlists: Watchlists
    private let store: any EventStore
    /// Items of one delivery.
    private let lot: Int64
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init(_ watchlists: Watchlists, store: any EventStore, lot: Int = 10_000) {
        self.watchlists = watchlists
        self.lot = Int64(max(1, lot))
        self.store = store
    }

    /// Removes what has expired and writes the rows that are due, whenever something changes and each minute.
    public func run() async throws {
        while true {
            let seen = watchlists.changes.position
            try await watchlists.removeAbandoned()
            try await watchlists.removeExpired()
            try await publishDue()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [watchlists] in await watchlists.changes.wait(after: seen) }
                // A cancelled sleep ends the wait as a finished one does; the loop's next step throws then.
                group.addTask { try? await Task.sleep(for: .seconds(60)) }
                await group.next()
                group.cancelAll()
            }
            try Task.checkCancellation()
        }
    }

    /// Writes the rows that are due; when it returns, queries see all changes that were made before.
    ///
    /// - Parameter alias: of this list only, so that nobody waits for what others upload; nil: of all.
    public func publishDue(of alias: String? = nil) async throws {
        for number in try await unfinished(alias) {
            while try await inTurn({ try await publishItems(of: number) }) {}
            while try await inTurn({ try await publishChanges(of: number) }) {}
            while try await inTurn({ try await retireItems(of: number) }) {}
        }
    }

    // MARK: Turns

    /// One delivery at a time, in the order of asking.
    private func inTurn(_ step: () async throws -> Bool) async throws -> Bool {
        await takeTurn()
        defer { giveTurn() }
        return try await step()
    }

    private func takeTurn() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func giveTurn() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }

    // MARK: Work

    /// The lists that have rows to be written, after a new cycle has begun for those whose last one is over.
    private func unfinished(_ alias: String?) async throws -> [Int64] {
        try await watchlists.room.change { transaction in
            try transaction.execute(
                """
                UPDATE watchlists_list SET cycle = cycle + 1, cycle_started = ?1, published = after, publishing = NULL
                WHERE cycle_started < ?2 AND is_deleted = 0 AND published >= through AND state = ?3
                """, [transaction.now.ticks, (transaction.now - Self.cycle).ticks, Watchlist.State.succeeded.rawValue])
            return try Int64.fetchAll(
                transaction.database,
                sql: """
                    SELECT number FROM watchlists_list l WHERE (?1 IS NULL OR alias = ?1) AND (
                        published < through OR is_deleted = 1
                        OR EXISTS (SELECT 1 FROM watchlists_change c WHERE c.list = l.number)
                        OR EXISTS (SELECT 1 FROM watchlists_item i WHERE i.list = l.number AND i.number <= l.after))
                    """, arguments: [alias])
        }
    }

    /// Writes rows of items that were added, a lot at a time; false when there are none.
    private func publishItems(of number: Int64) async throws -> Bool {
        let decided = try await watchlists.room.change {
            [lot] transaction -> (Watchlist, Int64, Int64, Int64, Instant)? in
            let sql = "\(WatchlistSQL.lists) WHERE l.number = ? AND l.is_deleted = 0 AND l.published < l.through"
            guard let row = try transaction.row(sql, [number]) else { return nil }
            let list = try Watchlist(row)
            let from = max(row["published"] as Int64, list.range.after)
            let end: Int64
            if let publishing: Int64 = row["publishing"], publishing > from {
                end = publishing
            } else {
                let last = try Int64.fetchOne(
                    transaction.database,
                    sql: """
                        SELECT MAX(number) FROM (SELECT number FROM watchlists_item
                            WHERE list = ? AND number > ? AND number <= ? ORDER BY number LIMIT ?)
                        """, arguments: [number, from, list.range.through, lot])
                end = last ?? list.range.through
            }
            try transaction.execute("UPDATE watchlists_list SET publishing = ? WHERE number = ?", [end, number])
            return (list, from, end, row["cycle"], transaction.now)
        }
        guard let (list, from, end, cycle, now) = decided else { return false }
        var rows = WatchlistRows()
        let items = try await items(of: number, above: from, through: end)
        for item in items { rows.add(item, of: list, .create, at: now) }
        if !items.isEmpty {
            try await store.append([rows.batch], delivery: DeliveryID("watchlist:\(list.id):\(cycle):\(from)-\(end)"))
        }
        try await watchlists.room.change { transaction in
            try transaction.execute(
                "UPDATE watchlists_list SET published = ?, publishing = NULL WHERE number = ?", [end, number])
        }
        return true
    }

    private func items(of list: Int64, above: Int64, through: Int64) async throws -> [WatchlistItem] {
        try await watchlists.room.reading { database in
            try Row.fetchAll(
                database,
                sql: "\(WatchlistSQL.items) WHERE i.list = ? AND i.number > ? AND i.number <= ? ORDER BY i.number",
                arguments: [list, above, through]
            ).map { try WatchlistItem($0) }
        }
    }

    /// Writes rows of changes of the list and of single items; false when there are none.
    private func publishChanges(of number: Int64) async throws -> Bool {
        let found = try await watchlists.room.reading { database -> (Watchlist, [Change])? in
            guard
                let row = try Row.fetchOne(
                    database, sql: "\(WatchlistSQL.lists) WHERE l.number = ?", arguments: [number])
            else { return nil }
            let changes = try Row.fetchAll(
                database, sql: "SELECT * FROM watchlists_change WHERE list = ? ORDER BY number LIMIT 1000",
                arguments: [number]
            ).map { try Change($0) }
            return (try Watchlist(row), changes)
        }
        guard let (list, changes) = found, let last = changes.last else { return false }
        let lots = changes.map { change in
            var rows = WatchlistRows()
            if let item = change.item {
                rows.add(item, of: list, change.status, at: change.time)
            } else {
                rows.add(list, change.status, at: change.time)
            }
            return EventLot([rows.batch], delivery: DeliveryID("watchlist:change:\(list.id):\(change.number)"))
        }
        _ = try await store.append(lots)
        try await watchlists.room.change { transaction in
            try transaction.execute(
                "DELETE FROM watchlists_change WHERE list = ? AND number <= ?", [number, last.number])
        }
        return true
    }

    /// Writes that items are gone which lie below the list's range, and removes them; false when there are none.
    private func retireItems(of number: Int64) async throws -> Bool {
        let found = try await watchlists.room.reading { [lot] database -> (Watchlist, Bool, [WatchlistItem])? in
            guard
                let row = try Row.fetchOne(
                    database, sql: "\(WatchlistSQL.lists) WHERE l.number = ?", arguments: [number])
            else { return nil }
            let list = try Watchlist(row)
            let items = try Row.fetchAll(
                database, sql: "\(WatchlistSQL.items) WHERE i.list = ? AND i.number <= ? ORDER BY i.number LIMIT ?",
                arguments: [number, list.range.after, lot]
            ).map { try WatchlistItem($0) }
            return (list, row["is_deleted"] == 1, items)
        }
        guard let (list, isDeleted, items) = found else { return false }
        if let first = items.first, let last = items.last {
            var rows = WatchlistRows()
            let now = watchlists.time.now()
            for item in items { rows.add(item, of: list, .delete, at: now) }
            try await store.append(
                [rows.batch], delivery: DeliveryID("watchlist:\(list.id):gone:\(first.number)-\(last.number)"))
            try await watchlists.room.change { transaction in
                try transaction.execute(
                    "DELETE FROM watchlists_item WHERE list = ? AND number <= ?", [number, last.number])
            }
            return true
        }
        if isDeleted {
            try await watchlists.room.change { transaction in
                try transaction.execute("DELETE FROM watchlists_list WHERE number = ?", [number])
            }
        }
        return false
    }

    private struct Change {
        let number: Int64
        let status: WatchlistRowStatus
        let time: Instant
        /// Nil: the list itself.
        let item: WatchlistItem?

        init(_ row: Row) throws {
            number = row["number"]
            status = WatchlistRowStatus(rawValue: row["status"]) ?? .update
            time = Instant(ticks: row["time"])
            item = try (row["item"] as String?).map { WatchlistItem(stored: try JSON(parsing: $0)) }
        }
    }
}
