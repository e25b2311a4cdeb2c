internal import GRDB
internal import StateStore

/// The tables of what rules keep between their runs.
enum SliceTables {
    static func add(to migrations: inout RoomMigrations) {
        migrations.add("slices of scheduled rules") { database in
            try database.execute(
                sql: """
                    CREATE TABLE detection_slice_set (
                        id INTEGER PRIMARY KEY,
                        key TEXT NOT NULL UNIQUE,
                        revision INTEGER NOT NULL,
                        window INTEGER NOT NULL,
                        phase INTEGER NOT NULL,
                        length INTEGER NOT NULL CHECK (length > 0),
                        used INTEGER NOT NULL,
                        bytes INTEGER NOT NULL,
                        is_too_large INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE detection_slice_mark (
                        slice_set INTEGER NOT NULL REFERENCES detection_slice_set (id) ON DELETE CASCADE,
                        table_name TEXT NOT NULL,
                        instant INTEGER NOT NULL,
                        rows INTEGER NOT NULL,
                        PRIMARY KEY (slice_set, table_name)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE detection_slice (
                        slice_set INTEGER NOT NULL REFERENCES detection_slice_set (id) ON DELETE CASCADE,
                        start INTEGER NOT NULL,
                        rows INTEGER NOT NULL,
                        newest INTEGER,
                        part TEXT NOT NULL,
                        PRIMARY KEY (slice_set, start)
                    ) STRICT;
                    """)
        }
    }
}
