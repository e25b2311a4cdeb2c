internal import GRDB
internal import StateStore

/// The tables of fused attacks.
enum FusionTables {
    static func add(to migrations: inout RoomMigrations) {
        migrations.add("fusion") { database in
            try database.execute(
                sql: """
                    CREATE TABLE detection_fusion (
                        id TEXT PRIMARY KEY,
                        incident TEXT NOT NULL,
                        probability REAL NOT NULL,
                        updated INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE detection_fusion_member (
                        signal TEXT PRIMARY KEY,
                        fusion TEXT NOT NULL REFERENCES detection_fusion (id) ON DELETE CASCADE
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX detection_fusion_members ON detection_fusion_member (fusion);
                    CREATE TABLE detection_fusion_cursor (
                        name TEXT PRIMARY KEY,
                        position INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrations.add("fusion into incidents of others") { database in
            try database.execute(
                sql: "ALTER TABLE detection_fusion ADD COLUMN joins INTEGER NOT NULL DEFAULT 0")
        }
    }
}
