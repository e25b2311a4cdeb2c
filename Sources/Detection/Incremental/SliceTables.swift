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
        // What was kept before is made anew: its slices were not of blocks.
        migrations.add("blocks of slices, and what runs cost") { database in
            try database.execute(
                sql: """
                    DROP TABLE detection_slice;
                    DELETE FROM detection_slice_set;
                    CREATE TABLE detection_slice (
                        slice_set INTEGER NOT NULL REFERENCES detection_slice_set (id) ON DELETE CASCADE,
                        start INTEGER NOT NULL,
                        slices INTEGER NOT NULL CHECK (slices > 0),
                        rows INTEGER NOT NULL,
                        newest INTEGER,
                        bytes INTEGER NOT NULL,
                        part TEXT NOT NULL,
                        PRIMARY KEY (slice_set, start, slices)
                    ) STRICT;
                    CREATE TABLE detection_reading (
                        key TEXT PRIMARY KEY,
                        window INTEGER NOT NULL,
                        used INTEGER NOT NULL,
                        way TEXT NOT NULL CHECK (way IN ('whole', 'slices')),
                        rebuilds INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE detection_reading_cost (
                        reading TEXT NOT NULL REFERENCES detection_reading (key) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        way TEXT NOT NULL CHECK (way IN ('whole', 'slices')),
                        time INTEGER NOT NULL,
                        seconds REAL,
                        PRIMARY KEY (reading, position)
                    ) STRICT, WITHOUT ROWID;
                    ALTER TABLE detection_rule ADD COLUMN reading TEXT;
                    """)
        }
    }
}
