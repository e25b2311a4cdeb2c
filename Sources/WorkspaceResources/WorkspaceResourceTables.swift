internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

/// The room of the documents that a workspace keeps as they are.
public enum WorkspaceResourceTables {
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "workspace")
        migrations.add("resources") { database in
            try database.execute(
                sql: """
                    CREATE TABLE workspace_resource (
                        collection TEXT NOT NULL,
                        parent TEXT NOT NULL COLLATE NOCASE,
                        name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''),
                        kind TEXT NOT NULL,
                        properties TEXT NOT NULL,
                        creator_kind TEXT NOT NULL,
                        creator_id TEXT NOT NULL,
                        creator_name TEXT NOT NULL,
                        created INTEGER NOT NULL,
                        modifier_kind TEXT NOT NULL,
                        modifier_id TEXT NOT NULL,
                        modifier_name TEXT NOT NULL,
                        modified INTEGER NOT NULL,
                        version INTEGER NOT NULL,
                        PRIMARY KEY (collection, parent, name)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        // A workspace is onboarded from its beginning; the time is in ticks of 100 ns since the year 1.
        migrations.add("onboarded") { database in
            try database.execute(
                sql: """
                    INSERT INTO workspace_resource VALUES (
                        'onboardingStates', '', 'default', '', '{"customerManagedKey":false}',
                        'System', 'workspace', 'Tocsin', unixepoch() * 10000000 + 621355968000000000,
                        'System', 'workspace', 'Tocsin', unixepoch() * 10000000 + 621355968000000000, 1);
                    """)
        }
        return migrations
    }()
}

extension JournalKind {
    public static let workspaceResourceSaved = JournalKind(room: "workspace", event: "resourceSaved")
    public static let workspaceResourceDeleted = JournalKind(room: "workspace", event: "resourceDeleted")
}

extension WorkspaceResource {
    init(row: Row) throws {
        func actor(_ prefix: String) -> JournalActor {
            JournalActor(
                kind: JournalActor.Kind(rawValue: row["\(prefix)_kind"]) ?? .system, id: row["\(prefix)_id"],
                name: row["\(prefix)_name"])
        }
        let text: String = row["properties"]
        self.init(
            place: ResourcePlace(row["collection"], of: row["parent"]), name: row["name"], kind: row["kind"],
            properties: try JSON(parsing: text), createdBy: actor("creator"),
            createdTime: .init(ticks: row["created"]), modifiedBy: actor("modifier"),
            modifiedTime: .init(ticks: row["modified"]), version: row["version"])
    }
}
