internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

extension Watchlists {
    /// Adds an item, or changes the one of that id.
    ///
    /// - Throws: `notFound` for an unknown list; `invalid` with the member at fault; `conflict` when the item was changed
    ///   since the caller saw it, or the list is being uploaded.
    @discardableResult
    public func saveItem(
        _ id: String? = nil, of alias: String, _ draft: WatchlistItemDraft, by actor: JournalActor
    ) async throws(WatchlistFault) -> (item: WatchlistItem, isNew: Bool) {
        let id = id ?? identifiers.next()
        let limits = limits
        let saved = try await room.change { transaction in
            let list = try Watchlist.known(alias, in: transaction.database)
            try list.mayChange(version: nil)
            let row = try ItemRow(draft, of: list, limits: limits, now: transaction.now)
            let known = try WatchlistItem.find(id, of: list, in: transaction.database)
            if let known, let seen = draft.version, seen != known.version {
                throw WatchlistFault(
                    .conflict, target: "etag", "the item '\(id)' was changed since it was read; read it again")
            }
            let party = try WatchlistSQL.number(of: actor, in: transaction.database)
            if known == nil {
                try transaction.checkRoom(in: list, limits)
                try transaction.insert(row, id: id, into: list, by: party)
            } else {
                try transaction.update(row, id: id, of: list, by: party)
            }
            try transaction.touch(list, columns: row.values.keys, added: known == nil ? 1 : 0, by: party, limits)
            let item = try WatchlistItem.find(
                id, of: try Watchlist.known(alias, in: transaction.database), in: transaction.database)
            guard let item else { throw WatchlistFault(.storage, "the item '\(id)' was not kept") }
            if known != nil { try transaction.queue(item, of: list, .update) }
            try transaction.note(
                known == nil ? .watchlistItemCreated : .watchlistItemUpdated, subject: list.id, by: actor,
                [
                    "alias": .string(list.alias), "item": .string(id), "values": .object(item.values),
                    "before": known.map { .object($0.values) } ?? .null,
                ])
            return (item, known == nil)
        }
        try await changed(alias)
        return saved
    }

    /// Removes an item.
    ///
    /// - Returns: False when there is none of that id.
    /// - Throws: `notFound` for an unknown list; `conflict` when the list is being uploaded.
    @discardableResult
    public func deleteItem(
        _ id: String, of alias: String, by actor: JournalActor
    ) async throws(WatchlistFault) -> Bool {
        let isDeleted = try await room.change { transaction in
            let list = try Watchlist.known(alias, in: transaction.database)
            try list.mayChange(version: nil)
            guard let item = try WatchlistItem.find(id, of: list, in: transaction.database) else { return false }
            try transaction.remove(item, of: list)
            try transaction.touch(
                list, columns: [], added: -1, by: try WatchlistSQL.number(of: actor, in: transaction.database), limits)
            try transaction.note(
                .watchlistItemDeleted, subject: list.id, by: actor,
                ["alias": .string(list.alias), "item": .string(id), "values": .object(item.values)])
            return true
        }
        if isDeleted { try await changed(alias) }
        return isDeleted
    }

    /// Removes the items whose time is over.
    ///
    /// - Returns: Their number.
    @discardableResult
    public func removeExpired() async throws(WatchlistFault) -> Int {
        var total = 0
        while true {
            let touched = try await room.change { transaction -> [String: Int] in
                let due = try transaction.rows(
                    """
                    \(WatchlistSQL.items) JOIN watchlists_list l ON l.number = i.list
                    WHERE i.expires <= ? AND l.is_deleted = 0 AND i.number > l.after AND i.number <= l.through LIMIT 2000
                    """, [transaction.now.ticks])
                var counts: [String: Int] = [:]
                for (number, rows) in Dictionary(grouping: due, by: { $0["list"] as Int64 }) {
                    let list = try transaction.row("\(WatchlistSQL.lists) WHERE l.number = ?", [number])
                    guard let list = try list.map({ try Watchlist($0) }) else { continue }
                    for row in rows { try transaction.remove(try WatchlistItem(row), of: list) }
                    let clock = JournalActor.room("Watchlists")
                    try transaction.touch(
                        list, columns: [], added: -rows.count,
                        by: try WatchlistSQL.number(of: clock, in: transaction.database), limits)
                    try transaction.note(
                        .watchlistItemsExpired, subject: list.id, by: clock,
                        [
                            "alias": .string(list.alias), "count": .int(Int64(rows.count)),
                            "items": .array(rows.prefix(100).map { .string($0["id"]) }),
                        ])
                    counts[list.alias] = rows.count
                }
                return counts
            }
            if touched.isEmpty { return total }
            for (alias, count) in touched {
                total += count
                try await changed(alias)
            }
        }
    }
}

/// An item as it is stored.
struct ItemRow {
    let key: String
    let values: JSONObject
    let text: String
    let entityMapping: String?
    let expires: Instant?

    /// - Throws: `invalid` with the member at fault.
    init(_ draft: WatchlistItemDraft, of list: Watchlist, limits: WatchlistLimits, now: Instant) throws {
        guard !draft.values.isEmpty else {
            throw WatchlistFault(.invalid, target: "itemsKeyValue", "an item has at least one property")
        }
        let name = list.facts.itemsSearchKey
        let key = draft.values[name] ?? draft.values.first { $0.key.lowercased() == name.lowercased() }?.value
        let word = key.text.trimmed
        guard !word.isEmpty else {
            throw WatchlistFault(
                .invalid, target: "itemsKeyValue.\(name)", "'\(name)', the search key of the watchlist, is empty")
        }
        for (name, _) in draft.values where name.trimmed.isEmpty || name.utf8.count > 256 {
            throw WatchlistFault(
                .invalid, target: "itemsKeyValue", "a property's name has at least 1 character and at most 256 bytes")
        }
        self.key = word
        values = draft.values
        text = JSON.object(draft.values).description
        let mapping = JSON.object(draft.entityMapping).description
        entityMapping = draft.entityMapping.isEmpty ? nil : mapping
        guard text.utf8.count + mapping.utf8.count <= limits.itemBytes else {
            throw WatchlistFault(.limit, target: "itemsKeyValue", "an item has at most \(limits.itemBytes) bytes")
        }
        if let expires = draft.expires, expires <= now {
            throw WatchlistFault(.invalid, target: "expires", "\(expires) is over already")
        }
        expires = draft.expires ?? ItemRow.defaultExpiry(of: list.facts, now: now)
    }

    init(_ row: ContentReader.Row, expires: Instant?) {
        key = row.key
        values = row.values
        text = JSON.object(row.values).description
        entityMapping = nil
        self.expires = expires
    }

    static func defaultExpiry(of facts: WatchlistFacts, now: Instant) -> Instant? {
        guard let length = ISODuration.span(facts.defaultDuration), length < Instant.max - now else { return nil }
        return now + length
    }
}

extension RoomTransaction {
    func checkRoom(in list: Watchlist, _ limits: WatchlistLimits) throws {
        guard list.itemCount < limits.items else {
            throw WatchlistFault(.limit, "a watchlist has at most \(limits.items) items")
        }
    }

    /// Adds an item behind all others.
    func insert(_ item: ItemRow, id: String, into list: Watchlist, by party: Int64) throws {
        guard (1...256).contains(id.utf8.count) else {
            throw WatchlistFault(.invalid, target: "watchlistItemId", "an item's id has 1 to 256 bytes")
        }
        // An id of an item that was replaced and not yet removed may come again.
        try execute(
            "DELETE FROM watchlists_item WHERE list = ? AND id = ? AND number <= ?",
            [list.number, id, list.range.after])
        try execute(
            """
            INSERT INTO watchlists_item (list, id, key, digest, value, entity_mapping, created, updated, created_by,
                updated_by, expires, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?8, ?9, 1)
            """,
            [
                list.number, id, item.key, ItemDigest.of(item.text), item.text, item.entityMapping, now.ticks, party,
                item.expires?.ticks,
            ])
        try execute(
            "UPDATE watchlists_list SET through = ? WHERE number = ?", [database.lastInsertedRowID, list.number])
    }

    func update(_ item: ItemRow, id: String, of list: Watchlist, by party: Int64) throws {
        try execute(
            """
            UPDATE watchlists_item SET key = ?, digest = ?, value = ?, entity_mapping = ?, updated = ?, updated_by = ?,
                expires = ?, version = version + 1 WHERE list = ? AND id = ?
            """,
            [
                item.key, ItemDigest.of(item.text), item.text, item.entityMapping, now.ticks, party,
                item.expires?.ticks, list.number, id,
            ])
    }

    func remove(_ item: WatchlistItem, of list: Watchlist) throws {
        try execute("DELETE FROM watchlists_item WHERE number = ?", [item.number])
        try queue(item, of: list, .delete)
    }

    /// Counts a change of the list, and takes in the columns that items brought.
    func touch(
        _ list: Watchlist, columns: some Sequence<String>, added: Int, by party: Int64, _ limits: WatchlistLimits
    ) throws {
        var names = list.columns
        for name in columns where !names.contains(name) { names.append(name) }
        guard names.count <= limits.columns else {
            throw WatchlistFault(
                .limit, target: "itemsKeyValue", "the items of a watchlist have at most \(limits.columns) properties")
        }
        try execute(
            """
            UPDATE watchlists_list SET columns = ?, item_count = item_count + ?, updated = ?, updated_by = ?,
                version = version + 1 WHERE number = ?
            """,
            [
                JSON.array(names.map { .string($0) }).description, added, now.ticks, party, list.number,
            ])
    }

    /// Has a row about the item, as it is, written to the table `Watchlist`.
    func queue(_ item: WatchlistItem, of list: Watchlist, _ status: WatchlistRowStatus) throws {
        try execute(
            "INSERT INTO watchlists_change (list, status, time, item) VALUES (?, ?, ?, ?)",
            [list.number, status.rawValue, now.ticks, item.stored.description])
    }
}
