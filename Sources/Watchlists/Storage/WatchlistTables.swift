internal import GRDB
public import StateStore

/// The room that keeps watchlists.
public enum WatchlistTables {
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "watchlists")
        migrations.add("lists") { database in
            try database.execute(sql: lists)
            try database.execute(sql: items)
        }
        return migrations
    }()

    private static let lists = """
        CREATE TABLE watchlists_actor (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (kind, id, name)
        ) STRICT;
        CREATE TABLE watchlists_list (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            alias TEXT NOT NULL COLLATE NOCASE CHECK (alias <> ''),
            id TEXT NOT NULL UNIQUE,
            facts TEXT NOT NULL,
            columns TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            created_by INTEGER NOT NULL REFERENCES watchlists_actor,
            updated_by INTEGER NOT NULL REFERENCES watchlists_actor,
            item_count INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            is_deleted INTEGER NOT NULL DEFAULT 0,
            -- Items that are seen: after < number <= through.
            after INTEGER NOT NULL,
            through INTEGER NOT NULL,
            -- Rows of the table Watchlist: items up to published have theirs; those up to publishing get them now.
            published INTEGER NOT NULL,
            publishing INTEGER,
            cycle INTEGER NOT NULL DEFAULT 0,
            cycle_started INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX watchlists_list_alias ON watchlists_list (alias) WHERE is_deleted = 0;
        """

    private static let items = """
        CREATE TABLE watchlists_item (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            list INTEGER NOT NULL,
            id TEXT NOT NULL,
            key TEXT NOT NULL COLLATE NOCASE,
            digest INTEGER NOT NULL,
            value TEXT NOT NULL,
            entity_mapping TEXT,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            created_by INTEGER NOT NULL,
            updated_by INTEGER NOT NULL,
            expires INTEGER,
            version INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX watchlists_item_id ON watchlists_item (list, id);
        CREATE INDEX watchlists_item_key ON watchlists_item (list, key);
        CREATE INDEX watchlists_item_digest ON watchlists_item (list, digest);
        CREATE INDEX watchlists_item_place ON watchlists_item (list, number);
        CREATE INDEX watchlists_item_expires ON watchlists_item (expires) WHERE expires IS NOT NULL;
        -- Changes of lists and single items that have no row in the table Watchlist yet.
        CREATE TABLE watchlists_change (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            list INTEGER NOT NULL,
            status TEXT NOT NULL,
            time INTEGER NOT NULL,
            item TEXT
        ) STRICT;
        """
}

extension JournalKind {
    public static let watchlistCreated = JournalKind(room: "watchlists", event: "created")
    public static let watchlistUpdated = JournalKind(room: "watchlists", event: "updated")
    public static let watchlistDeleted = JournalKind(room: "watchlists", event: "deleted")
    public static let watchlistUploaded = JournalKind(room: "watchlists", event: "uploaded")
    public static let watchlistItemCreated = JournalKind(room: "watchlists", event: "itemCreated")
    public static let watchlistItemUpdated = JournalKind(room: "watchlists", event: "itemUpdated")
    public static let watchlistItemDeleted = JournalKind(room: "watchlists", event: "itemDeleted")
    public static let watchlistItemsExpired = JournalKind(room: "watchlists", event: "itemsExpired")
}
