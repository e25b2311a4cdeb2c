internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore

/// The SQL of reading lists and items with the names of those who changed them.
enum WatchlistSQL {
    static let lists = """
        SELECT l.*, c.kind AS created_kind, c.id AS created_id, c.name AS created_name,
            u.kind AS updated_kind, u.id AS updated_id, u.name AS updated_name
        FROM watchlists_list l JOIN watchlists_actor c ON c.number = l.created_by
            JOIN watchlists_actor u ON u.number = l.updated_by
        """
    static let items = """
        SELECT i.*, c.kind AS created_kind, c.id AS created_id, c.name AS created_name,
            u.kind AS updated_kind, u.id AS updated_id, u.name AS updated_name
        FROM watchlists_item i JOIN watchlists_actor c ON c.number = i.created_by
            JOIN watchlists_actor u ON u.number = i.updated_by
        """

    /// The number of an actor, who is written down when new.
    static func number(of actor: JournalActor, in database: Database) throws -> Int64 {
        let arguments: StatementArguments = [actor.kind.rawValue, actor.id, actor.name]
        let find = "SELECT number FROM watchlists_actor WHERE kind = ? AND id = ? AND name = ?"
        if let known = try Int64.fetchOne(database, sql: find, arguments: arguments) { return known }
        try database.execute(
            sql: "INSERT INTO watchlists_actor (kind, id, name) VALUES (?, ?, ?)", arguments: arguments)
        return database.lastInsertedRowID
    }

    static func actor(_ row: Row, _ prefix: String) -> JournalActor {
        JournalActor(
            kind: JournalActor.Kind(rawValue: row["\(prefix)_kind"]) ?? .system, id: row["\(prefix)_id"],
            name: row["\(prefix)_name"])
    }
}

extension Watchlist {
    init(_ row: Row) throws {
        number = row["number"]
        alias = row["alias"]
        id = row["id"]
        facts = WatchlistFacts(stored: try JSON(parsing: row["facts"] as String))
        columns = try JSON(parsing: row["columns"] as String).arrayValue?.compactMap(\.stringValue) ?? []
        created = Instant(ticks: row["created"])
        updated = Instant(ticks: row["updated"])
        createdBy = WatchlistSQL.actor(row, "created")
        updatedBy = WatchlistSQL.actor(row, "updated")
        itemCount = row["item_count"]
        state = State(rawValue: row["state"]) ?? .succeeded
        version = row["version"]
        range = ItemRange(after: row["after"], through: row["through"])
    }

    /// The list of an alias, unless it was deleted.
    static func find(_ alias: String, in database: Database) throws -> Watchlist? {
        try Row.fetchOne(
            database, sql: "\(WatchlistSQL.lists) WHERE l.alias = ? AND l.is_deleted = 0", arguments: [alias]
        ).map { try Watchlist($0) }
    }

    static func known(_ alias: String, in database: Database) throws -> Watchlist {
        guard let list = try find(alias, in: database) else {
            throw WatchlistFault(.notFound, target: "watchlistAlias", "there is no watchlist '\(alias)'")
        }
        return list
    }
}

extension WatchlistFacts {
    init(stored json: JSON) {
        self.init(
            displayName: json["displayName"]?.stringValue ?? "",
            itemsSearchKey: json["itemsSearchKey"]?.stringValue ?? "")
        provider = json["provider"]?.stringValue ?? ""
        source = json["source"]?.stringValue ?? ""
        sourceType = json["sourceType"]?.stringValue ?? ""
        description = json["description"]?.stringValue ?? ""
        labels = json["labels"]?.arrayValue?.compactMap(\.stringValue) ?? []
        defaultDuration = json["defaultDuration"]?.stringValue ?? ""
        contentType = json["contentType"]?.stringValue.flatMap(WatchlistContentType.init) ?? .csv
        numberOfLinesToSkip = json["numberOfLinesToSkip"]?.intValue.map(Int.init) ?? 0
    }

    var stored: JSON {
        [
            "displayName": .string(displayName), "itemsSearchKey": .string(itemsSearchKey),
            "provider": .string(provider), "source": .string(source), "sourceType": .string(sourceType),
            "description": .string(description), "labels": .array(labels.map { .string($0) }),
            "defaultDuration": .string(defaultDuration), "contentType": .string(contentType.rawValue),
            "numberOfLinesToSkip": .int(Int64(numberOfLinesToSkip)),
        ]
    }
}

extension WatchlistItem {
    init(_ row: Row) throws {
        number = row["number"]
        id = row["id"]
        key = row["key"]
        values = try JSON(parsing: row["value"] as String).objectValue ?? [:]
        entityMapping = try (row["entity_mapping"] as String?).map { try JSON(parsing: $0).objectValue ?? [:] } ?? [:]
        created = Instant(ticks: row["created"])
        updated = Instant(ticks: row["updated"])
        createdBy = WatchlistSQL.actor(row, "created")
        updatedBy = WatchlistSQL.actor(row, "updated")
        expires = (row["expires"] as Int64?).map { Instant(ticks: $0) }
        version = row["version"]
    }

    static func find(_ id: String, of list: Watchlist, in database: Database) throws -> WatchlistItem? {
        try Row.fetchOne(
            database,
            sql: "\(WatchlistSQL.items) WHERE i.list = ? AND i.id = ? AND i.number > ? AND i.number <= ?",
            arguments: [list.number, id, list.range.after, list.range.through]
        ).map { try WatchlistItem($0) }
    }
}

/// Tells equal items: the FNV-1a hash of their values as they are stored.
enum ItemDigest {
    static func of(_ text: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
