internal import GRDB
internal import JSON
public import StateStore

/// The room that keeps how events are collected: rules, endpoints, tables, keys and channels.
public enum DataCollectionTables {
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "datacollection")
        migrations.add("resources") { database in
            try database.execute(
                sql: """
                    CREATE TABLE datacollection_resource (
                        kind TEXT NOT NULL,
                        name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''),
                        immutable_id TEXT NOT NULL UNIQUE,
                        body TEXT NOT NULL,
                        version INTEGER NOT NULL,
                        created INTEGER NOT NULL,
                        changed INTEGER NOT NULL,
                        PRIMARY KEY (kind, name)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE datacollection_table (
                        name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),
                        settings TEXT NOT NULL,
                        changed INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE datacollection_key (
                        name TEXT PRIMARY KEY,
                        sealed BLOB NOT NULL,
                        changed INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE datacollection_channel (
                        sender TEXT NOT NULL,
                        channel TEXT NOT NULL,
                        reserved INTEGER NOT NULL,
                        changed INTEGER NOT NULL,
                        PRIMARY KEY (sender, channel)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX datacollection_channel_changed ON datacollection_channel (changed);
                    """)
        }
        return migrations
    }()
}

extension JournalKind {
    public static let dataCollectionRuleSaved = JournalKind(room: "datacollection", event: "ruleSaved")
    public static let dataCollectionRuleDeleted = JournalKind(room: "datacollection", event: "ruleDeleted")
    public static let dataCollectionEndpointSaved = JournalKind(room: "datacollection", event: "endpointSaved")
    public static let dataCollectionEndpointDeleted = JournalKind(room: "datacollection", event: "endpointDeleted")
    public static let tableChanged = JournalKind(room: "datacollection", event: "tableChanged")
    public static let tableDeleted = JournalKind(room: "datacollection", event: "tableDeleted")
    public static let sharedKeyMade = JournalKind(room: "datacollection", event: "sharedKeyMade")
}
