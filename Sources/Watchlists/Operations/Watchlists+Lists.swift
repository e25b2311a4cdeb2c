internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

/// A list that somebody wants to make or change.
public struct WatchlistDraft: Sendable, Hashable {
    public var alias: String
    public var facts: WatchlistFacts
    /// The GUID that the caller wants for a new list; nil: one is made.
    public var id: String?
    /// The version that the caller saw; nil: whatever it is.
    public var version: Int64?

    public init(alias: String, facts: WatchlistFacts, id: String? = nil, version: Int64? = nil) {
        self.alias = alias
        self.facts = facts
        self.id = id
        self.version = version
    }
}

extension Watchlists {
    /// Makes a list without items, or changes what is said about one.
    ///
    /// - Throws: `invalid` with the member at fault; `conflict` when the list is being uploaded or was changed since.
    @discardableResult
    public func save(
        _ draft: WatchlistDraft, by actor: JournalActor
    ) async throws(WatchlistFault) -> (list: Watchlist, isNew: Bool) {
        try draft.check()
        let id = draft.id ?? identifiers.next()
        let saved = try await room.change { transaction in
            let known = try Watchlist.find(draft.alias, in: transaction.database)
            try known?.mayChange(version: draft.version)
            if let known {
                guard known.facts != draft.facts else { return (known, false) }
                try draft.checkKey(of: known)
                try transaction.update(known, draft.facts, by: actor)
                try transaction.note(.watchlistUpdated, subject: known.id, by: actor, draft.journalled)
            } else {
                try transaction.insert(draft, id: id, version: 1, by: actor)
                try transaction.note(.watchlistCreated, subject: id, by: actor, draft.journalled)
            }
            let list = try Watchlist.known(draft.alias, in: transaction.database)
            try transaction.queue(list, known == nil ? .create : .update)
            return (list, known == nil)
        }
        try await changed(draft.alias)
        return saved
    }

    /// Removes a list with its items.
    ///
    /// - Returns: False when there is none.
    /// - Throws: `conflict` when the list is being uploaded.
    @discardableResult
    public func delete(_ alias: String, by actor: JournalActor) async throws(WatchlistFault) -> Bool {
        let isDeleted = try await room.change { transaction in
            guard let list = try Watchlist.find(alias, in: transaction.database) else { return false }
            try list.mayChange(version: nil)
            // The items are removed by and by, when the table Watchlist has been told of it.
            try transaction.execute(
                """
                UPDATE watchlists_list SET is_deleted = 1, after = through, version = version + 1, updated = ?
                WHERE number = ?
                """, [transaction.now.ticks, list.number])
            try transaction.execute("DELETE FROM watchlists_change WHERE list = ? AND item IS NOT NULL", [list.number])
            try transaction.queue(list, .delete)
            try transaction.note(
                .watchlistDeleted, subject: list.id, by: actor,
                ["alias": .string(list.alias), "itemCount": .int(Int64(list.itemCount))])
            return true
        }
        if isDeleted { try await changed(alias) }
        return isDeleted
    }
}

extension Watchlist {
    /// - Throws: `conflict` when somebody uploads to the list, or changed it since the caller saw it.
    func mayChange(version seen: Int64?) throws {
        if state == .uploading {
            throw WatchlistFault(
                .conflict, "items are being uploaded to the watchlist '\(alias)'; try again when it is done")
        }
        if let seen, seen != version {
            throw WatchlistFault(
                .conflict, target: "etag", "the watchlist '\(alias)' was changed since it was read; read it again")
        }
    }
}

extension WatchlistDraft {
    private static let mostAliasLength = 64

    /// - Throws: `invalid` with the member at fault.
    func check() throws(WatchlistFault) {
        let isName = alias.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard isName, (1...Self.mostAliasLength).contains(alias.utf8.count) else {
            throw WatchlistFault(
                .invalid, target: "watchlistAlias",
                "an alias has 1 to \(Self.mostAliasLength) letters, digits, hyphens and underscores")
        }
        for (name, text, most) in [
            ("displayName", facts.displayName, 256), ("itemsSearchKey", facts.itemsSearchKey, 256),
        ] {
            guard !text.trimmed.isEmpty, text.utf8.count <= most else {
                throw WatchlistFault(.invalid, target: name, "'\(name)' is required, and at most \(most) bytes long")
            }
        }
        for (name, text) in [
            ("description", facts.description), ("provider", facts.provider), ("source", facts.source),
        ] {
            guard text.utf8.count <= 5_000 else {
                throw WatchlistFault(.invalid, target: name, "'\(name)' is longer than 5000 bytes")
            }
        }
        guard facts.defaultDuration.isEmpty || ISODuration.span(facts.defaultDuration).map({ $0 > .zero }) == true
        else {
            throw WatchlistFault(
                .invalid, target: "defaultDuration",
                "'\(facts.defaultDuration)' is no duration such as P90D or PT12H (years and months have no fixed length)"
            )
        }
        guard (0...100_000).contains(facts.numberOfLinesToSkip) else {
            throw WatchlistFault(.invalid, target: "numberOfLinesToSkip", "it is a number from 0 to 100000")
        }
        guard facts.labels.count <= 50, facts.labels.allSatisfy({ $0.utf8.count <= 256 }) else {
            throw WatchlistFault(.invalid, target: "labels", "at most 50 labels of at most 256 bytes each")
        }
    }

    /// The search key of a list with items stays one of their properties.
    func checkKey(of list: Watchlist) throws(WatchlistFault) {
        guard facts.itemsSearchKey != list.facts.itemsSearchKey, list.itemCount > 0 else { return }
        throw WatchlistFault(
            .invalid, target: "itemsSearchKey",
            "the watchlist '\(list.alias)' is looked up by '\(list.facts.itemsSearchKey)'; make it anew to change that")
    }

    var journalled: JSON {
        ["alias": .string(alias), "facts": facts.stored]
    }
}

extension RoomTransaction {
    func insert(_ draft: WatchlistDraft, id: String, version: Int64, by actor: JournalActor) throws {
        guard try row("SELECT 1 FROM watchlists_list WHERE id = ?", [id]) == nil else {
            throw WatchlistFault(.conflict, target: "watchlistId", "there is a watchlist of the id '\(id)' already")
        }
        let last = try Int64.fetchOne(database, sql: "SELECT MAX(number) FROM watchlists_item") ?? 0
        let party = try WatchlistSQL.number(of: actor, in: database)
        try execute(
            """
            INSERT INTO watchlists_list (alias, id, facts, columns, created, updated, created_by, updated_by, state,
                version, after, through, published, cycle_started)
            VALUES (?1, ?2, ?3, '[]', ?4, ?4, ?5, ?5, ?6, ?8, ?7, ?7, ?7, ?4)
            """,
            [
                draft.alias, id, draft.facts.stored.description, now.ticks, party,
                Watchlist.State.succeeded.rawValue, last, version,
            ])
    }

    func update(_ list: Watchlist, _ facts: WatchlistFacts, by actor: JournalActor) throws {
        try execute(
            "UPDATE watchlists_list SET facts = ?, updated = ?, updated_by = ?, version = version + 1 WHERE number = ?",
            [
                facts.stored.description, now.ticks, try WatchlistSQL.number(of: actor, in: database), list.number,
            ])
    }

    /// Has a row about the list written to the table `Watchlist`.
    func queue(_ list: Watchlist, _ status: WatchlistRowStatus) throws {
        try execute(
            "INSERT INTO watchlists_change (list, status, time) VALUES (?, ?, ?)",
            [list.number, status.rawValue, now.ticks])
    }
}
